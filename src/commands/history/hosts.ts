import { Command } from '@oclif/core';
import { hostsJson, hostsOf, hostsText, hostsTitle } from '../../store/index.js';
import { ANSWER_FLAGS, PLACE_FLAGS, PAGE_FLAG, STORE_FLAGS, TIME_FLAGS, answer, page, scopeOf, withStore } from './flags.js';

export class HistoryHosts extends Command {
  static override summary = 'List the hosts, those that hang most first';

  static override examples = [
    { description: 'Is it only two hosts?', command: '<%= config.bin %> <%= command.id %> --since 7d' },
    { description: 'In one build', command: '<%= config.bin %> <%= command.id %> --build 860' },
  ];

  static override flags = { ...STORE_FLAGS, ...PLACE_FLAGS, ...TIME_FLAGS, ...PAGE_FLAG, ...ANSWER_FLAGS };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryHosts);
    const scope = scopeOf(flags);
    await withStore(flags.store, false, async (store) => {
      const hosts = await hostsOf(store, scope);
      await page(flags, this, store, () => Promise.resolve({ title: hostsTitle(hosts), hosts }));
      await answer(
        flags,
        () => hostsJson(store, hosts),
        (screen) => hostsText(hosts, screen),
      );
    });
  }
}
