import { Command } from '@oclif/core';
import { hostsOf, listHangs, listJson, listText, listTitle, showHang, trendOf } from '../../store/index.js';
import {
  ANSWER_FLAGS,
  LIMIT_FLAG,
  PLACE_FLAGS,
  PAGE_FLAG,
  STORE_FLAGS,
  TIME_FLAGS,
  answer,
  page,
  scopeOf,
  withStore,
  MOST_SHOWN,
  SIGHTINGS,
} from './flags.js';

export class HistoryList extends Command {
  static override summary = 'List the hangs that are known, most frequent first';
  static override description = `A hang is a place where threads hang, known by a fingerprint that edits elsewhere, other hosts and other versions of libraries do not change. It is counted in processes: three dumps of one that hangs are one time.`;

  static override examples = [
    { description: 'What hangs most', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'On one host in the last month', command: '<%= config.bin %> <%= command.id %> --host ci-3 --since 30d' },
  ];

  static override flags = { ...STORE_FLAGS, ...LIMIT_FLAG, ...PLACE_FLAGS, ...TIME_FLAGS, ...PAGE_FLAG, ...ANSWER_FLAGS };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryList);
    const scope = scopeOf(flags);
    await withStore(flags.store, false, async (store) => {
      const listing = await listHangs(store, scope, flags.limit);
      await page(flags, this, store, async () => {
        const shown = [];
        for (const { fingerprint } of listing.hangs.slice(0, MOST_SHOWN)) shown.push(await showHang(store, scope, fingerprint, SIGHTINGS));
        const [trend, hosts] = [await trendOf(store, scope, flags.limit), await hostsOf(store, scope)];
        return { title: listTitle(listing), listing, trend, hosts, shown };
      });
      await answer(
        flags,
        () => listJson(store, listing),
        (screen) => listText(listing, screen),
      );
    });
  }
}
