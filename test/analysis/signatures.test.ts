import assert from 'node:assert/strict';
import {
  BUILT_IN_SIGNATURES,
  Origins,
  SignatureError,
  Signatures,
  parseSignatures,
  readFiles,
  readText,
  signatureFromStack,
  waitEnd,
  type DumpSet,
  type StackMeaning,
} from '../../src/index.js';
import { matchesGlob } from '../../src/analysis/signatures/rule.js';

/** A dump of one thread on the stack that a rule's sample describes, at the paths of a Debian machine. */
function dumpOf(sample: string): string {
  const node = /(^| < )(node:|<anonymous>|piscina|synckit)/.test(sample);
  const frames = sample.split(' < ').map((frame) => {
    const colon = frame.lastIndexOf(':');
    return { file: frame.slice(0, colon), fn: frame.slice(colon + 1) };
  });
  if (node) {
    const stack = frames.map(
      ({ file, fn }) =>
        `at ${fn} (${file === '<anonymous>' ? file : `${file.startsWith('node:') ? file : `/srv/app/node_modules/${file}`}:1:1`})`,
    );
    return JSON.stringify({
      header: {
        reportVersion: 3,
        event: 'JavaScript API',
        trigger: 'API',
        filename: null,
        processId: 1,
        threadId: 0,
        nodejsVersion: 'v22.1.0',
      },
      javascriptStack: { message: 'Error', stack },
      nativeStack: [],
    });
  }
  const place = (file: string): string =>
    /^</.test(file)
      ? file
      : /^app\//.test(file)
        ? `/srv/${file}`
        : STANDARD.test(file)
          ? `/usr/lib/python3.11/${file}`
          : `/usr/lib/python3/dist-packages/${file}`;
  return `Thread 0x0000000000000001 (most recent call first):\n${frames.map(({ file, fn }) => `  File "${place(file)}", line 1 in ${fn}\n`).join('')}`;
}
const STANDARD =
  /^(?:threading|queue|selectors|socket|socketserver|ssl|subprocess|signal|sched|cmd|pdb|bdb|asyncore)\.py$|^(?:asyncio|concurrent|multiprocessing|logging|http)\//;

async function read(text: string): Promise<{ set: DumpSet; meaning: StackMeaning | null; signatures: Signatures }> {
  const set = await readText(text);
  const signatures = new Signatures(set, new Origins(set.frames));
  return { set, signatures, meaning: signatures.of(set.dumps[0]!.threads[0]!.stack) };
}

