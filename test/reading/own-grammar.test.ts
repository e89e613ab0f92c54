import assert from 'node:assert/strict';
import P from 'parsimmon';
import { parseLine, type JsonGrammar, type LineGrammar, type StackGrammar } from '../../grammars/index.js';
import { GrammarError, ownGrammar } from '../../src/reading/own-grammar.js';

const HEAD = { id: 'acme', title: 'ACME', runtime: 'python', openings: ['WATCHDOG '], example: 'WATCHDOG', how: 'acmectl dump' };
const LINES = { ...HEAD, kind: 'lines', line: P.all.map(() => ({ is: 'other' })), outermost: ['main'], order: 'recent-last' };
const JSONS = { ...HEAD, kind: 'json', confirm: /"acme"/g, read: () => null };
const STACKS = { ...HEAD, kind: 'stacks', glance: /^WATCHDOG/y, begin: () => ({ feed: () => 'taken', finish: () => [] }) };

const own = (given: unknown) => ownGrammar(given, 'acme.mjs');
const refused = (given: unknown, message: string | RegExp): void =>
  assert.throws(
    () => own(given),
    (error) =>
      error instanceof GrammarError &&
      (typeof message === 'string' ? error.message === `acme.mjs: ${message}` : message.test(error.message)),
    String(message),
  );
/** What a line of a grammar gives, where its parser gives this. */
const token = (given: unknown) => parseLine((own({ ...LINES, line: P.all.map(() => given) }) as LineGrammar).line, 'a line');
/** What a report gives, where its reader gives this. */
const report = (given: unknown) => (own({ ...JSONS, read: () => given }) as JsonGrammar).read({}, true);

