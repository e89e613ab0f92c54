import { Command } from '@oclif/core';
import { listTitle, trendJson, trendOf, trendText } from '../../store/index.js';
import { ANSWER_FLAGS, LIMIT_FLAG, PLACE_FLAGS, PAGE_FLAG, STORE_FLAGS, TIME_FLAGS, answer, page, scopeOf, withStore } from './flags.js';

export class HistoryTrend extends Command {
  static override summary = 'Show how hangs come and go from build to build';
  static override description = `Builds whose names differ in numbers alone are in the order of these numbers, others in the order of the earliest time that is known of them. Without builds it counts days.`;

  static override examples = [
    { description: 'All builds', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'Only what is certain', command: '<%= config.bin %> <%= command.id %> --verdict stuck' },
  ];

  static override flags = { ...STORE_FLAGS, ...LIMIT_FLAG, ...PLACE_FLAGS, ...TIME_FLAGS, ...PAGE_FLAG, ...ANSWER_FLAGS };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryTrend);
    const scope = scopeOf(flags);
    await withStore(flags.store, false, async (store) => {
      const trend = await trendOf(store, scope, flags.limit);
      await page(flags, this, store, () => Promise.resolve({ title: listTitle(trend), trend }));
      await answer(
        flags,
        () => trendJson(store, trend),
        (screen) => trendText(trend, screen),
      );
    });
  }
}
