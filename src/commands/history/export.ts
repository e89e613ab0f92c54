import process from 'node:process';
import { Command, Flags } from '@oclif/core';
import { historyLines, historyParquet } from '../../store/index.js';
import { UserError } from '../errors.js';
import { keepInputs, writeAll, writeFile } from '../output.js';
import { STORE_FLAGS, withStore } from './flags.js';

export class HistoryExport extends Command {
  static override summary = 'Write the whole history to a file, for another store or for other tools';
  static override description = `\`standstill history import\` reads both formats: to move to another store, or to bring the histories of several machines together. parquet is for other tools, too (DuckDB, Spark, pandas): a row for each thread of each dump, with its stack.`;

  static override examples = [
    { description: 'To one file', command: '<%= config.bin %> <%= command.id %> --to ndjson --output history.ndjson' },
    { description: 'For DuckDB', command: '<%= config.bin %> <%= command.id %> --to parquet --output history.parquet' },
  ];

  static override flags = {
    ...STORE_FLAGS,
    to: Flags.option({ options: ['ndjson', 'parquet'] as const, description: 'format', helpValue: 'FORMAT', default: 'ndjson' as const })(),
    output: Flags.string({ char: 'o', description: 'write to this file (default: standard output)', helpValue: 'FILE' }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(HistoryExport);
    if (flags.to === 'parquet' && flags.output === undefined && process.stdout.isTTY)
      throw new UserError('bad-usage', 'parquet is no text for a terminal', 'name a file: --output history.parquet');
    await withStore(flags.store, false, async (store) => {
      if (flags.output !== undefined) keepInputs([flags.output], [store.place]);
      const pieces = flags.to === 'parquet' ? historyParquet(store) : historyLines(store);
      if (flags.output === undefined) await writeAll(pieces);
      else await writeFile(flags.output, pieces);
    });
  }
}
