import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  Fingerprints,
  Origins,
  Redactor,
  WRITERS,
  analyzeText,
  diffText,
  dumpBox,
  findStuck,
  readText,
  stuckText,
  successivePairs,
  type DumpSet,
  type StuckReport,
} from '../../src/index.js';
import { dumpText } from './dump-text.js';
import { HOSTILE } from '../report/hostile.js';
import { SAMPLES, inputOf, optionsOf, sampleInput, written } from '../report/report-input.js';

const SCREEN = { colour: false, width: 140 };

/** What is judged of a set, in rows, ids and numbers; ids and names as a redactor tells them. */
function judgement(set: DumpSet, report: StuckReport, tell = (text: string): string => text): object {
  const fingerprints = new Fingerprints(set, new Origins(set.frames));
  return report.series.map(({ series, verdict, threads }) => ({
    dumps: series.dumps,
    verdict,
    threads: threads.map((thread) => ({
      ids: thread.history.ids.map(tell),
      verdict: thread.verdict,
      role: thread.role,
      score: thread.score,
      frame: thread.frame,
      wait: thread.wait,
      moments: thread.moments,
      fingerprint: fingerprints.of(thread),
    })),
  }));
}

describe('redaction: texts', () => {
  const KNOWN = { users: ['alice'], hosts: ['build-7'], homes: ['/var/lib/jenkins'] };
  const cases: readonly (readonly [string, string])[] = [
    ['no such file: /home/alice/shop/a.py', 'no such file: /home/user1/shop/a.py'],
    ['/Users/alice/x and /home/bob/y, /home/alice', '/Users/user1/x and /home/user2/y, /home/user1'],
    ['C:\\Users\\Bob Smith\\x.py', 'C:\\Users\\user3\\x.py'],
    ["open('C:\\\\Users\\\\alice\\\\x')", "open('C:\\\\Users\\\\user1\\\\x')"],
    ['file:///home/alice/app.js:3', 'file:///home/user1/app.js:3'],
    ['/mnt/c/Users/alice/x', '/mnt/c/Users/user1/x'],
    ['/root/app.py of root', '/home/user4/app.py of root'],
    ['/var/lib/jenkins/workspace, not /var/lib/jenkins2', '/home/user5/workspace, not /var/lib/jenkins2'],
    ['/tmp/pytest-of-carol/pytest-0', '/tmp/pytest-of-user6/pytest-0'],
    ['~carol/x', '~user6/x'],
    ["alice's job on build-7, by Alice", "user1's job on host1, by user1"],
    ['/srv/home/views.py and /opt/app/Users/list.js', '/srv/home/views.py and /opt/app/Users/list.js'],
    ['mail alice@acme.example.com, bob@x.io', 'mail mail1, mail2'],
    ['react@18.2.0 of node_modules/.pnpm/x@1.2.3', 'react@18.2.0 of node_modules/.pnpm/x@1.2.3'],
    ['10.0.0.3:5432 and 10.0.0.4, again 10.0.0.3', 'ip1:5432 and ip2, again ip1'],
    ['127.0.0.1:80 0.0.0.0 ::1 [::]:80', '127.0.0.1:80 0.0.0.0 ::1 [::]:80'],
    ['fe80::1ff:fe23:4567:890a at 12:34:56', 'ip3 at 12:34:56'],
    ['version 1.2.3.4.5, v1.2.3.4, 999.1.1.1', 'version 1.2.3.4.5, v1.2.3.4, 999.1.1.1'],
    ['52:54:00:12:34:56', 'mac1'],
    ['postgres://shop:pw@db.acme.internal:5432/x?sslkey=1', 'postgres://login1@host2:5432/x?query1'],
    ['https://localhost:8080/a, https://db.acme.internal', 'https://localhost:8080/a, https://host2'],
    ['webpack://shop/./src/x.js', 'webpack://shop/./src/x.js'],
    ['cannot reach db.acme.internal or web-1.prod.io', 'cannot reach host2 or host3'],
    [
      'concurrent.futures.thread, threading.local, socket.io, orders.py',
      'concurrent.futures.thread, threading.local, socket.io, orders.py',
    ],
    ['HOME=/x TOKEN="abc" A=1', 'HOME=value1 TOKEN="secret1" A=1'],
    ["environ({'PATH': '/bin', 'LANG': 'C'})", "environ({'PATH': 'value2', 'LANG': 'value3'})"],
    ['password=hunter2; Authorization: Bearer abc.def', 'password=secret3; Authorization: Bearer secret2'],
    ["Command '['ssh', 'db']' timed out after 5 seconds", 'Command command1 timed out after 5 seconds'],
    ['cmdline: python app.py --key x', 'cmdline: command2'],
    ['\\\\files\\share\\x', '\\\\host4\\share\\x'],
    ['ip-10-0-0-3', 'ip1'],
    ['Thread-12 (process_request_thread)', 'Thread-12 (process_request_thread)'],
  ];
  it('tell nothing of people and machines, and the same thing by the same alias', () => {
    const fresh = new Redactor(KNOWN);
    assert.deepEqual(
      cases.map(([text]) => [text, fresh.text(text)]),
      cases,
    );
  });

  it('tells nothing of them in other shapes either', () => {
    const secret = /zalice|zserver|zhost|zh1|zh2|ztok|zcorp/i;
    const texts = [
      ...[
        '/nfs/home',
        '/data/home',
        '/gpfs/home',
        '/proc/77/root/home',
        '/Volumes/disk/Users',
        '/cygdrive/c/Users',
        '/home2',
        '/homes',
        '/home/',
      ],
      ...['/USERS', '/mnt/home', 'c:\\users', 'C:\\USERS', '/media/usb/home'],
    ].map((home) => `open ${home}${home.includes('\\') ? '\\' : '/'}zalice${home.includes('\\') ? '\\' : '/'}x.py`);
    texts.push(
      'Error: Command failed: ssh zalice@zserver --password ztok',
      'Command failed with exit code 1: ssh zserver',
      'ran ~zalice for it',
      'accessToken=ztok, clientSecret: "ztok", dbPassword=ztok secretKey = ztok, password  =  ztok',
      'curl --token ztok --db-password=ztok -H Bearer ztok1',
      'Cookie: sid=ztok; user=ztok',
      'Set-Cookie: sid=ztok',
      'mongodb://u:ztok@zh1:27017,zh2:27017/db',
      'host=zhost user=zalice password=ztok',
      'Server=zhost;User Id=zalice;Pwd=ztok',
      'login of zalice@zserver failed',
      'getaddrinfo ENOTFOUND zserver',
      'queryA EAI_AGAIN zserver',
    );
    for (const text of texts) {
      const told = new Redactor().text(text);
      assert.doesNotMatch(told, secret, `${text} -> ${told}`);
    }
    for (const [name, ip] of [
      ['conn_10.20.30.40', '10.20'],
      ['pool-10.20.30.40-1', '10.20'],
      ['worker10.20.30.40', '10.20'],
      ['10.20.30.40_x', '10.20'],
    ] as const)
      assert.ok(!new Redactor().text(name).includes(ip), name);
    // what only looks like it
    for (const text of [
      '/srv/home/views.py',
      'user=None host=self.host',
      'memcpy@GLIBC_2.14',
      'a Basic test',
      'token of a',
      'tokens: 3',
      'v1.2.3.4',
    ])
      assert.equal(new Redactor().text(text), text);
  });

  it('tells a name of a path whole, whatever signs it has', () => {
    for (const path of ['/Users/Bob Zalice/x.py', "/home/o'zalice/x.py", '/mnt/c/Users/Bob Zalice/x.py'])
      assert.doesNotMatch(new Redactor().file(path), /zalice/i, path);
  });

  it('gives one thing one alias, however it is written', () => {
    const redactor = new Redactor();
    const [one, two, three] = ['2001:db8::1', '2001:db8:0:0:0:0:0:1', '2001:DB8::0001'].map((text) => redactor.text(text));
    assert.equal(one, two);
    assert.equal(one, three);
    assert.equal(redactor.text('Zalice@ACME.com'), redactor.text('zalice@acme.com'));
    assert.equal(redactor.text('/Users/Zalice/x'), redactor.text('/Users/zalice/x'));
  });

  it('tells where a frame was written as it tells where it runs', async () => {
    const set = await readText(`Thread 0x00007f0b077fe6c0 (most recent call first):\n  File "/home/zalice/dist/x.js", line 3 in f\n`);
    const row = set.stacks.frameAt(set.dumps[0]!.threads[0]!.stack, 0);
    set.frames.setOriginal(row, { file: '/home/zalice/src/x.ts', line: 4, column: 5 });
    const { frames } = new Redactor().set(set);
    assert.deepEqual(frames.originalOf(row), { file: '/home/user1/src/x.ts', line: 4, column: 5 });
    assert.equal(frames.placeOf(row).file, '/home/user1/src/x.ts');
    assert.equal(frames.get(row).file, '/home/user1/dist/x.js');
  });

  it('learns names from what dumps say, before it tells the names of threads', async () => {
    const thread = (name: string): string =>
      `Thread 0x00007f0b077fe6c0 [${name}] (most recent call first):\n  File "/srv/a.py", line 3 in f\n`;
    const set = await readText(`Fatal Python error: Aborted: see /home/zalice/x\n\n${thread('zalice-worker')}`);
    const told = new Redactor().set(set);
    assert.ok(
      !JSON.stringify(told.dumps.map(({ reason, notes, threads }) => [reason, notes, threads.map(({ name }) => name)])).includes('zalice'),
    );
  });

  it('tells what it has told as it is', () => {
    const redactor = new Redactor(KNOWN);
    for (const [text] of cases) redactor.text(text);
    for (const [, told] of cases) assert.equal(redactor.text(told), told);
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[a-z0-9@:/.\\ =~%[\]"'-]{0,60}$/),
      fc.constantFrom(...HOSTILE, ...cases.map(([each]) => each)),
    );
    fc.assert(
      fc.property(text, text, (one, other) => {
        const told = redactor.text(`${one} ${other}`);
        assert.equal(redactor.text(told), told);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });

  it('gives two things two aliases, also where an input has names like them', async () => {
    const frame = (home: string): string => `  File "/home/${home}/a.py", line 3 in work\n`;
    const set = await readText(
      `Thread 0x00007f4fdaffd6c0 (most recent call first):\n${['alice', 'user1', 'bob', 'user2'].map(frame).join('')}`,
    );
    const told = new Redactor().set(set);
    const files = Array.from(told.stacks.frames(told.dumps[0]!.threads[0]!.stack), (row) => told.frames.fileOf(row));
    assert.deepEqual(files, ['/home/user3/a.py', '/home/user1/a.py', '/home/user4/a.py', '/home/user2/a.py']);
  });
});

describe('redaction: names', () => {
  it('are known wherever they stand, also before the path that tells them', async () => {
    const set = await readText(
      [
        'Thread 0x00007f4fdaffd6c0 [of carol on files] (most recent call first):',
        '  File "/srv/a.py", line 3 in work',
        '  File "~carol/b.py", line 3 in work',
        '  File "\\\\files\\share\\c.py", line 3 in work',
        '',
      ].join('\n'),
    );
    const told = new Redactor().set(set);
    const [thread] = told.dumps[0]!.threads;
    assert.equal(thread!.name, 'of user1 on host1');
    assert.deepEqual(
      Array.from(told.stacks.frames(thread!.stack), (row) => told.frames.fileOf(row)),
      ['/srv/a.py', '~user1/b.py', '\\\\host1\\share\\c.py'],
    );
  });
});

describe('redaction: dumps', () => {
  for (const name of SAMPLES) {
    it(`judges ${name} the same`, async () => {
      const { set, stuck } = await sampleInput(name);
      const redactor = new Redactor();
      const told = redactor.set(set);
      assert.deepEqual(
        judgement(told, findStuck(told)),
        judgement(set, stuck, (text) => redactor.text(text)),
      );
    });
  }

  it('tells whether a frame is in a function by what is told', async () => {
    const set = await readText(dumpText([{ id: 1, frames: ['__del__:3', 'open of /home/alice/x:4', 'f:5'] }]));
    const { frames } = new Redactor().set(set);
    const rows = Array.from(set.stacks.frames(set.dumps[0]!.threads[0]!.stack));
    const names = rows.map((row) => frames.functionOf(row)!);
    assert.deepEqual(names.slice(0, 3), ['__del__', 'open of /home/user1/x', 'f']);
    assert.deepEqual(
      names.map((name) => rows.map((row) => frames.isIn(row, name))),
      names.map((name) => names.map((other) => other === name)),
    );
    assert.deepEqual(
      rows.map((row) => frames.isIn(row, 'open of /home/alice/x')),
      rows.map(() => false),
    );
  });

  const SECRETS = ['alice', 'acme', '10.1.2.3', 'hunter2', 'queue-eu', 'web-3', 'sekrit', 'x9.bob'];

  const dump = (time: number): string =>
    [
      `May 17 09:3${time}:12 web-3.acme shop[77]: Process 7120: python orders.py --queue-eu --password hunter2`,
      'Python v3.11.2 (/home/alice/venv/bin/python3.11)',
      '',
      'Thread 7120 (idle): "MainThread"',
      '    wait (threading.py:327)',
      '    Arguments:',
      '        self: <Condition at 0x7f1200000000>',
      '        key: "sekrit"',
      '    fetch (/home/alice/shop/orders.py:32)',
      '    settle (/home/alice/shop/orders.py:41)',
      '    <module> (/home/alice/shop/orders.py:50)',
      'Thread 7121 (active): "conn 10.1.2.3 of alice@acme.com"',
      '    recv (/home/alice/shop/net.py:9)',
      '    run (threading.py:982)',
      '',
    ]
      .map((line, i) => (i === 0 ? line : `May 17 09:3${time}:12 web-3.acme shop[77]: ${line}`))
      .join('\n');

  const node = JSON.stringify({
    header: {
      event: 'SIGUSR2',
      trigger: 'Signal',
      dumpEventTime: '2026-05-17T09:40:00Z',
      dumpEventTimeStamp: String(Date.UTC(2026, 4, 17, 9, 40)),
      processId: 99,
      threadId: 0,
      nodejsVersion: 'v22.1.0',
      host: 'web-3.acme',
      commandLine: ['node', '/home/alice/app.js', '--password=hunter2'],
      cwd: '/home/alice',
    },
    javascriptStack: { message: 'Signal', stack: ['at pay (/home/alice/app.js:3:1)'] },
    nativeStack: [],
    libuv: [
      {
        type: 'tcp',
        is_active: true,
        is_referenced: true,
        localEndpoint: { host: '10.1.2.3', port: 1 },
        remoteEndpoint: { host: 'web-3.acme', port: 2 },
      },
      { type: 'fs_event', is_active: true, filename: '/home/alice/watched' },
    ],
    environmentVariables: { TOKEN: 'hunter2', HOME: '/home/alice' },
    workers: [],
  });

  it('leaves no name in any report, text or document', async () => {
    const set = await readText(
      `${[1, 2, 3].map(dump).join('\n')}\n${node}\n\nTraceback (most recent call last):\n  File "/home/alice/a.py", line 3, in f\nKeyError: 'x9.bob@acme.com'\n`,
      {
        path: '/home/alice/dumps/web-3.acme.com.log',
      },
    );
    assert.ok(set.dumps.length >= 4);
    const redactor = new Redactor({ hosts: ['web-3'] });
    const told = redactor.set(set);
    const input = { ...inputOf(told), judging: { tell: (text: string) => redactor.text(text) } };
    const shown = [
      ...WRITERS.map((writer): [string, string] => [writer.id, writer.binary ? '' : written(writer, input, optionsOf())]),
      ['analyze', [...analyzeText(told, SCREEN, { verbose: true, full: true })].join('\n')],
      ['stuck', [...stuckText(told, findStuck(told), SCREEN, { verbose: true, explain: () => true })].join('\n')],
      ['diff', [...diffText(told, successivePairs(told), SCREEN, { verbose: true })].join('\n')],
      ['box', told.dumps.flatMap((each) => dumpBox(told, each, SCREEN, { number: 1 })).join('\n')],
    ] as const;
    for (const [what, text] of shown)
      // the page's own script has nothing of the dumps, and many words
      for (const secret of SECRETS)
        assert.ok(!text.replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '').includes(secret), `${what} has ${secret}`);
    assert.match(shown.find(([what]) => what === 'analyze')![1], /fetch +\/home\/user1\/shop\/orders\.py:32/);
  });

  it('tells the reasons of findings in other words, where they are worked out and where they are asked for', async () => {
    const set = await readText([1, 2, 3].map(dump).join('\n'));
    const redactor = new Redactor({ hosts: ['web-3'] });
    const told = redactor.set(set);
    const plain = findStuck(told).series[0]!;
    const retold = findStuck(told, { tell: (text) => `[${redactor.text(text)}]` }).series[0]!;
    for (const [i, { evidence, wait, signals, moments, verdict, score }] of retold.threads.entries()) {
      const one = plain.threads[i]!;
      assert.deepEqual(
        evidence,
        one.evidence.map((text) => `[${text}]`),
      );
      assert.deepEqual(wait, one.wait && { ...one.wait, by: `[${one.wait.by}]` });
      assert.deepEqual(
        signals.map(({ text }) => text),
        one.signals.map(({ text }) => (text === null ? null : `[${text}]`)),
      );
      assert.deepEqual([moments, verdict, score], [one.moments, one.verdict, one.score]);
    }
    assert.deepEqual(
      retold.advice,
      plain.advice.map((text) => `[${text}]`),
    );
  });

  it('never tells the environment and the command line of a Node report', async () => {
    const set = await readText(node);
    for (const writer of WRITERS) {
      const text = written(writer, inputOf(set));
      for (const secret of ['hunter2', 'TOKEN', 'web-3.acme"']) assert.ok(!text.includes(secret), `${writer.id} has ${secret}`);
    }
  });
});
