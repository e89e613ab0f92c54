import { Command, Flags } from '@oclif/core';
import { count } from '../../report/index.js';
import { doneJson } from '../../store/index.js';
import { UserError } from '../errors.js';
import { checkZone } from '../reading.js';
import { ANSWER_FLAGS, STORE_FLAGS, answer, timeOf, withStore } from './flags.js';

export class HistoryPrune extends Command {
  static override summary = 'Forget dumps of before a time, or of a build';

  static override examples = [
    { description: 'What would go?', command: '<%= config.bin %> <%= command.id %> --before 180d --dry-run' },
    { description: 'A build that was a mistake', command: '<%= config.bin %> <%= command.id %> --build test-1' },
  ];

  static override flags = {
    ...STORE_FLAGS,
    before: Flags.string({ description: 'what happened before this time: 2026-11-23, or 180d (ago)', helpValue: 'TIME' }),
    build: Flags.string({ description: 'what is of this build', helpValue: 'ID', multiple: true, multipleNonGreedy: true }),
    tz: Flags.string({ description: 'zone of the time', helpValue: 'ZONE', default: 'UTC' }),
    'dry-run': Flags.boolean({ description: 'only say what would be forgotten' }),
    ...ANSWER_FLAGS,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryPrune);
    checkZone(flags.tz);
    const before = timeOf('before', flags.before, flags.tz);
    if (before === undefined && flags.build === undefined)
      throw new UserError('bad-usage', 'nothing is named to forget', 'give --before TIME, --build ID, or both');
    await withStore(flags.store, false, async (store) => {
      const what = { ...(before !== undefined && { before }), ...(flags.build && { builds: flags.build }) };
      const pruned = await store.prune(what, flags['dry-run']);
      const did = flags['dry-run'] ? 'would forget' : 'forgot';
      await answer(
        flags,
        () => doneJson('prune', store, { ...pruned, dryRun: flags['dry-run'] }),
        () => [`${did} ${count(pruned.dumps, 'dump')} with ${count(pruned.threads, 'thread')} (${store.place})`],
      );
    });
  }
}
