/**
 * What users write to name frames and threads: a text, a glob, or a regular expression.
 *
 *     checkout              a text that is found in it, upper and lower case alike
 *     *\/orders.py  load_*   a glob that is all of it: * any text, ? one character, [abc] one of these
 *     re:^(load|save)_      a regular expression in the syntax of RE2
 *     text:a*b  glob:…      the kind said, where it would be taken for another
 *
 * Expressions and names both come from outside, so they meet in an engine of linear time (RE2's, in JavaScript):
 * JavaScript's own may take years for one of them. It is not in `index.ts`, because loading it costs a tenth of a start.
 */
import { RE2JS } from 're2js';
import type { Pattern } from './filter.js';

/** Text that is searched in one name: a function's or file's name of a megabyte is an attack or an accident. */
const MOST_CHARACTERS = 10_000;
/**
 * Steps of a compiled expression. A search takes at most this times the characters of the name, each 60 ns; a list of a thousand
 * names has 10,000 steps, `.{0,1000}` has 2,000, and RE2 itself takes half a million, with which one name takes minutes.
 */
const MOST_STEPS = 20_000;
/** Steps times characters of one name: a quarter of a second. Paths have to fit, so this many characters are searched at least. */
const MOST_WORK = 4_000_000;
const LEAST_CHARACTERS = 1000;

/**
 * The pattern that a text means.
 *
 * @throws Error with a message for the user when it is no valid expression
 */
export function parsePattern(source: string): Pattern {
  const [, kind, rest] = /^(?:(re|glob|text):)?(.*)$/s.exec(source)!;
  const text = rest ?? '';
  if (text === '') throw new Error('an empty pattern finds everything');
  if (kind === 're') return expression(text, 0, false);
  if (kind === 'glob' || (kind === undefined && /[*?[]/.test(text)))
    return expression(globExpression(text), RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL, true);
  const wanted = text.toLowerCase();
  return { matches: (name) => name.slice(0, MOST_CHARACTERS).toLowerCase().includes(wanted) };
}

function expression(text: string, flags: number, whole: boolean): Pattern {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(text, flags);
  } catch (error) {
    // RE2's words on what it found, without the whole of the expression again
    throw new Error((error as Error).message.replace(/^error parsing regexp: /, '').slice(0, 200), { cause: error });
  }
  const steps = compiled.programSize();
  if (steps > MOST_STEPS)
    throw new Error(
      `the expression has ${steps} steps, of which ${MOST_STEPS} are taken: repeat less in it ({0,1000}), or give it in parts`,
    );
  const most = Math.min(MOST_CHARACTERS, Math.max(LEAST_CHARACTERS, Math.floor(MOST_WORK / steps)));
  return { matches: (name) => (whole ? compiled.testExact(name.slice(0, most)) : compiled.test(name.slice(0, most))) };
}

/** A glob as a regular expression. A bracket that is never closed stands for itself. */
function globExpression(glob: string): string {
  return glob.replaceAll(/\*+|\?|\[(!?)([^\]]+)\]|[^*?[]+|\[/g, (part, not: string | undefined, set: string | undefined) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (set !== undefined) return `[${not ? '^' : ''}${set.replaceAll(/[\\[\]^]/g, String.raw`\$&`)}]`;
    return RE2JS.quote(part);
  });
}
