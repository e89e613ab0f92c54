/**
 * standstill reads the stack dumps of hung Python and Node processes.
 *
 * @example
 * import { readFiles, groupThreads } from 'standstill';
 * const set = await readFiles(['/tmp/20261123093000.log']);
 * for (const group of groupThreads(set)) console.log(group.members.length, set.frames.get(set.stacks.frameAt(group.stacks[0], 0)));
 */
export * from './model/index.js';
export { FORMATS, readFiles, readText, type InputFile, type ReadOptions } from './reading/index.js';
export { GRAMMARS, type Grammar, type JsonGrammar, type LineGrammar, type LineToken } from '../grammars/index.js';
export {
  Origins,
  StackIds,
  entryDepth,
  groupThreads,
  originOf,
  seriesOf,
  type Group,
  type Grouping,
  type Member,
  type Origin,
  type Root,
  type Series,
} from './analysis/index.js';
export { SCHEMA_VERSION, analyzeJson, analyzeText, screenOf, type JsonOptions, type Screen, type TextOptions } from './report/index.js';
