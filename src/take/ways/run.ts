/** A process that was started by `standstill run`, which has prepared it. */
import { closeInspectors, dumpNode, type OpenInspectors } from '../node-dump.js';
import { endsOn } from '../programs.js';
import { dumpPython } from '../python-dump.js';
import { readyOf } from '../ready.js';
import { RUN_VARIABLE } from '../run-folder.js';
import { fateOf } from '../signals.js';
import { throughRoot, type Target } from '../target.js';
import type { Way } from './way.js';

/** Null where the process was not started so, or has become another program since. */
export function runWay({ info, environment, program }: Target): Way | null {
  const folder = environment?.get(RUN_VARIABLE);
  if (folder === undefined || throughRoot(info, folder) !== folder) return null;
  const ready = readyOf(folder, info);
  if (ready === null || endsOn(ready.signal, program) !== null || fateOf(info.signals, ready.signal) !== 'caught') return null;
  const opened: OpenInspectors = new Map();
  return {
    name: 'run',
    how: `standstill run has started it, and its handler of ${ready.signal} ${ready.runtime === 'python' ? 'writes the stacks' : 'opens the inspector'}`,
    open: true,
    take: async (abort) => {
      if (ready.runtime === 'python') return { text: await dumpPython(info, ready, abort), extension: 'txt', remarks: [] };
      const text = await dumpNode(info, ready, folder, opened);
      return {
        text, // a report has lines, messages stand on one each
        extension: text[1] === 0x0a ? 'json' : 'jsonl',
        remarks: [],
      };
    },
    finish: async () => {
      await closeInspectors(opened);
      return null;
    },
  };
}
