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
  BUILT_IN_SIGNATURES,
  ABSENT,
  Origins,
  SIGNATURE_VERDICTS,
  SignatureError,
  Signatures,
  StackIds,
  WAIT_KINDS,
  UNKNOWN,
  entryDepth,
  filterDumps,
  groupThreads,
  oddProcesses,
  originOf,
  parseSignatures,
  parseTimeBound,
  seriesOf,
  signatureFromStack,
  waitEnd,
  type DumpFilter,
  type FilterName,
  type Filtered,
  threadsOverTime,
  type Doubt,
  type Group,
  type Grouping,
  type Hidden,
  type Member,
  type NewSignature,
  type OddProcess,
  type Origin,
  type Pattern,
  type Root,
  type Series,
  type Signature,
  type SignatureVerdict,
  type StackMeaning,
  type TimeBound,
  type Wait,
  type WaitKind,
  type ThreadHistory,
  type ThreadsOverTime,
} from './analysis/index.js';
export { parsePattern } from './analysis/patterns.js';
export {
  SourceFacts,
  loadPythonParser,
  readSourceFacts,
  relationsOf,
  standingOf,
  type Certainty,
  type Cycle,
  type FrameFacts,
  type Held,
  type HeldFact,
  type Limit,
  type LoopFact,
  type ObjectFact,
  type ObjectKind,
  type Operation,
  type Parse,
  type ParserFiles,
  type Relations,
  type Releaser,
  type SourceFile,
  type SourceLookup,
  type SourceOptions,
  type Standing,
  type SyntaxNode,
  type SyntaxTree,
  type WaitingFor,
  type WaitingOn,
  type Waits,
  type WaitsFor,
} from './analysis/source/index.js';
export { SourceTree, pythonParserFiles, type SourceTreeOptions } from './input/index.js';
export { SCHEMA_VERSION, analyzeJson, analyzeText, screenOf, type JsonOptions, type Screen, type TextOptions } from './report/index.js';
