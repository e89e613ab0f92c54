import { GRAMMARS, type AsideGrammar, type Grammar } from '../../grammars/index.js';
import { ASIDES } from '../../grammars/index.js';
import { Matcher } from './matcher.js';

/** A text that may begin a dump, and whose it is. */
export interface Opening {
  readonly grammar: Grammar | AsideGrammar;
  readonly literal: Uint8Array;
  /** As it stands inside a JSON string: found only where a record can be unwrapped. */
  readonly escaped: boolean;
}

/** All openings of all formats; those with quotes also as they are written inside a JSON string. */
export const OPENINGS: readonly Opening[] = [...GRAMMARS, ...ASIDES].flatMap((grammar) =>
  grammar.openings.flatMap((text) => [
    { grammar, literal: Buffer.from(text, 'latin1'), escaped: false },
    ...(text.includes('"') ? [{ grammar, literal: Buffer.from(text.replaceAll('"', '\\"'), 'latin1'), escaped: true }] : []),
  ]),
);

/** Searches all of them in one pass. */
export const OPENING_MATCHER = new Matcher(OPENINGS.map(({ literal }) => Buffer.from(literal).toString('latin1')));

/** The openings that stand at an offset. */
export function openingsAt(bytes: Uint8Array, at: number, end: number): Opening[] {
  return OPENINGS.filter(({ literal }) => literalAt(bytes, at, end, literal));
}

function literalAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}
