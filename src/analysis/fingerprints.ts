import { createHash } from 'node:crypto';
import type { FrameIndex, StackIndex, Tables } from '../model/index.js';
import type { Origins } from './origin.js';
import type { ThreadFinding } from './stuck/index.js';

/** Grows when the same stack gets another fingerprint than before: what was kept of older ones no longer compares. */
export const FINGERPRINT_VERSION = 1;

/** Names longer than this are not written by people. */
const LONGEST_NAME = 1000;

/**
 * Names for places to hang in: 16 hexadecimal digits that are the same for the same hang tomorrow, on another machine.
 *
 * A fingerprint is made of the application's functions on the stack, from the innermost outwards, each with the name of its
 * file, and of the function that the innermost of them calls. Left out is what differs between two pictures of one hang:
 *
 * - lines and columns: edits elsewhere in a file shift them;
 * - ids and names of threads and processes;
 * - folders, since a checkout lies elsewhere on each machine (of a package's `__init__.py` the package counts);
 * - the inside of libraries, of the standard library and of the runtime, which changes with their versions;
 * - how often a function stands on the stack: a recursion is deeper today than tomorrow;
 * - class names and `async` before a function's name, which some dumpers write and others do not;
 * - numbers of five digits and more and hashes in names: generated files and functions have them.
 *
 * A stack without application frames counts with its libraries' frames, one without these with all.
 */
export class Fingerprints {
  readonly #tables: Tables;
  readonly #origins: Origins;
  readonly #frames: (string | undefined)[] = [];
  readonly #known = new Map<string, string | null>();

  constructor(tables: Tables, origins: Origins) {
    this.#tables = tables;
    this.#origins = origins;
  }

  /**
   * Where a thread stands. Of one that goes round in a loop it is the function with the loop: below it every dump shows another
   * stack. Null for a thread without frames.
   */
  of({ stack, frame, signals }: ThreadFinding): string | null {
    const loop = signals.some(({ name }) => name === 'loops') ? frame : null;
    return this.ofStack(stack, loop);
  }

  /** @param outward leave out what this frame calls, where it is on the stack */
  ofStack(stack: StackIndex, outward: FrameIndex | null = null): string | null {
    const key = `${stack} ${outward ?? ''}`;
    let known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, (known = this.#make(stack, outward)));
    return known;
  }

  #make(stack: StackIndex, outward: FrameIndex | null): string | null {
    const rows = Array.from(this.#tables.stacks.frames(stack));
    if (rows.length === 0) return null;
    const from = outward === null ? -1 : rows.indexOf(outward);
    const own = rows.findIndex((row, depth) => depth >= from && this.#origins.isApplication(row));
    const callee = own > 0 && from === -1 ? [`calls ${this.#frame(rows[own - 1]!)}`] : [];
    const hash = createHash('sha256').update(`standstill ${FINGERPRINT_VERSION}\n`);
    for (const text of new Set([...callee, ...this.#counted(rows.slice(Math.max(own, 0))).map((row) => this.#frame(row))]))
      hash.update(`${text}\n`, 'utf8');
    return hash.digest('hex').slice(0, 16);
  }

  #counted(rows: readonly FrameIndex[]): readonly FrameIndex[] {
    for (const origin of ['application', 'library'] as const) {
      const these = rows.filter((row) => this.#origins.of(row) === origin);
      if (these.length > 0) return these;
    }
    return rows;
  }

  #frame(row: FrameIndex): string {
    const { frames } = this.#tables;
    return (this.#frames[row] ??= `${functionName(frames.functionOf(row) ?? '')} in ${fileName(frames.fileOf(row) ?? '')}`);
  }
}

/** `async Worker.run [as work]` → `run`, `Shop.<locals>.load` → `load`. */
function functionName(fn: string): string {
  const name = fn.slice(0, LONGEST_NAME).replace(/^(?:async |new )+/, '');
  const bare = name.replace(/ \[as [^[\]]*\]$/, '');
  return withoutNumbers(bare.slice(bare.lastIndexOf('.') + 1));
}

/** `/srv/shop/orders.py` → `orders.py`, `/srv/shop/__init__.py` → `shop/__init__.py`. */
function fileName(file: string): string {
  const path = file.slice(-LONGEST_NAME).replaceAll('\\', '/').replace(/\?.*$/s, '');
  const parts = path.split('/');
  const name = parts.at(-1)!.replace(/\.py[co]$/, '.py');
  const whole = /^__(?:init|main)__\.py$/.test(name) ? parts.slice(-2).join('/') : name;
  return withoutNumbers(whole.replace(/^<(ipython-input)-.*>$/, '<$1>'));
}

function withoutNumbers(name: string): string {
  return name
    .replaceAll(/0x[0-9a-f]+/gi, '#')
    .replaceAll(/(?<![0-9a-z])(?=[a-f]*\d)[0-9a-f]{8,}(?![0-9a-z])/gi, '#')
    .replaceAll(/\d{5,}/g, '#');
}
