import { ASIDES, GRAMMARS, type AsideGrammar, type Grammar, type LineGrammar, type LineToken } from '../../grammars/index.js';
import { Matcher } from './matcher.js';
import { GrammarError, ownGrammar } from './own-grammar.js';

/** A text that may begin a dump, and whose it is. */
export interface Opening {
  readonly grammar: Grammar | AsideGrammar;
  readonly literal: Uint8Array;
  /** As it stands inside a JSON string: found only where a record can be unwrapped. */
  readonly escaped: boolean;
}

/** All openings of formats; those with quotes also as they are written inside a JSON string. */
function openingsOf(grammars: readonly (Grammar | AsideGrammar)[]): Opening[] {
  return grammars.flatMap((grammar) =>
    grammar.openings.flatMap((text) => [
      { grammar, literal: Buffer.from(text, 'utf8'), escaped: false },
      ...(text.includes('"') ? [{ grammar, literal: Buffer.from(text.replaceAll('"', '\\"'), 'utf8'), escaped: true }] : []),
    ]),
  );
}

const matcherOf = (openings: readonly Opening[]): Matcher =>
  new Matcher(openings.map(({ literal }) => Buffer.from(literal).toString('latin1')));

let formats: readonly Grammar[] = GRAMMARS;
let all: readonly Opening[] = openingsOf([...GRAMMARS, ...ASIDES]);

/** Searches all of them in one pass. */
export let OPENING_MATCHER = matcherOf(all);

/** The formats that are read, those that were added first. */
export function knownFormats(): readonly Grammar[] {
  return formats;
}

/**
 * Reads more formats from now on, in this whole process. Where one shares an opening with a format that was known before, it
 * is asked first: whoever adds a grammar means it.
 *
 * @throws GrammarError when a value is none, or its id is taken
 */
export function addGrammars(grammars: readonly Grammar[], name = 'a grammar'): void {
  const checked: Grammar[] = [];
  for (const given of grammars) {
    const grammar = ownGrammar(given, name);
    if ([...formats, ...checked].some(({ id }) => id === grammar.id))
      throw new GrammarError(name, `there is a format "${grammar.id}" already`);
    checked.push(grammar);
  }
  formats = [...checked, ...formats];
  all = [...openingsOf(checked), ...all];
  OPENING_MATCHER = matcherOf(all);
  byFirstByte = groupedByFirstByte(all);
}

/** Those of `all` that begin with a byte, in their order. */
let byFirstByte = groupedByFirstByte(all);

function groupedByFirstByte(openings: readonly Opening[]): readonly (readonly Opening[])[] {
  const groups: Opening[][] = Array.from({ length: 256 }, () => []);
  for (const opening of openings) groups[opening.literal[0]!]!.push(opening);
  return groups;
}

/** The openings that stand at an offset. */
export function openingsAt(bytes: Uint8Array, at: number, end: number): Opening[] {
  return byFirstByte[bytes[at]!]!.filter(({ literal }) => literalAt(bytes, at, end, literal));
}

/** Bytes at the end of a text that may be the beginning of an opening, 0 when they are too few to tell. */
export function begunOpening(text: Uint8Array): number {
  const longest = Math.max(...all.map(({ literal }) => literal.length));
  for (let length = Math.min(longest - 1, text.length); length >= LEAST_BEGUN; length--) {
    const at = text.length - length;
    if (all.some(({ literal }) => literal.length > length && literalAt(text, at, text.length, literal.subarray(0, length)))) return length;
  }
  return 0;
}

/** A `T` or a quote ends many a text. */
const LEAST_BEGUN = 4;

/** Tokens that a dump of any format can begin with. */
const BEGINS: ReadonlySet<LineToken['is']> = new Set(['cause', 'thread', 'stack', 'process', 'native-head']);

/** Whether a line of this meaning may be the first of a dump. */
export function canBegin(grammar: LineGrammar, token: LineToken): boolean {
  if (token.is === 'thread' && token.inside === true) return false;
  return BEGINS.has(token.is) || grammar.shape.alsoBegins.includes(token.is);
}

/** Whether it needs nothing else around it to be the first. */
export function beginsAlone(token: LineToken): boolean {
  return BEGINS.has(token.is);
}

/** A format whose openings are common in other texts, and begin nothing inside one of them. */
export function isFaint(grammar: Grammar | AsideGrammar): boolean {
  return grammar.kind === 'stacks' || (grammar.kind === 'lines' && (grammar.shape.headless !== null || grammar.shape.above.required));
}

/** Where the text of a dump begins, given that its opening stands at `hit` of the line that begins at `start`. */
export function beginOf(grammar: Grammar | AsideGrammar, bytes: Uint8Array, start: number, hit: number): number {
  if (grammar.kind === 'aside' || grammar.lead === undefined) return hit;
  const before = Buffer.from(bytes.buffer, bytes.byteOffset + Math.max(start, hit - MOST_LEAD), Math.min(hit - start, MOST_LEAD));
  return hit - (grammar.lead.exec(before.toString('latin1'))?.[0].length ?? 0);
}

/** Of a line before an opening within it: the rules around a title are as wide as a terminal. */
const MOST_LEAD = 512;

function literalAt(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (at + literal.length > end) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}
