/**
 * What a module of somebody's own grammars is handed, so that it needs nothing installed beside it: Parsimmon and what the
 * grammars here are made of. `examples/grammar/` has one.
 */
import P from 'parsimmon';
import { PLAIN_SHAPE, fields, firstOf } from './grammar.js';
import { integer, isObject, list, number, object, text } from './shared/json-values.js';
import { lineOf, readByModes } from './shared/modes.js';
import { OUTERMOST, blank, ellipsis, other, tracebackDetail, tracebackFrame } from './shared/python-stack.js';
import { errorFrame, nativeFrame, plainFrame, stackLine } from './shared/v8-frames.js';

export const GRAMMAR_KIT = {
  /** Parsimmon. */
  P,
  /** One regular expression, its groups as the result; and the first of several parsers that takes the line. */
  fields,
  firstOf,
  /** To be spread into the `shape` of a `LineGrammar`. */
  PLAIN_SHAPE,
  /** Lines that most formats have: an empty one, `...`, and any. */
  blank,
  ellipsis,
  other,
  /** A `StackGrammar` of modes: `begin: readByModes({ modes: { head: lineOf(…) }, … })`. */
  readByModes,
  lineOf,
  /** Frames as Python's `traceback` module writes them, what stands below one, and the functions in which stacks end. */
  python: { frame: tracebackFrame, detail: tracebackDetail, OUTERMOST },
  /** Frames as V8 writes them: after `at `, the same in free text, without `at `; and a frame of C. */
  v8: { stackLine, errorFrame, plainFrame, nativeFrame },
  /** Values of JSON documents, where any may be missing or of another type. */
  json: { isObject, object, list, text, number, integer },
} as const;

export type GrammarKit = typeof GRAMMAR_KIT;
