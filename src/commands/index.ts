import { Analyze } from './analyze.js';

/** All commands, by the name they are called with. */
export const COMMANDS = { analyze: Analyze };
