import process from 'node:process';
import { Command, Flags } from '@oclif/core';
import { newsJson, newsSince, newsText, newsTitle, showHang } from '../../store/index.js';
import { STATUS } from '../errors.js';
import {
  ANSWER_FLAGS,
  PLACE_FLAGS,
  PAGE_FLAG,
  STORE_FLAGS,
  answer,
  page,
  scopeOf,
  withStore,
  without,
  SIGHTINGS,
  MOST_SHOWN,
} from './flags.js';

const WHICH = without(PLACE_FLAGS, 'build');

export class HistoryNew extends Command {
  static override summary = 'Say which hangs are new since a build, which have gone, which came back';
  static override description = `Compares the builds from --since on with those before it. New is what no build before shows; gone, what the build before shows and none since; what came back was seen before, but not in the build before.`;

  static override examples = [
    { description: 'Is anything new in tonight’s build?', command: '<%= config.bin %> <%= command.id %> --since 860' },
    { description: 'Fail a job on it', command: '<%= config.bin %> <%= command.id %> --since 860 --verdict stuck --exit-code' },
  ];

  static override flags = {
    ...STORE_FLAGS,
    since: Flags.string({ description: 'the build to begin with', helpValue: 'BUILD', required: true }),
    'exit-code': Flags.boolean({ description: 'end with status 1 when a hang is new or came back' }),
    ...WHICH,
    ...PAGE_FLAG,
    ...ANSWER_FLAGS,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryNew);
    const { since, ...which } = flags;
    const scope = scopeOf(which);
    await withStore(flags.store, false, async (store) => {
      const news = await newsSince(store, scope, since);
      await page(flags, this, store, async () => {
        const shown = [];
        for (const { fingerprint } of [...news.fresh, ...news.back].slice(0, MOST_SHOWN))
          shown.push(await showHang(store, scope, fingerprint, SIGHTINGS));
        return { title: newsTitle(news), news, shown };
      });
      await answer(
        flags,
        () => newsJson(store, news),
        (screen) => newsText(news, screen),
      );
      if (flags['exit-code'] && news.fresh.length + news.back.length > 0) process.exitCode ??= STATUS.failedOn;
    });
  }
}
