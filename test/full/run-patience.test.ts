// What `standstill run` does while programs take their time: nothing that they notice.
import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const run = (flags: readonly string[], command: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [CLI, 'run', '--no-config', ...flags, '--', ...command], { encoding: 'utf8', input: '' });
const node = (script: string): string[] => [process.execPath, '-e', script];

describe('standstill run: programs that take their time', function () {
  this.timeout(60_000);

  it('does not harm a program that is only slow, nor leaves its inspector open', () => {
    const script = `
      const end = Date.now() + 2000;
      while (Date.now() < end);
      setTimeout(() => { console.log(require('inspector').url()); process.exitCode = 7; }, 3500);`;
    const { status, stdout, stderr } = run(['--after', '1s', '--interval', '300ms', '--count', '2'], node(script));
    assert.deepEqual([status, stdout], [7, 'undefined\n']);
    assert.match(stderr, / {2}2 dumps\n/);
  });

  it('takes no signal that the program wants for itself, and none where it would end a read', () => {
    const own = "process.on('SIGUSR1', () => console.log('mine')); setTimeout(() => {}, 3000)";
    const taken = run(['--after', '1500ms', '--interval', '100ms', '--count', '2'], node(own));
    assert.deepEqual([taken.status, taken.stdout], [0, '']);
    assert.match(taken.stderr, /no dump: /);
    const reading = spawnSync(
      'sh',
      [
        '-c',
        `(sleep 7; echo answer) | "$0" "$1" run --no-config --after 3s --interval 100ms --count 2 -- "$0" -e "$2"`,
        process.execPath,
        CLI,
        "const b = Buffer.alloc(99); console.log('got', require('fs').readSync(0, b, 0, 99))",
      ],
      { encoding: 'utf8' },
    );
    assert.equal(reading.stdout, 'got 7\n');
    assert.match(
      reading.stderr,
      /no dump: its main thread waits in a call of the system \(it waits in a read of standard input \(pipe\)\)/,
    );
  });

  it('notices silence, not a program that writes now and then', () => {
    const script =
      "let n = 0; const t = setInterval(() => { console.log(n); if (++n === 8) clearInterval(t); }, 200); process.on('exit', () => console.error('end'))";
    const talking = run(['--silent', '1500ms'], node(script));
    assert.deepEqual([talking.status, talking.stdout, talking.stderr], [0, '0\n1\n2\n3\n4\n5\n6\n7\n', 'end\n']);
    const silent = run(
      ['--silent', '1s', '--kill', '--interval', '200ms', '--count', '2'],
      node("console.log('on'); setInterval(() => {}, 1000)"),
    );
    assert.deepEqual([silent.status, silent.stdout], [124, 'on\n']);
    assert.match(silent.stderr, /the command has written nothing for 1 s/);
  });
});
