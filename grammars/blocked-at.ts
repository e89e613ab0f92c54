/**
 * Output of the package `blocked-at` (index.js): a callback kept the event loop busy, and this is where it was scheduled, not
 * what it did. So it is no picture of the process, and of kind "error".
 *
 *     Blocked for 79.2433890004158ms, operation started here: [
 *       '    at AsyncHook.init (/srv/app/node_modules/blocked-at/index.js:31:11)',
 *       '    at statDone (/srv/app/cases/blockedat.js:9:36)'
 *     ] Immediate
 */
import P from 'parsimmon';
import { attempt, fields, type StackGrammar } from './grammar.js';
import { lineOf, readByModes, type ModeToken } from './shared/modes.js';
import { stackLine } from './shared/v8-frames.js';

const head: P.Parser<ModeToken> = fields(/(Blocked for [\d.]+ms), operation started here: \[(\])?.*$/).map(([text]) => ({
  is: 'part',
  part: 'head',
  about: { reason: { kind: 'timeout', text: text! } },
}));

/** A line of the array as util.inspect prints it. */
const entry: P.Parser<ModeToken> = fields(/ *(['"`])(.*)\1,?$/).chain(([, text]) => {
  const found = attempt(stackLine, text!);
  return found.status ? P.succeed<ModeToken>({ is: 'frame', frame: found.value }) : P.fail('a frame');
});

export const blockedAt: StackGrammar = {
  kind: 'stacks',
  id: 'blocked-at',
  title: 'blocked-at output',
  runtime: 'node',
  openings: ['Blocked for '],
  glance: /^Blocked for [\d.]+ms, operation started here: \[/,
  begin: readByModes({
    modes: {
      lines: lineOf(
        head,
        entry,
        P.regexp(/ *\.\.\. \d+ more items?,?$/).result<ModeToken>({ is: 'cut', note: null }),
        P.regexp(/\] ?.*$/).result<ModeToken>({ is: 'inside', last: true }),
      ),
    },
    bridged: 0,
    blanks: 0,
    conclude: ({ threads }) => (threads.length > 0 ? { kind: 'error' } : null),
  }),
  example: 'Blocked for 79.2ms, operation started here: [',
  how: "require('blocked-at')((ms, stack) => console.log(`Blocked for ${ms}ms, operation started here:`, stack))",
};
