import { Analyze } from './analyze.js';
import { Completion } from './completion.js';

/** All commands, by the name they are called with. */
export const COMMANDS = { analyze: Analyze, completion: Completion };
