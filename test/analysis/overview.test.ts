import assert from 'node:assert/strict';
import { overviewOf, readText, type Dump } from '../../src/index.js';
import { dumpText } from './dump-text.js';

describe('the groups of a dump', () => {
  it('tell who crashed, and who wrote the dump', async () => {
    const [two, one] = await Promise.all([
      readText(
        dumpText([
          { id: 1, frames: ['fetch:7', 'work:20'] },
          { id: 9, frames: ['main:40', '<module>:50'], main: true },
        ]),
      ),
      readText(dumpText([{ id: 9, frames: ['main:40', '<module>:50'], main: true }])),
    ]);
    /** What is said of the current thread. */
    const told = (set: typeof two, changes: Partial<Dump>): string => {
      const { groups } = overviewOf({ ...set, dumps: set.dumps.map((dump) => ({ ...dump, ...changes })) });
      const current = set.dumps[0]!.threads.findIndex((thread) => thread.current);
      const { kind, dumper } = groups.find(({ threads }) => threads.some(({ member }) => member.thread === current))!;
      return `${kind}${dumper ? ', wrote it' : ''}`;
    };
    const reason = (kind: NonNullable<Dump['reason']>['kind']): Partial<Dump> => ({ reason: { kind, text: 'x' } });
    assert.deepEqual(
      {
        'of two': told(two, {}),
        alone: told(one, {}),
        'a timeout': told(two, reason('timeout')),
        'a fatal error': told(two, reason('fatal')),
        'an exception': told(two, reason('exception')),
        'an error': told(two, { kind: 'error' }),
      },
      {
        'of two': 'application, wrote it',
        alone: 'application',
        'a timeout': 'application',
        'a fatal error': 'crashed',
        'an exception': 'crashed',
        'an error': 'crashed, wrote it',
      },
    );
  });
});
