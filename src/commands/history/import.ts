import { Args, Command } from '@oclif/core';
import { count } from '../../report/index.js';
import { doneJson, importHistory } from '../../store/index.js';
import { ANSWER_FLAGS, STORE_FLAGS, answer, withStore } from './flags.js';

export class HistoryImport extends Command {
  static override summary = 'Add what history export has written, in either format; what is there already stays as it is';

  static override examples = [
    { description: 'From another machine', command: 'ssh ci-3 standstill history export | <%= config.bin %> <%= command.id %> -' },
  ];

  static override args = {
    FILE: Args.string({
      description: 'file (ndjson may be compressed), or - for ndjson from standard input',
      required: true,
      ignoreStdin: true,
    }),
  };

  static override flags = { ...STORE_FLAGS, ...ANSWER_FLAGS };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(HistoryImport);
    await withStore(flags.store, true, async (store) => {
      const added = await importHistory(store, args.FILE);
      const kept = added.kept > 0 ? `; ${count(added.kept, 'dump')} kept on this machine until the store can be reached` : '';
      await answer(
        flags,
        () => doneJson('import', store, added),
        () => [
          `added ${count(added.dumps, 'dump')} with ${count(added.threads, 'thread')}; ${added.known} known already${kept} (${store.place})`,
        ],
      );
    });
  }
}
