/** Flags of how an answer is shown, and of what decides on it, that commands have in common. */
import { Flags } from '@oclif/core';
import { FAIL_FLAGS } from './failing.js';
import { SOURCE_FLAGS } from './source.js';
import { REDACT_FLAGS } from './telling.js';

export const COLOR_FLAGS = {
  color: Flags.option({
    options: ['auto', 'always', 'never'] as const,
    default: 'auto' as const,
    description: 'colour the text',
    helpValue: 'WHEN',
  })(),
};

/** Of commands that print who is stuck. */
export const VERDICT_FLAGS = {
  verbose: Flags.boolean({ char: 'v', description: 'show all processes, places and threads' }),
  ...REDACT_FLAGS,
  ...SOURCE_FLAGS,
  ...COLOR_FLAGS,
};

/** Of those whose status may tell it, too. */
export const ANSWER_FLAGS = { ...VERDICT_FLAGS, ...FAIL_FLAGS };
