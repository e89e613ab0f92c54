/** What a thread waits for: a stable vocabulary. */
export const WAIT_KINDS = [
  'lock',
  'lock-file',
  'lock-remote',
  'condition',
  'event',
  'semaphore',
  'barrier',
  'queue',
  'queue-full',
  'queue-join',
  'future',
  'join',
  'join-process',
  'ipc',
  'ipc-full',
  'pool-exhausted',
  'net-accept',
  'net-connect',
  'net-dns',
  'net-tls',
  'net-read',
  'net-write',
  'net-rpc',
  'db',
  'collective',
  'subprocess',
  'file-io',
  'file-watch',
  'input',
  'signal',
  'sleep',
  'timer',
  'select',
  'loop',
  'loop-blocked',
  'import',
  'import-lock',
  'debugger',
  'gc',
  'cpu',
  'unknown',
] as const;
export type WaitKind = (typeof WAIT_KINDS)[number];

/**
 * What a signature says of a thread. `idle`: it waits for work by design. `idle-blocking-read`: a consumer that waits for a
 * message. `idle-waits-on-children`: nothing wrong here, look at another process. `wait`: another party must do something;
 * a culprit or a victim if it stays. `busy`: runs, or is in a C function that cannot be told from running. `modifier`: adds
 * a fact to whatever else matches.
 */
export const SIGNATURE_VERDICTS = ['idle', 'idle-blocking-read', 'idle-waits-on-children', 'wait', 'busy', 'modifier'] as const;
export type SignatureVerdict = (typeof SIGNATURE_VERDICTS)[number];

/** One rule: stacks that mean the same. */
export interface Signature {
  /** Stable: reports are filtered by it. */
  readonly id: string;
  readonly library: string;
  /** Versions of the library that it was seen in or read from, for people. */
  readonly versions: string;
  readonly wait: WaitKind;
  readonly verdict: SignatureVerdict;
  /** Names a thread with this stack when many are folded into one line: `worker of ThreadPoolExecutor`. */
  readonly label: string;
  readonly meaning: string;
  /** What a caller would call it by, e.g. `queue.Queue.get`; null: the outermost frame that the rule explains. */
  readonly by: string | null;
  readonly stacks: readonly StackPattern[];
  /** A stack that this rule must explain, as a pattern; the tests hold every rule to its own. */
  readonly sample: string | null;
  /** The rule comes from the user: it may name application frames, and wins over ours. */
  readonly own: boolean;
}

/** Frames, most recent call first. */
export interface StackPattern {
  readonly text: string;
  /** Begins anywhere in the stack, not at its top. */
  readonly anywhere: boolean;
  readonly frames: readonly FramePattern[];
}

export interface FramePattern {
  /** Directly below the frame before it; else library frames, but no application frame, may stand between them. */
  readonly adjacent: boolean;
  /** Ends of the file's path, at a `/`. Null: any file outside the application. */
  readonly files: readonly Glob[] | null;
  /** Null: any function. */
  readonly functions: readonly Glob[] | null;
}

/** A text with `*` for anything, as the pieces between the stars. */
export type Glob = readonly string[];

