import assert from 'node:assert/strict';
import { readText } from '../../src/index.js';
import { cpuTime } from '../cpu-time.js';

/** What standstill says of a text in which there is no dump. */
async function said(text: string | Buffer): Promise<string | undefined> {
  const { dumps, sources } = await readText(text);
  assert.equal(dumps.length, 0);
  return sources[0]!.warnings.find(({ code }) => code === 'other-format')?.message;
}

describe('text that is no dump', () => {
  it('is called a list of open handles, with what to bring instead', async () => {
    const why2 = 'There are 2 handle(s) keeping the process running\n\n# Timeout\n/srv/app/why.js:5 - setInterval(refresh, 1000);\n';
    const why3 = 'There are 2 handle(s) keeping the process running.\n\n# TCPWRAP\n(unknown stack trace)\n';
    const wtf = '[WTF Node?] open handles:\n- Timers:\n  - (5000 ~ 5 s) once @ /srv/app/wtf.js:5\n';
    for (const [text, tool] of [
      [why2, 'why-is-node-running'],
      [`starting\n${why3}`, 'why-is-node-running'],
      [wtf, 'wtfnode'],
    ] as const) {
      const message = await said(text);
      assert.ok(message?.startsWith(`this looks like a list of open handles (${tool}): `), message);
      assert.match(message ?? '', /--report-on-signal/);
    }
  });

  it('is called a profile, with what to bring instead', async () => {
    const austin = [
      '# austin: 3.7.0\n# interval: 100\nP42;T0:42;/srv/app/x.py:<module>:12;/srv/app/x.py:run:3 100\n',
      'P42;T42;/srv/app/x.py:<module>:12;/srv/app/x.py:run:3 100\nP42;T43 7\n',
      Buffer.from('MOJ\x03\x01austin'),
    ];
    for (const text of austin) assert.match((await said(text)) ?? '', /looks like a profile of austin.*py-spy dump/);
    const folded = 'main;serve (app.py:4);read 12\nmain;serve (app.py:4);write 3\nmain;serve (app.py:9);close 1\n';
    assert.match((await said(folded)) ?? '', /folded stacks of a profile.*py-spy dump/);
  });

  it('is called by its name, with what opens it', async () => {
    const expected: Record<string, string | undefined> = {
      'Full thread dump OpenJDK 64-Bit Server VM:\n': 'a Java thread dump (jstack): use a Java thread dump analyzer',
      'x\n"main" #1 [42] daemon prio=5 os_prio=0 tid=0x7f nid=0x1a03 runnable\n':
        'a Java thread dump (jstack): use a Java thread dump analyzer',
      '"main" prio=10 tid=0x7f nid=0x1a03 runnable\n': 'a Java thread dump (jstack): use a Java thread dump analyzer',
      'goroutine 1 [running]:\nmain.main()\n': 'a Go goroutine dump: use panicparse',
      'x\ngoroutine 17 [chan receive, 3 minutes]:\r\n': 'a Go goroutine dump: use panicparse',
      '\x7fELF\x02\x01\x01': 'a program (ELF), not a dump',
      'MDMP\x93': 'a Windows minidump: open it with WinDbg',
      '{"nodes":[{"id":1,"callFrame":{}}]}': 'a V8 CPU profile: open it in Chrome DevTools or speedscope',
      '{"snapshot":{"meta":{}}}': 'a V8 heap snapshot: open it in Chrome DevTools',
      '{"$schema":"https://www.speedscope.app/file-format-schema.json"}': 'a speedscope profile, not a dump',
      'a.rb:1: [BUG] Segmentation fault\n-- ruby 3 --\n-- Control frame information ---\n': 'a Ruby crash report',
      '-- ruby 3 --\n': undefined,
      'Process:               Shop [4242]\nCrashed Thread:        0\n': 'a macOS crash report: it holds native stacks only',
      'Process:               Shop [4242]\nPath: /x\n': undefined,
      'The Process: Shop [4242]\nCrashed Thread: 0\n': undefined,
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\n':
        'an ordinary Python traceback, which shows where an exception was raised and not where threads stand',
    };
    const found: Record<string, string | undefined> = {};
    for (const text of Object.keys(expected)) found[text] = (await said(Buffer.from(text, 'latin1')))?.replace(/^this looks like /, '');
    assert.deepEqual(found, expected);
  });

  it('is not named when it is nothing known', async () => {
    for (const text of [
      'Traceback (most recent call last): see above\n',
      'a;b 3\n',
      'keeping the process running',
      'P1;T2',
      'a;'.repeat(8000),
      'x;y;z\n'.repeat(3000),
    ])
      assert.equal(await said(text), undefined, text.slice(0, 40));
  });

  it('is looked at in no time, whatever stands in it', async () => {
    for (const piece of ['a;', ';', 'P1;', 'P1;T1;', ' 1', 'a;b c 1\n', '(', 'a ']) {
      const begun = cpuTime();
      await readText(piece.repeat(40_000));
      assert.ok(cpuTime() - begun < 1500, piece);
    }
  });
});
