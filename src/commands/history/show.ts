import { Args, Command, Flags } from '@oclif/core';
import { showHang, showJson, showText, showTitle } from '../../store/index.js';
import { ANSWER_FLAGS, PLACE_FLAGS, PAGE_FLAG, STORE_FLAGS, TIME_FLAGS, answer, page, scopeOf, withStore } from './flags.js';

export class HistoryShow extends Command {
  static override summary = 'Show one hang: where, since when, in which builds, on which hosts, with its stack';

  static override examples = [
    { description: 'By the beginning of its fingerprint', command: '<%= config.bin %> <%= command.id %> 3fa9c1' },
  ];

  static override args = {
    FINGERPRINT: Args.string({ description: 'fingerprint, or the beginning of it', required: true, ignoreStdin: true }),
  };

  static override flags = {
    ...STORE_FLAGS,
    limit: Flags.integer({ description: 'list at most this many sightings', helpValue: 'N', default: 10, min: 1, max: 10_000 }),
    ...PLACE_FLAGS,
    ...TIME_FLAGS,
    ...PAGE_FLAG,
    ...ANSWER_FLAGS,
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(HistoryShow);
    const scope = scopeOf(flags);
    await withStore(flags.store, false, async (store) => {
      const shown = await showHang(store, scope, args.FINGERPRINT, flags.limit);
      await page(flags, this, store, () => Promise.resolve({ title: showTitle(shown), shown: [shown] }));
      await answer(
        flags,
        () => showJson(store, shown),
        (screen) => showText(shown, screen),
      );
    });
  }
}