describe('signatures', () => {
  describe('every rule explains its own sample, whatever the other rules say:', () => {
    for (const rule of BUILT_IN_SIGNATURES) {
      it(rule.id, async () => {
        assert.ok(rule.sample !== null, 'a rule without a sample');
        const { set, signatures, meaning } = await read(dumpOf(rule.sample));
        const stack = set.dumps[0]!.threads[0]!.stack;
        if (rule.verdict === 'modifier') assert.deepEqual(signatures.modifiers(stack), [rule]);
        else {
          assert.equal(meaning?.rule.id, rule.id);
          assert.ok(signatures.mayMean(stack, meaning.wait.kind));
        }
      });
    }
  });

  it('what a stack may mean is told by its most recent frame', async () => {
    const may = async (sample: string): Promise<boolean[]> => {
      const { set, signatures } = await read(dumpOf(sample));
      const { stack } = set.dumps[0]!.threads[0]!;
      return (['future', 'net-accept'] as const).flatMap((kind) => [signatures.mayMean(stack, kind), signatures.mayMean(0, kind)]);
    };
    assert.deepEqual(await may('socket.py:accept < app/own.py:serve'), [false, false, true, false]);
    assert.deepEqual(await may('app/own.py:serve'), [false, false, false, false]);
  });

  it('a gap never crosses an application frame: a task that calls redis is no idle worker', async () => {
    const gap = 'redis/connection.py:_read_from_socket < redis/client.py:listen';
    assert.equal((await read(dumpOf(gap))).meaning?.state, 'idle-blocking-read');
    const crossed = gap.replace(' < ', ' < app/tasks.py:price < ');
    assert.equal((await read(dumpOf(crossed))).meaning?.rule.id, 'py.redis.command');
  });

  it('the rule that explains the deepest frame wins', async () => {
    const get = 'threading.py:wait < queue.py:get';
    assert.equal((await read(dumpOf(`${get} < app/x.py:consume`))).meaning?.rule.id, 'py.queue.get');
    assert.equal((await read(dumpOf(`${get} < cheroot/workers/threadpool.py:run`))).meaning?.rule.id, 'py.cheroot');
  });

  it('an application file with the name of a library module is not that module', async () => {
    assert.equal((await read(dumpOf('app/queue.py:get < app/worker.py:run'))).meaning, null);
  });

  it('frames of the parent below a forked child are not looked at', async () => {
    const child = `multiprocessing/synchronize.py:__enter__ < multiprocessing/queues.py:get < multiprocessing/pool.py:worker < multiprocessing/process.py:run < multiprocessing/process.py:_bootstrap`;
    const { set, signatures, meaning } = await read(dumpOf(`${child} < multiprocessing/popen_fork.py:_launch < app/main.py:start`));
    assert.equal(meaning?.rule.id, 'py.mp.pool-worker-idle');
    assert.equal(signatures.isBackground(set.dumps[0]!.threads[0]!.stack, false), true);
  });

  it('a thread of libraries alone is background, unless it executes a function in C', async () => {
    const background = async (sample: string, main: boolean): Promise<boolean> => {
      const { set, signatures } = await read(dumpOf(sample));
      return signatures.isBackground(set.dumps[0]!.threads[0]!.stack, main);
    };
    const thread = ' < threading.py:run < threading.py:_bootstrap_inner < threading.py:_bootstrap';
    assert.equal(await background(`some_vendor/agent.py:_loop${thread}`, false), true);
    assert.equal(await background(`some_vendor/agent.py:_loop${thread}`, true), false);
    assert.equal(await background('threading.py:run < threading.py:_bootstrap_inner < threading.py:_bootstrap', false), false);
    assert.equal(await background(`app/x.py:work${thread}`, false), false);
  });

  it('name what waits as a caller would', async () => {
    assert.deepEqual((await read(dumpOf('threading.py:wait < threading.py:wait < app/x.py:f'))).meaning?.wait, {
      kind: 'event',
      by: 'threading.Event.wait',
    });
    assert.deepEqual((await read(dumpOf('redis/lock.py:acquire < app/x.py:f'))).meaning?.wait, {
      kind: 'lock-remote',
      by: 'redis.lock.acquire',
    });
  });

  it('tell the idle pool of a real service from the payment that hangs', async () => {
    const set = await readFiles(['samples/classic-recipe/20261123093000.log']);
    const signatures = new Signatures(set, new Origins(set.frames));
    const meanings = set.dumps[0]!.threads.map(({ stack }) => signatures.of(stack));
    assert.equal(meanings.filter((meaning) => meaning?.rule.id === 'py.tpe.idle' && meaning.state === 'idle').length, 3);
    assert.deepEqual(
      meanings.filter((meaning) => meaning?.wait.kind === 'queue' && meaning.state === 'wait').map((meaning) => meaning!.wait.by),
      ['queue.Queue.get'],
    );
  });
});

