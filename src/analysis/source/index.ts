/** What the source says of the frames, for Python. Pure functions on text that others have read. */
export type { FrameFacts, HeldFact, Limit, LoopFact, ObjectFact, Operation } from './facts.js';
export type { ObjectKind, WaitingFor } from './kinds.js';
export type { Certainty } from './names.js';
export { loadPythonParser, type ParserFiles } from './python-parser.js';
export { purposeOf, type Purpose, type PurposeFact } from './purpose.js';
export { relationsOf, type Cycle, type Relations, type Releaser, type WaitingOn, type WaitsFor } from './relations.js';
export { standingOf, type Held, type Standing, type Waits } from './standing.js';
export { SourceFacts, readSourceFacts, type SourceFile, type SourceLookup, type SourceOptions } from './source-facts.js';
export type { Parse, SyntaxNode, SyntaxTree } from './syntax.js';
