import assert from 'node:assert/strict';
import { findStuck, readText, stuckText, type ThreadFinding } from '../../src/index.js';
import { dumpText } from '../analysis/dump-text.js';

describe('stuck threads of a report', () => {
  it('are told together where all that is said of them is the same, and only there', async () => {
    const threads = [1, 2, 3, 4, 5, 6].map((id) => ({ id: 0x100 + id, frames: ['acquire:7', 'pay:20', 'work:30'] }));
    const set = await readText(dumpText(threads).repeat(4));
    const report = findStuck(set);
    const [series] = report.series;
    const [one] = series!.threads;
    const evidence = ['it waits', 'it stays', 'in words that differ'];
    /** How many threads each finding is of, when this is said of the first of six of them. */
    const together = (...changes: Partial<ThreadFinding>[]): number[] => {
      const findings = series!.threads.map(({ history }, i) => ({
        ...one!,
        moments: one!.moments,
        history,
        verdict: 'stuck' as const,
        evidence,
        ...changes[i],
      }));
      const told = { ...report, series: [{ ...series!, verdict: 'stuck' as const, threads: findings }] };
      return Array.from(stuckText(set, told, { colour: false, width: 200 }, { verbose: true })).flatMap((line) => {
        const found = /^(?:STUCK|suspect) (?:(\d+) threads: )?0x/.exec(line);
        return found === null ? [] : [Number(found[1] ?? 1)];
      });
    };
    const other = set.stacks.frameAt(one!.stack, 1);
    const lock = { kind: 'lock', by: 'threading.acquire' } as const;
    assert.deepEqual(together(), [6]);
    assert.deepEqual(together({}, { frame: other }, {}, { frame: other }), [4, 2]);
    assert.deepEqual(together({}, { verdict: 'suspect' }), [5, 1]);
    assert.deepEqual(together({}, { role: 'victim' }, { role: 'victim' }, { role: 'culprit' }), [3, 2, 1]);
    assert.deepEqual(
      together({ wait: lock }, {}, { wait: lock }, { wait: { ...lock, kind: 'db' } }, { wait: { ...lock, by: 'x' } }),
      [3, 2, 1],
    );
    // in other objects as well; the last of the reasons may differ
    assert.deepEqual(
      together({}, { evidence: [...evidence] }, { evidence: ['it waits', 'it stays', 'otherwise'] }, { evidence: [...evidence] }),
      [6],
    );
    assert.deepEqual(together({}, { evidence: ['it waits', 'it runs', 'in words that differ'] }), [5, 1]);
    assert.deepEqual(together({ frame: other }, {}, { frame: other }, { evidence: [...evidence], frame: other }), [3, 3]);
  });

  it('stand in a timeline of the newest dumps, each place by a letter of its own', async () => {
    // it came to forty places before, and to five of them in the dumps that are shown
    const dumps = Array.from({ length: 64 }, (_, d) =>
      dumpText([
        { id: 0x101, frames: [`step:${d < 40 ? d + 1 : 1 + (d % 5)}`, 'work:90'] },
        { id: 0x102, frames: ['acquire:7', 'pay:20'] },
      ]),
    );
    const set = await readText(dumps.join('\n'));
    const lines = Array.from(stuckText(set, findStuck(set), { colour: false, width: 120 }, {}));
    const head = lines.findIndex((line) => line.startsWith('Timeline'));
    assert.match(lines[head]!, /the newest 24 of 64/);
    const rows = lines.slice(head).flatMap((line) => /^ {2}([A-Z*.?-]{24}) {2}/.exec(line)?.[1] ?? []);
    assert.deepEqual(rows.sort(), ['A'.repeat(24), 'ABCDE'.repeat(5).slice(0, 24)]);
  });
});