/** An error in a rule text. */
export class SignatureError extends Error {
  /** 1-based line of the text. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = 'SignatureError';
    this.line = line;
  }
}

/**
 * Reads rules. A rule is a line without indent and the indented lines below it; `#` begins a comment line:
 *
 *     acme.consumer | queue | idle | consumer of orders | acme | 1.2-2.0
 *         means  waits for the next order
 *         stack  threading.py:wait < queue.py:get < acme/orders.py:next_order
 *         stack  acme/wire.py:{recv,peek} << acme/consumer.py:run
 *
 * Head: id, wait kind, verdict, label, library, versions; the last two may be left out. `stack` lines (one or more) are
 * frames, most recent call first: `A < B`, B called A; `A << B`, B is further down; a leading `..`, anywhere in the stack.
 * A frame is `file:function`: the file is the end of a path, `{a,b}` are alternatives, `*` is any text, no `:function` is
 * any function. `means`, `by` and `sample` are for people and tests.
 *
 * @throws SignatureError
 */
export function parseSignatures(text: string, own = true): Signature[] {
  const rules: Draft[] = [];
  /** Where each of them begins. */
  const begins: number[] = [];
  const rows = text.split(/\r?\n/);
  for (let i = 0; i < rows.length; i++) {
    const raw = rows[i]!;
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (!/^\s/.test(raw)) {
      rules.push(parseHead(line, i + 1, own));
      begins.push(i + 1);
    } else {
      const rule = rules.at(-1);
      if (!rule) throw new SignatureError(i + 1, 'an indented line before the first rule');
      parseDetail(rule, line, i + 1);
    }
  }
  const ids = new Set<string>();
  for (const [i, { id, stacks }] of rules.entries()) {
    if (stacks.length === 0) throw new SignatureError(begins[i]!, `rule ${id} has no "stack" line`);
    if (ids.has(id)) throw new SignatureError(begins[i]!, `a second rule ${id}`);
    ids.add(id);
  }
  return rules;
}

type Draft = { -readonly [K in keyof Signature]: Signature[K] } & { stacks: StackPattern[] };

function parseHead(text: string, line: number, own: boolean): Draft {
  const [id, wait, verdict, label, library, versions, ...more] = text.split('|').map((part) => part.trim());
  if (!id || !wait || !verdict || !label || more.length > 0)
    throw new SignatureError(line, 'a rule begins with: id | wait kind | verdict | label | library | versions');
  if (!WAIT_KINDS.some((kind) => kind === wait)) throw new SignatureError(line, `no such wait kind: ${wait} (${WAIT_KINDS.join(', ')})`);
  if (!SIGNATURE_VERDICTS.some((kind) => kind === verdict))
    throw new SignatureError(line, `no such verdict: ${verdict} (${SIGNATURE_VERDICTS.join(', ')})`);
  return {
    id,
    wait: wait as WaitKind,
    verdict: verdict as SignatureVerdict,
    label,
    library: library ?? '',
    versions: versions ?? '',
    meaning: label,
    by: null,
    stacks: [],
    sample: null,
    own,
  };
}

function parseDetail(rule: Draft, text: string, line: number): void {
  const [, key, value] = /^(\w+)\s+(.*)$/s.exec(text) ?? [];
  if (key === 'means') rule.meaning = value!;
  else if (key === 'by') rule.by = value!;
  else if (key === 'sample') rule.sample = value!;
  else if (key === 'stack') rule.stacks.push(parseStack(value!, line));
  else throw new SignatureError(line, 'expected "stack", "means", "by" or "sample"');
}

function parseStack(text: string, line: number): StackPattern {
  const anywhere = text.startsWith('.. ');
  const chain = anywhere ? text.slice(3) : text;
  const parts = chain.includes(' <') ? chain.split(/ (<<?) /) : [chain];
  const frames: FramePattern[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const part = parts[i]!.trim();
    if (part === '' || (part.includes('<') && /\s<|<\s/.test(part))) throw new SignatureError(line, `not a frame: "${part}"`);
    const colon = part.lastIndexOf(':');
    const file = colon > 0 ? part.slice(0, colon) : part;
    const fn = colon > 0 ? part.slice(colon + 1) : '*';
    frames.push({
      adjacent: i === 0 || parts[i - 1] === '<',
      files: file === '*' ? null : alternatives(file, line),
      functions: fn === '*' ? null : alternatives(fn, line),
    });
  }
  return { text, anywhere, frames };
}

/** `{a,b}{a,b}…` doubles with each pair of braces. */
const MOST_ALTERNATIVES = 256;

/** `a{b,c}d` as `abd`, `acd`. */
function alternatives(text: string, line: number): Glob[] {
  if (!text.includes('{')) return [text.split('*')];
  const found: Glob[] = [];
  const open = [text];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const [, before, choices, after] = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(next) ?? [];
    if (choices === undefined) found.push(next.split('*'));
    else open.unshift(...choices.split(',').map((choice) => before! + choice + after!));
    if (open.length + found.length > MOST_ALTERNATIVES)
      throw new SignatureError(line, `more than ${MOST_ALTERNATIVES} alternatives in one frame`);
  }
  return found;
}

/** Whether a text is the glob. Linear: each piece is searched for once, behind the one before. */
export function matchesGlob(glob: Glob, text: string): boolean {
  const first = glob[0]!;
  if (glob.length === 1) return text === first;
  const last = glob.at(-1)!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (let i = 1; i < glob.length - 1; i++) {
    const piece = glob[i]!;
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > text.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}

/** Whether a path ends with the glob, at a `/`. */
export function matchesPathEnd(glob: Glob, path: string): boolean {
  if (glob.length === 1) {
    const suffix = glob[0]!;
    return path.endsWith(suffix) && (path.length === suffix.length || path[path.length - suffix.length - 1] === '/');
  }
  for (let at = 0; at !== -1;) {
    if (matchesGlob(glob, path.slice(at))) return true;
    const slash = path.indexOf('/', at);
    at = slash === -1 ? -1 : slash + 1;
  }
  return false;
}