describe("the user's own signatures", () => {
  const RULES = `# ours
acme.orders | queue | idle | consumer of orders | acme | 1.2-2.0
    means  waits for the next order
    stack  threading.py:wait < queue.py:get < app/{orders,refunds}.py:next_*
`;

  it('win over the built-in ones and may name application frames', async () => {
    const set = await readText(dumpOf('threading.py:wait < queue.py:get < app/refunds.py:next_refund < app/main.py:main'));
    const signatures = new Signatures(set, new Origins(set.frames), parseSignatures(RULES));
    const meaning = signatures.of(set.dumps[0]!.threads[0]!.stack);
    assert.equal(meaning?.rule.id, 'acme.orders');
    assert.equal(meaning.state, 'idle');
  });

  it('may begin with an application frame: of a function, of some, of any file', async () => {
    const rules = parseSignatures(
      [
        'one | queue | idle | x\n  stack app/wire.py:read_exact',
        'some | queue | idle | x\n  stack app/feed.py:next_*',
        'files | queue | idle | x\n  stack *:take_turn < app/game.py:play',
        'file | queue | idle | x\n  stack app/idle.py:*',
      ].join('\n'),
    );
    const means = async (sample: string): Promise<string | undefined> => {
      const set = await readText(dumpOf(sample));
      return new Signatures(set, new Origins(set.frames), rules).of(set.dumps[0]!.threads[0]!.stack)?.rule.id;
    };
    assert.deepEqual(
      await Promise.all(
        [
          'app/wire.py:read_exact < app/main.py:main',
          'app/wire.py:read_any < app/main.py:main',
          'app/feed.py:next_order < app/main.py:main',
          'app/feed.py:last_order < app/main.py:main',
          'app/turns.py:take_turn < app/game.py:play',
          'app/turns.py:take_turn < app/main.py:main',
          'app/idle.py:whatever < app/main.py:main',
          'app/feed.py:take < app/idle.py:whatever',
        ].map(means),
      ),
      ['one', undefined, 'some', undefined, 'files', undefined, 'file', undefined],
    );
  });

  it('of any file add a fact to a stack wherever it stands in it, in an application frame, too', async () => {
    const set = await readText(dumpOf('threading.py:wait < app/own.py:wait_for_turn < app/main.py:main'));
    const { stack } = set.dumps[0]!.threads[0]!;
    const added = (rule: string): string[] =>
      new Signatures(set, new Origins(set.frames), parseSignatures(`ours | lock | modifier | x\n  stack ${rule}\n`))
        .modifiers(stack)
        .map(({ id }) => id);
    assert.deepEqual(
      [
        added('.. *:wait_for_turn'),
        added('.. *:wait_for_*'),
        added('.. *:wait_for_horse'),
        added('.. *:main'),
        added('.. threading.py:wait'),
      ],
      [['ours'], ['ours'], [], ['ours'], ['ours']],
    );
  });

  it('win over each other by what they explain: more of the stack, then more frames of it, then fewer wildcards', async () => {
    const set = await readText(dumpOf('acme/wire.py:read < acme/frame.py:read_frame < acme/bank.py:ask < app/main.py:main'));
    const rules = {
      short: 'acme/wire.py:read < acme/frame.py:read_frame',
      gap: 'acme/wire.py:read << acme/bank.py:ask',
      wild: 'acme/wire.py:read* < acme/frame.py:* < acme/bank.py:ask',
      whole: 'acme/wire.py:read < acme/frame.py:read_frame < acme/bank.py:ask',
    };
    const winner = (...ids: (keyof typeof rules)[]): string | undefined => {
      const text = ids.map((id) => `${id} | queue | idle | x\n  stack ${rules[id]}\n`).join('');
      return new Signatures(set, new Origins(set.frames), parseSignatures(text)).of(set.dumps[0]!.threads[0]!.stack)?.rule.id;
    };
    for (const [better, worse] of [
      ['wild', 'short'],
      ['gap', 'short'],
      ['wild', 'gap'],
      ['whole', 'gap'],
      ['whole', 'wild'],
    ] as const)
      assert.deepEqual([winner(better, worse), winner(worse, better)], [better, better], `${better} and ${worse}`);
  });

  it('replace a built-in rule of the same id', async () => {
    const set = await readText(dumpOf('socket.py:accept < app/main.py:main'));
    const own = parseSignatures('py.socket.accept | net-accept | idle | acceptor\n stack socket.py:accept\n');
    const meaning = new Signatures(set, new Origins(set.frames), own).of(set.dumps[0]!.threads[0]!.stack);
    assert.equal(meaning?.state, 'idle');
    assert.equal(meaning.rule.label, 'acceptor');
    // also where the new one says something of other stacks
    const elsewhere = parseSignatures('py.socket.accept | net-accept | idle | acceptor\n stack app/own.py:accept\n');
    assert.equal(new Signatures(set, new Origins(set.frames), elsewhere).of(set.dumps[0]!.threads[0]!.stack), null);
  });

  it('say in which line they are wrong', () => {
    const wrong: [string, RegExp][] = [
      ['  stack a.py:b', /line 1: an indented line before/],
      ['a | queue | idle', /line 1: a rule begins with/],
      ['a | quue | idle | x\n stack a.py:b', /line 1: no such wait kind: quue/],
      ['a | queue | lazy | x\n stack a.py:b', /line 1: no such verdict: lazy/],
      ['# c\na | queue | idle | x', /line 2: rule a has no "stack"/],
      ['a | queue | idle | x\n stac a.py:b', /line 2: expected/],
      ['a | queue | idle | x\n stack a.py:b <  < c.py:d', /line 2: not a frame/],
      ['a | queue | idle | x\n stack a.py:b\na | queue | idle | x\n stack a.py:b', /line 3: a second rule a/],
    ];
    for (const [text, message] of wrong)
      assert.throws(
        () => parseSignatures(text),
        (error) => error instanceof SignatureError && message.test(error.message),
        text,
      );
  });

  it('have as many alternatives as are asked for, up to a bound', () => {
    const rule = (frame: string): string => `acme.x | queue | idle | of orders\n  stack ${frame}\n`;
    const [found] = parseSignatures(rule('acme/{a,b{c,}}.py:{run,stop}'));
    assert.deepEqual(found!.stacks[0]!.frames, [
      { adjacent: true, files: [['acme/a.py'], ['acme/bc.py'], ['acme/a.py'], ['acme/b.py']], functions: [['run'], ['stop']] },
    ]);
    assert.throws(
      () => parseSignatures(rule(`${'{a,b}'.repeat(40)}.py`)),
      (error) => error instanceof SignatureError && error.message.includes('more than 256 alternatives in one frame'),
    );
  });

  it('are made from a pasted stack: through the first package that is not the standard library', async () => {
    const pasted = await read(
      dumpOf('threading.py:wait < queue.py:get < app/wire.py:read < app/consumer.py:loop < threading.py:run < threading.py:_bootstrap'),
    );
    const rule = signatureFromStack(pasted.set, new Origins(pasted.set.frames), pasted.set.dumps[0]!.threads[0]!.stack)!;
    assert.equal(rule, 'threading.py:wait < queue.py:get < app/wire.py:read < app/consumer.py:loop');
    const other = await readText(
      dumpOf('threading.py:wait < queue.py:get < app/wire.py:read < app/consumer.py:loop').replaceAll('line 1 ', 'line 77 '),
    );
    const signatures = new Signatures(
      other,
      new Origins(other.frames),
      parseSignatures(`acme.consumer | queue | idle | consumer\n  stack ${rule}`),
    );
    assert.equal(signatures.of(other.dumps[0]!.threads[0]!.stack)?.rule.id, 'acme.consumer');
  });
});

