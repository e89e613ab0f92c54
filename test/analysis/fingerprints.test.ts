import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Fingerprints, Origins, findStuck, readText } from '../../src/index.js';

const SAMPLE = path.resolve(import.meta.dirname, '../../samples/classic-recipe');
const DUMPS = fs
  .readdirSync(SAMPLE)
  .filter((name) => name.endsWith('.log'))
  .map((name) => fs.readFileSync(path.join(SAMPLE, name), 'utf8'));

/** The fingerprints of all threads, the stuck one's first. */
async function fingerprints(change: (text: string) => string = (text) => text): Promise<(string | null)[]> {
  const set = await readText(DUMPS.map((dump) => `${change(dump)}\n`).join('\n'));
  const prints = new Fingerprints(set, new Origins(set.frames));
  return findStuck(set).series.flatMap(({ threads }) => threads.map((finding) => prints.of(finding)));
}

/** The fingerprint of one stack, most recent call first: `function file line`. */
async function ofStack(...frames: string[]): Promise<string | null> {
  const lines = frames.map((frame) => frame.replace(/^(\S+) (.*) (\d+)$/, '  File "$2", line $3 in $1'));
  const set = await readText(`Thread 0x00007f4fdaffd6c0 (most recent call first):\n${lines.join('\n')}\n`);
  return new Fingerprints(set, new Origins(set.frames)).ofStack(set.dumps[0]!.threads[0]!.stack);
}

describe('fingerprints', () => {
  it('are 16 hexadecimal digits, apart for threads that stand in different functions', async () => {
    const prints = await fingerprints();
    for (const print of prints) assert.match(print ?? '', /^[0-9a-f]{16}$/);
    // three workers of one pool
    assert.equal(new Set(prints).size, prints.length - 2);
  });

  const CHANGES: readonly [string, (text: string) => string][] = [
    ['when lines shift', (text) => text.replaceAll(/line (\d+)/g, (_, line) => `line ${Number(line) + 40}`)],
    ['with other ids', (text) => text.replaceAll('0x00007f4f', '0x00007a11')],
    ['in another checkout', (text) => text.replaceAll('/srv/app/', '/home/runner/work/shop/shop/')],
    [
      'with another patch version of Python in another place',
      (text) => text.replaceAll('/usr/local/lib/python3.11/', '/opt/python-3.11.9/lib/python3.11/'),
    ],
  ];
  for (const [what, change] of CHANGES)
    it(`stay the same ${what}`, async () => {
      assert.notEqual(change(DUMPS[0]!), DUMPS[0]);
      assert.deepEqual((await fingerprints(change)).sort(), (await fingerprints()).sort());
    });

  it('stay the same where a name has a number or an address in it, and not where it has a word', async () => {
    const of = (name: string): Promise<string | null> => ofStack(`${name} /srv/a.py 3`, 'main /srv/a.py 9');
    assert.equal(await of('handler_4be29c1f'), await of('handler_77aa01de'));
    assert.equal(await of('job_20261123'), await of('job_20261124'));
    assert.equal(await of('at_0x7f4fd'), await of('at_0x7a11'));
    const apart = ['handler_deadbeef', 'handler_feedface', 'job_1', 'job_2', 'x4be29c1f', 'x77aa01de'];
    assert.equal(new Set(await Promise.all(apart.map(of))).size, apart.length);
  });

  it('stay the same when a library or the standard library changes inside', async () => {
    const old = await ofStack(
      'wait /usr/lib/python3.11/threading.py 327',
      'get /usr/lib/python3.11/queue.py 171',
      'load /srv/a.py 3',
      'main /srv/a.py 9',
    );
    const now = await ofStack(
      'wait /usr/lib/python3.11/threading.py 331',
      'wait_for /usr/lib/python3.11/threading.py 350',
      'get /usr/lib/python3.11/queue.py 180',
      'load /srv/a.py 3',
      'inner /usr/lib/python3.11/contextlib.py 81',
      'main /srv/a.py 9',
    );
    assert.equal(now, old);
  });

  it('differ with what the innermost function calls, and with its callers', async () => {
    const get = await ofStack('get /usr/lib/python3.11/queue.py 171', 'load /srv/a.py 3', 'main /srv/a.py 9');
    assert.notEqual(await ofStack('put /usr/lib/python3.11/queue.py 140', 'load /srv/a.py 3', 'main /srv/a.py 9'), get);
    assert.notEqual(await ofStack('get /usr/lib/python3.11/queue.py 171', 'load /srv/a.py 3', 'other /srv/a.py 9'), get);
  });

  it('take a recursion as one function, however deep', async () => {
    const deep = (times: number): string[] => [...new Array<string>(times).fill('walk /srv/tree.py 7'), 'main /srv/tree.py 20'];
    assert.equal(await ofStack(...deep(3)), await ofStack(...deep(60)));
  });

  it('keep packages apart by the name of their folder, and leave numbers of generated files out', async () => {
    assert.notEqual(await ofStack('load /srv/shop/__init__.py 3'), await ofStack('load /srv/bank/__init__.py 3'));
    assert.equal(await ofStack('load /tmp/ipykernel_4711/1234567.py 3'), await ofStack('load /tmp/ipykernel_12/7654321.py 3'));
  });
});