describe("a grammar of the user's", () => {
  it('is refused with the part that is wrong, and what it has to be', () => {
    const cases: [unknown, string][] = [
      [null, 'a grammar is an object, not null'],
      [[], 'a grammar is an object, not a list'],
      ['x'.repeat(100), `a grammar is an object, not "${'x'.repeat(40)}"`],
      [{}, '"id" is a short word of a-z, 0-9, ".", "_" and "-"'],
      [{ id: '-x' }, '"id" is a short word of a-z, 0-9, ".", "_" and "-"'],
      [{ id: `x${'y'.repeat(61)}` }, '"id" is a short word of a-z, 0-9, ".", "_" and "-"'],
      [{ ...LINES, openings: 'WATCHDOG' }, 'acme: "openings" is a list of texts, not "WATCHDOG"'],
      [{ ...LINES, openings: [7] }, 'acme: "openings" is a list of texts, not a list'],
      [{ ...LINES, openings: [] }, 'acme: "openings" is empty: by what is a dump found?'],
      [{ ...LINES, openings: ['WATCHDO', 'short!'] }, 'acme: the opening "short!" is not 7 signs of ASCII or more'],
      [{ ...LINES, openings: ['WATCHDÖG'] }, 'acme: the opening "WATCHDÖG" is not 7 signs of ASCII or more'],
      [{ ...LINES, lead: 'x' }, 'acme: "lead" is a regular expression, not "x"'],
      [{ ...LINES, followedBy: 7 }, 'acme: "followedBy" is a regular expression, not a number'],
      [{ ...LINES, title: '' }, 'acme: "title" is a text, not ""'],
      [{ ...LINES, runtime: 'ruby' }, 'acme: "runtime" is "python" or "node", not "ruby"'],
      [{ ...LINES, example: undefined }, 'acme: "example" is a text: what a dump looks like, not nothing'],
      [{ ...LINES, how: undefined }, 'acme: "how" is a text: how a dump is made, not nothing'],
      [{ ...LINES, kind: 'xml' }, 'acme: "kind" is "lines", "json" or "stacks", not "xml"'],
      [{ ...LINES, line: () => 1 }, 'acme: "line" is a parser of Parsimmon, not a function'],
      [{ ...LINES, shape: 1 }, 'acme: "shape" is an object, not a number'],
      [{ ...LINES, begins: 'x' }, 'acme: "begins" is a regular expression, not "x"'],
      [{ ...LINES, outermost: 'main' }, 'acme: "outermost" is a set of functions, not "main"'],
      [{ ...LINES, maxFrames: 0 }, 'acme: "maxFrames" is a number, not a number'],
      [{ ...LINES, firstSigns: 7 }, 'acme: "firstSigns" is a text, not a number'],
      [{ ...LINES, idsAlike: 'no' }, 'acme: "idsAlike" is true or false, not "no"'],
      [{ ...LINES, order: 'up' }, 'acme: "order" is "recent-first" or "recent-last", not "up"'],
      [{ ...JSONS, read: 1 }, 'acme: "read" is a function, not a number'],
      [{ ...JSONS, confirm: 1 }, 'acme: "confirm" is a regular expression, not a number'],
      [{ ...JSONS, within: true }, 'acme: "within" is a regular expression, not a boolean'],
      [{ ...JSONS, confirmLater: 'x' }, 'acme: "confirmLater" is a regular expression, not "x"'],
      [{ ...STACKS, begin: {} }, 'acme: "begin" is a function, not an object'],
      [{ ...STACKS, glance: null }, 'acme: "glance" is a regular expression, not null'],
    ];
    for (const [given, message] of cases) refused(given, message);
    refused({ ...LINES, shape: { blankBetwen: true } }, /^acme\.mjs: acme: there is no "blankBetwen" in a shape: .*blankBetween/);
    refused({ ...LINES, shape: JSON.parse('{"__proto__":1}') as object }, /there is no "__proto__" in a shape/);
    assert.equal(new GrammarError('x', 'y').code, 'bad-grammar');
  });

  it('has what it left out filled in, and no expression that remembers where it was', () => {
    const { line, ...lines } = own({
      ...LINES,
      lead: /x/gy,
      begins: /y/gi,
      outermost: new Set(['main', 'run']),
      shape: { blankBetween: true },
    }) as LineGrammar;
    assert.ok(line);
    assert.deepEqual(
      [lines.lead, lines.begins, lines.outermost, lines.maxFrames, lines.followedBy, lines.idsAlike, lines.firstSigns],
      [/x/, /y/i, new Set(['main', 'run']), Infinity, undefined, false, undefined],
    );
    assert.deepEqual([lines.shape.blankBetween, lines.shape.sources], [true, false]);
    const plain = own({ ...LINES, maxFrames: 3, followedBy: /z/, idsAlike: true, firstSigns: 'W' }) as LineGrammar;
    assert.deepEqual(
      [plain.begins.test(''), plain.outermost, plain.maxFrames, plain.followedBy, plain.idsAlike, plain.firstSigns],
      [false, new Set(['main']), 3, /z/, true, 'W'],
    );
    const json = own({ ...JSONS, within: /w/g, confirmLater: /l/g }) as JsonGrammar;
    assert.deepEqual([json.confirm, json.within, json.confirmLater, own(JSONS).kind], [/"acme"/, /w/, /l/, 'json']);
    assert.deepEqual((own(STACKS) as StackGrammar).glance, /^WATCHDOG/);
  });

  it('gives tokens whose parts are of their types, missing ones not given', () => {
    assert.deepEqual(token({ is: 'frame', frame: { function: 'f', line: 3, more: 1 } }), {
      is: 'frame',
      frame: { function: 'f', file: null, line: 3, column: null },
    });
    assert.deepEqual(token({ is: 'native', frame: { symbol: 's' } }), {
      is: 'native',
      frame: { symbol: 's', address: null, module: null },
    });
    assert.deepEqual(token({ is: 'thread', id: '1', marks: ['idle'], notes: ['n'] }), {
      is: 'thread',
      id: '1',
      name: null,
      current: false,
      alone: false,
      marks: ['idle'],
      notes: ['n'],
    });
    assert.deepEqual(token({ is: 'thread', current: true, alone: true }), {
      is: 'thread',
      id: null,
      name: null,
      current: true,
      alone: true,
    });
    assert.deepEqual(token({ is: 'stack', name: 'n', frames: [{ file: 'a' }] }), {
      is: 'stack',
      id: null,
      name: 'n',
      current: false,
      frames: [{ function: null, file: 'a', line: null, column: null }],
    });
    assert.deepEqual(token({ is: 'process', pid: 7, begins: 1 }), {
      is: 'process',
      begins: false,
      pid: 7,
      runtimeVersion: null,
      note: null,
    });
    assert.deepEqual(token({ is: 'process', begins: true, note: 'n', runtimeVersion: '3' }), {
      is: 'process',
      begins: true,
      pid: null,
      runtimeVersion: '3',
      note: 'n',
    });
    assert.deepEqual(token({ is: 'cause', reason: { kind: 'timeout' } }), { is: 'cause', reason: { kind: 'timeout', text: 'timeout' } });
    assert.deepEqual(token({ is: 'source' }), { is: 'source' });
    const partly = own({ ...LINES, line: P.string('x').map(() => ({ is: 'blank' })) }) as LineGrammar;
    assert.deepEqual([parseLine(partly.line, 'x'), parseLine(partly.line, 'xy')], [{ is: 'blank' }, { is: 'other' }]);
    const foreign = own({ ...LINES, line: { parse: (text: string) => ({ status: text === 'x', value: { is: 'rule' } }) } }) as LineGrammar;
    assert.deepEqual([parseLine(foreign.line, 'x'), parseLine(foreign.line, 'y')], [{ is: 'rule' }, { is: 'other' }]);
  });

  it('is named, with its part, where that fails', () => {
    const cases: [unknown, string][] = [
      [7, 'a token is an object, not a number'],
      [{ is: 'stak' }, 'there is no token "stak"'],
      [{ is: 'frame' }, 'a frame is an object, not nothing'],
      [{ is: 'frame', frame: { line: 1.5 } }, '"line" is a whole number or null, not a number'],
      [{ is: 'frame', frame: { function: 1 } }, '"function" is a text or null, not a number'],
      [{ is: 'native', frame: [] }, 'a frame is an object, not a list'],
      [{ is: 'stack', frames: 'x' }, '"frames" is a list, not "x"'],
      [{ is: 'thread', marks: 'idle' }, '"marks" is a list of texts, not "idle"'],
      [{ is: 'thread', notes: [1] }, '"notes" is a list of texts, not a list'],
      [{ is: 'cause', reason: { kind: 'fatal', text: 7 } }, '"text" is a text or null, not a number'],
      [{ is: 'cause', reason: { kind: 'boredom' } }, 'the kind of a reason is fatal, timeout, signal, request or exception, not "boredom"'],
    ];
    for (const [given, message] of cases)
      assert.throws(() => token(given), { name: 'GrammarError', message: `acme.mjs: acme: "line" failed: ${message}` });
    const throwing = own({
      ...LINES,
      line: P.all.map(() => {
        throw new Error('first\nsecond');
      }),
    }) as LineGrammar;
    assert.throws(() => parseLine(throwing.line, 'x'), { message: 'acme.mjs: acme: "line" failed: first' });
    const odd = own({
      ...JSONS,
      read() {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- a grammar of the user's may throw anything
        throw 'a word';
      },
    }) as JsonGrammar;
    assert.throws(() => odd.read({}, true), { message: 'acme.mjs: acme: "read" failed: a word' });
  });

  it('gives reports whose parts are of their types', () => {
    assert.deepEqual([report(null), report(undefined)], [null, null]);
    const bare = { kind: 'snapshot', time: null, pid: null, runtimeVersion: null, reason: null, threads: [], notes: [], warnings: [] };
    assert.deepEqual(report({ threads: [] }), bare);
    assert.deepEqual(report([{ threads: [] }, { threads: [], kind: 'error', pid: 3 }]), [bare, { ...bare, kind: 'error', pid: 3 }]);
    assert.deepEqual(
      report({
        runtime: 'node',
        timeText: '12:00',
        time: 5,
        reason: { kind: 'signal', text: 'USR2' },
        notes: ['n'],
        warnings: [{}, { code: 'c', message: 'm' }],
        threads: [
          { frames: [] },
          {
            id: '1',
            current: true,
            truncated: 'likely',
            main: false,
            activity: 'idle',
            kind: 'task',
            marks: ['idle'],
            locals: [[]],
            frames: [{ line: 1 }],
            nativeFrames: [{ module: 'm' }],
            notes: ['t'],
            measures: { userCpu: 2 },
          },
          { frames: [], truncated: 'x', main: 'x', activity: 'x', kind: 'x', measures: 1 },
        ],
      }),
      {
        ...bare,
        runtime: 'node',
        timeText: '12:00',
        time: 5,
        reason: { kind: 'signal', text: 'USR2' },
        notes: ['n'],
        warnings: [
          { code: 'note', message: '' },
          { code: 'c', message: 'm' },
        ],
        threads: [
          {
            id: null,
            name: null,
            current: false,
            truncated: false,
            main: null,
            activity: null,
            frames: [],
            nativeFrames: [],
            notes: [],
            measures: null,
          },
          {
            id: '1',
            name: null,
            current: true,
            truncated: 'likely',
            main: false,
            activity: 'idle',
            kind: 'task',
            marks: ['idle'],
            locals: [[]],
            frames: [{ function: null, file: null, line: 1, column: null }],
            nativeFrames: [{ symbol: null, address: null, module: 'm' }],
            notes: ['t'],
            measures: { time: null, userCpu: 2, kernelCpu: null, loopIdle: null, loopActive: null, handles: [] },
          },
          {
            id: null,
            name: null,
            current: false,
            truncated: false,
            main: null,
            activity: null,
            frames: [],
            nativeFrames: [],
            notes: [],
            measures: null,
          },
        ],
      },
    );
    assert.throws(() => report({ threads: {} }), { message: 'acme.mjs: acme: "read" failed: "threads" is a list, not an object' });
    assert.throws(() => report(5), { message: 'acme.mjs: acme: "read" failed: a dump is an object, not a number' });
  });

  it('reads stacks with a reader of its own, called as its method', () => {
    const dump = { kind: 'snapshot', time: null, pid: null, runtimeVersion: null, reason: null, threads: [], notes: [], warnings: [] };
    const grammar = own({
      ...STACKS,
      begin(this: { readonly kind: string }, above: readonly string[]) {
        const seen: unknown[] = [this.kind, above.length];
        return {
          words: ['taken', 'foreign', 'ended'],
          feed(line: string, number: number) {
            seen.push(line);
            return this.words[number];
          },
          finish: () => [{ dump: { threads: [], notes: seen.map(String) }, line: 2, lines: 5 }, { dump: { threads: [] } }],
        };
      },
    }) as StackGrammar;
    const reader = grammar.begin(['a line above']);
    assert.deepEqual([reader.feed('a', 0), reader.feed('b', 1), reader.feed('c', 2)], ['taken', 'foreign', 'ended']);
    assert.deepEqual(reader.finish(), [
      { dump: { ...dump, notes: ['stacks', '1', 'a', 'b', 'c'] }, line: 2, lines: 5 },
      { dump, line: 1, lines: 0 },
    ]);
    assert.throws(() => reader.feed('d', 3), { message: 'acme.mjs: acme: "feed" failed: "taken", "foreign" or "ended", not nothing' });
    const without = own({ ...STACKS, begin: () => ({ feed: () => 'taken' }) }) as StackGrammar;
    assert.throws(() => without.begin([]), { message: 'acme.mjs: acme: "begin" gives a reader with "feed" and "finish"' });
    const nothing = own({ ...STACKS, begin: () => undefined }) as StackGrammar;
    assert.throws(() => nothing.begin([]), { message: 'acme.mjs: acme: "begin" failed: a reader is an object, not nothing' });
  });
});