describe('whether a wait ends by itself', () => {
  it('is told by the line of the library and its version', async () => {
    const at = async (version: string, line: number): Promise<string | null> => {
      const set = await readText(
        `Thread 0x0000000000000001 (most recent call first):\n  File "/usr/lib/python${version}/threading.py", line ${line} in wait\n  File "/srv/app/x.py", line 3 in f\n`,
      );
      return waitEnd(set, set.dumps[0]!.threads[0]!.stack);
    };
    assert.equal(await at('3.12', 359), 'timed');
    assert.equal(await at('3.13', 359), 'forever');
    assert.equal(await at('3.11', 999), null);
    assert.equal(await at('3.1', 320), null);
    // Condition.wait() of the sources of each version: without a timeout, and with one
    for (const [version, forever, timed] of [
      ['3.6', 295, 299],
      ['3.7', 296, 300],
      ['3.8', 302, 306],
      ['3.9', 312, 316],
      ['3.10', 320, 324],
      ['3.11', 327, 331],
      ['3.12', 355, 359],
      ['3.13', 359, 363],
      ['3.13t', 359, 363],
      ['3.14', 369, 373],
      ['3.15', 363, 370],
    ] as const)
      assert.deepEqual([await at(version, forever), await at(version, timed)], ['forever', 'timed'], version);
  });
});

describe('a glob', () => {
  const texts = (letters: readonly string[], longest: number): string[] =>
    longest === 0 ? [''] : ['', ...texts(letters, longest - 1).flatMap((text) => letters.map((letter) => letter + text))];

  it('is what a regular expression says of it, of any pieces and any text', () => {
    const pieces = ['', 'a', 'b', 'ab', 'aba'];
    const globs = [
      ...pieces.map((one) => [one]),
      ...pieces.flatMap((one) => pieces.flatMap((two) => [[one, two], ...pieces.map((three) => [one, two, three])])),
    ];
    let matched = 0;
    for (const glob of globs) {
      const pattern = new RegExp(`^${glob.join('.*')}$`);
      for (const text of new Set(texts(['a', 'b'], 6))) {
        assert.equal(matchesGlob(glob, text), pattern.test(text), `${glob.join('*')} and ${text}`);
        if (pattern.test(text)) matched++;
      }
    }
    assert.ok(matched > 1000);
  });
});

describe('a rule that is made of a stack', () => {
  it('has nothing in it that acts on a terminal or on the log of a CI service', async () => {
    const evil = ['a\u009bb', 'a\u202eb', 'a\u200bb', '##vso[x', 'a\u{e0041}b', '::error'];
    for (const name of evil) {
      const set = await readText(
        `Thread 0x0000000000000001 (most recent call first):\n  File "/srv/${name}/${name}.py", line 3 in ${name}\n`,
      );
      const rule = signatureFromStack(set, new Origins(set.frames), set.dumps[0]!.threads[0]!.stack)!;
      assert.doesNotMatch(rule, /[\x7f-\x9f\u200b\u202e]|\udb40|##vso\[|^::/);
      const rules = parseSignatures(`own.rule | lock | wait | evil\n    stack  ${rule}\n`);
      const meaning = new Signatures(set, new Origins(set.frames), rules).of(set.dumps[0]!.threads[0]!.stack);
      assert.equal(meaning?.rule.id, 'own.rule', rule);
    }
  });
});
