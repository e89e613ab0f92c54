import { Command } from '@oclif/core';
import { listHangs, listJson, listText } from '../../store/index.js';
import { ANSWER_FLAGS, LIMIT_FLAG, PLACE_FLAGS, STORE_FLAGS, TIME_FLAGS, answer, scopeOf, withStore } from './flags.js';

export class HistoryList extends Command {
  static override summary = 'List the hangs that are known, most frequent first';
  static override description = `A hang is a place where threads hang, known by a fingerprint that edits elsewhere, other hosts and other versions of libraries do not change. It is counted in processes: three dumps of one that hangs are one time.`;

  static override examples = [
    { description: 'What hangs most', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'On one host in the last month', command: '<%= config.bin %> <%= command.id %> --host ci-3 --since 30d' },
  ];

  static override flags = { ...STORE_FLAGS, ...LIMIT_FLAG, ...PLACE_FLAGS, ...TIME_FLAGS, ...ANSWER_FLAGS };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryList);
    const scope = scopeOf(flags);
    await withStore(flags.store, false, async (store) => {
      const listing = await listHangs(store, scope, flags.limit);
      await answer(
        flags,
        () => listJson(store, listing),
        (screen) => listText(listing, screen),
      );
    });
  }
}
