/**
 * The folder of one run: what programs are started with, and what they tell and dump there.
 *
 *     python/sitecustomize.py   through PYTHONPATH
 *     python/asyncio_tasks.py   read when tasks are asked for
 *     node/preload.cjs          through NODE_OPTIONS
 *     PID.ready                 JSON: how the process with this id is dumped (`ready.ts`)
 *     PID.dump                  stacks, as Python's faulthandler wrote them
 *
 * A program knows it by `STANDSTILL_RUN`. It is a temporary folder of this user alone, since dumps are nobody else's business.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readySuffixes } from './ready.js';
import { startUpFile } from './start-up-files.js';

/** The variable that names the folder to the programs of a run. */
export const RUN_VARIABLE = 'STANDSTILL_RUN';

type Environment = Readonly<Record<string, string | undefined>>;

export class RunFolder {
  readonly path: string;

  /** Makes the folder. */
  constructor() {
    this.path = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'standstill-run-'));
    for (const [folder, name] of [
      ['python', 'sitecustomize.py'],
      ['python', 'asyncio_tasks.py'],
      ['node', 'preload.cjs'],
    ] as const) {
      fs.mkdirSync(path.join(this.path, folder), { recursive: true });
      fs.writeFileSync(path.join(this.path, folder, name), startUpFile(name));
    }
  }

  /** What a command's environment becomes: all that was there, with the start-up of Python and Node before it. */
  environment(before: Environment): Record<string, string | undefined> {
    const python = path.join(this.path, 'python');
    return {
      ...before,
      [RUN_VARIABLE]: this.path,
      // an empty entry would be the working directory
      PYTHONPATH: before['PYTHONPATH'] ? `${python}${path.delimiter}${before['PYTHONPATH']}` : python,
      NODE_OPTIONS: [nodeOptions(path.join(this.path, 'node', 'preload.cjs')), before['NODE_OPTIONS']].filter(Boolean).join(' '),
    };
  }

  /** Removes what processes left that are gone: a service may start thousands. */
  sweep(isThere: (pid: number) => boolean): void {
    for (const name of fs.readdirSync(this.path)) {
      const pid = /^(\d+)\.\w+$/.exec(name)?.[1];
      if (pid !== undefined && readySuffixes.some((suffix) => name.endsWith(suffix)) && !isThere(Number(pid)))
        fs.rmSync(path.join(this.path, name), { force: true });
    }
  }

  remove(): void {
    fs.rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * The options in NODE_OPTIONS: the preload, and that the inspector does not announce itself on standard error when a dump needs it.
 * Node takes off the backslash, as of every quoted sign; without it the cluster module, which looks for "--inspect" in this very
 * text, would give each worker an option of its own. Both need Node 12.
 */
function nodeOptions(preload: string): string {
  const quoted = preload.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `--require "${quoted}" "--i\\nspect-publish-uid=http"`;
}
