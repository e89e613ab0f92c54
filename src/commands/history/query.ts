import { Args, Command, Flags } from '@oclif/core';
import { answerJson, answerText } from '../../store/index.js';
import { ANSWER_FLAGS, PAGE_FLAG, STORE_FLAGS, answer, page, withStore } from './flags.js';

export class HistoryQuery extends Command {
  static override summary = 'Ask the history in SQL; nothing can be written';
  static override description = `The dialect is the store's own. Tables: dumps, threads, stacks and runs (what was looked at); a time is in milliseconds since 1970.`;

  static override examples = [
    {
      description: 'What threads wait for when they are stuck',
      command: `<%= config.bin %> <%= command.id %> "SELECT wait, count(*) FROM threads WHERE verdict = 'stuck' GROUP BY wait ORDER BY 2 DESC"`,
    },
  ];

  static override args = { SQL: Args.string({ description: 'one statement that reads', required: true, ignoreStdin: true }) };

  static override flags = {
    ...STORE_FLAGS,
    limit: Flags.integer({ description: 'rows at most', helpValue: 'N', default: 100, min: 1, max: 1_000_000 }),
    ...PAGE_FLAG,
    ...ANSWER_FLAGS,
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(HistoryQuery);
    await withStore(flags.store, false, async (store) => {
      const rows = await store.query(args.SQL, flags.limit);
      await page(flags, this, store, () => Promise.resolve({ title: args.SQL.slice(0, 200), answer: rows }));
      await answer(
        flags,
        () => answerJson(store, rows),
        (screen) => answerText(rows, screen),
      );
    });
  }
}
