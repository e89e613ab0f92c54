import { Args, Command, Flags } from '@oclif/core';
import { count } from '../../report/index.js';
import { collect, doneJson, type Added, type Batch } from '../../store/index.js';
import { judged } from '../judging.js';
import { INPUT_FLAGS, readInputs, reportUnread } from '../reading.js';
import { SOURCE_FLAGS } from '../source.js';
import { REDACT_FLAGS, toTell } from '../telling.js';
import { ANSWER_FLAGS, STORE_FLAGS, answer, checkLabel, withStore, without } from './flags.js';

// a dump is kept whole
const READING = without(INPUT_FLAGS, 'filter', 'exclude', 'app-only');

export class HistoryAdd extends Command {
  static override summary = 'Remember what stuck finds in dumps, with the build and the host that they are of';
  static override description = `Puts every dump with all its threads into the history: verdicts, what they wait for, where they stand. Adding the same dump again changes nothing: a dump is known by what it says, for each build and host.

Name the build, also where nothing hangs: with --allow-empty an output without a dump counts as a build that was looked at. Dumps of one process are best added together, since together they are judged.`;

  static override examples = [
    {
      description: 'At the end of a CI job',
      command: '<%= config.bin %> <%= command.id %> pytest.log --allow-empty --build "$BUILD_NUMBER" --host "$NODE_NAME"',
    },
    { description: 'Dumps that were collected', command: '<%= config.bin %> <%= command.id %> dumps/ --build 812 --label branch=main' },
  ];

  static override args = {
    PATH: Args.string({ description: 'file, directory, or - for standard input', ignoreStdin: true }),
  };
  static override strict = false;

  static override flags = {
    ...STORE_FLAGS,
    build: Flags.string({ description: 'build that was running', helpValue: 'ID' }),
    host: Flags.string({ description: "host that it ran on (default: the log collector's source, where there is one)", helpValue: 'NAME' }),
    label: Flags.string({
      description: 'anything else to tell dumps apart by',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    json: ANSWER_FLAGS.json,
    color: ANSWER_FLAGS.color,
    ...REDACT_FLAGS,
    ...SOURCE_FLAGS,
    ...READING,
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(HistoryAdd);
    const labels = (flags.label ?? []).map(checkLabel);
    const reading = { ...flags, 'app-only': false };
    const read = await readInputs(argv as string[], reading);
    const told = await toTell(read, reading);
    const input = judged(told, this.config.version);
    const batch = collect(input, {
      build: flags.build ?? null,
      host: flags.host ?? null,
      labels,
      added: Date.now(),
      ...(told.redactor && { original: read.whole }),
    });
    await withStore(flags.store, true, async (store) => {
      const added = await store.add(batch);
      await answer(
        flags,
        () => doneJson('add', store, added),
        () => [addedText(added, batch, store.place)],
      );
    });
    reportUnread(input.set);
  }
}

function addedText({ dumps, threads, known, more, kept }: Added, batch: Batch, place: string): string {
  if (kept > 0) return `${count(kept, 'dump')} kept on this machine: sent to ${place} with the next add`;
  const build = batch.runs[0]?.build ?? null;
  const of = build === null ? '' : ` of build ${build}`;
  if (batch.dumps.length === 0)
    return `no dump: ${build === null ? 'an input' : `build ${build}`} was looked at, and nothing hung (${place})`;
  const parts = [`added ${count(dumps, 'dump')}${of} with ${count(threads, 'thread')}`];
  if (known > 0) parts.push(`${known} known already${more > 0 ? `, of ${more} of which more is known now` : ''}`);
  return `${parts.join('; ')} (${place})`;
}
