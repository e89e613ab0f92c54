import type { FrameIndex, StackIndex, Tables } from '../../model/index.js';
import { Entries } from '../entry.js';
import type { Origins } from '../origin.js';
import { BUILT_IN_SIGNATURES } from './rules/index.js';
import {
  matchesGlob,
  matchesPathEnd,
  type FramePattern,
  type Signature,
  type SignatureVerdict,
  type StackPattern,
  type WaitKind,
} from './rule.js';

/** What a stack says of its thread. */
export interface StackMeaning {
  readonly rule: Signature;
  readonly state: Exclude<SignatureVerdict, 'modifier'>;
  readonly wait: Wait;
  /** Depth of the outermost frame that the rule explains (0 is the most recent call). */
  readonly depth: number;
}

export interface Wait {
  readonly kind: WaitKind;
  /** The call that waits, e.g. `threading.Condition.wait`. */
  readonly by: string;
}

interface Candidate {
  readonly rule: Signature;
  readonly pattern: StackPattern;
  readonly wildcards: number;
}

/** Shared by the many frames that no rule begins with. */
const NO_CANDIDATES: readonly Candidate[] = [];

/** Patterns by the function of the frame that they begin with; under '' those that begin with any. */
class Beginnings {
  readonly #all = new Map<string, Candidate[]>();
  /** Those of them that may begin with a frame of the application's: few. */
  readonly #ofApplications = new Map<string, Candidate[]>();

  add(candidate: Candidate): void {
    const { rule, pattern } = candidate;
    const { files, functions } = pattern.frames[0]!;
    const own = rule.own && !pattern.anywhere;
    const keys = functions === null || functions.some((glob) => glob.length > 1) ? [''] : functions.map((glob) => shortName(glob[0]!));
    for (const key of keys) {
      pushTo(this.#all, key, candidate);
      if (own || (files === null && functions !== null)) pushTo(this.#ofApplications, key, candidate);
    }
  }

  /** Some of them may begin with a frame of the application's. */
  get mayBeApplications(): boolean {
    return this.#ofApplications.size > 0;
  }

  /** Among them are those that begin with such a frame. `name` is asked for the last word of its function's name, where it is needed. */
  of(application: boolean, name: () => string): readonly Candidate[] {
    const index = application ? this.#ofApplications : this.#all;
    if (index.size === 0) return NO_CANDIDATES;
    const top = name();
    const named = top === '' ? undefined : index.get(top);
    const any = index.get('');
    if (named === undefined) return any ?? NO_CANDIDATES;
    return any === undefined ? named : [...named, ...any];
  }
}

function pushTo(lists: Map<string, Candidate[]>, key: string, candidate: Candidate): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [candidate]);
  else list.push(candidate);
}

/**
 * Tells what stacks mean, by signatures. A stack is judged once. The rule that explains the outermost frame wins, then the
 * one with more frames, then the one with fewer wildcards; of the user's own rules and ours, the user's.
 */
export class Signatures {
  readonly rules: readonly Signature[];
  readonly #tables: Tables;
  readonly #origins: Origins;
  readonly #entries: Entries;
  /** Of rules that explain a stack from its most recent frame on. */
  readonly #explaining = new Beginnings();
  readonly #modifiers = new Beginnings();
  /** Per frame row that is on top of a stack: few are, so no array. */
  readonly #tops = new Map<FrameIndex, readonly Candidate[]>();
  /** The kinds of wait that these tell of. */
  readonly #kinds = new Map<readonly Candidate[], ReadonlySet<WaitKind>>();
  readonly #beginnings: (readonly Candidate[] | undefined)[] = [];
  readonly #known: (StackMeaning | null | undefined)[] = [];
  /** By the file's row + 1. */
  readonly #paths: (string | undefined)[] = [];
  /** Per frame row: the last word of its function's name. */
  readonly #shorts = new Map<FrameIndex, string>();

  /** @param rules in addition to the built-in ones. */
  constructor(tables: Tables, origins: Origins, rules: readonly Signature[] = []) {
    this.#tables = tables;
    this.#origins = origins;
    this.#entries = Entries.in(tables);
    const replaced = new Set(rules.map((rule) => rule.id));
    this.rules = [...rules, ...BUILT_IN_SIGNATURES.filter((rule) => !replaced.has(rule.id))];
    for (const rule of this.rules) for (const pattern of rule.stacks) this.#add(rule, pattern);
  }

  /** The meaning of a stack, or null where no rule explains it. Modifier rules are not asked: see {@link modifiers}. */
  of(stack: StackIndex): StackMeaning | null {
    let known = this.#known[stack];
    if (known === undefined) this.#known[stack] = known = this.#judge(stack);
    return known;
  }

  /** Whether a stack may mean such a wait, by its most recent frame alone: to ask that of many stacks costs nothing. */
  mayMean(stack: StackIndex, kind: WaitKind): boolean {
    if (stack === 0) return false;
    const row = this.#tables.stacks.frameAt(stack, 0);
    const candidates = this.#candidatesAt(row);
    if (candidates.length === 0) return false;
    let kinds = this.#kinds.get(candidates);
    if (kinds === undefined) this.#kinds.set(candidates, (kinds = new Set(candidates.map(({ rule }) => rule.wait))));
    return kinds.has(kind);
  }

  /** The modifier rules that hold for a stack. */
  modifiers(stack: StackIndex): Signature[] {
    const depth = this.#entries.ownDepth(stack);
    let found: Set<Signature> | null = null;
    for (let top = 0; top < depth; top++) {
      const candidates = this.#beginningAt(this.#tables.stacks.frameAt(stack, top));
      for (let i = 0; i < candidates.length; i++) {
        const { rule, pattern } = candidates[i]!;
        if (this.#matchAt(pattern, stack, top, depth, false) !== -1) (found ??= new Set()).add(rule);
      }
    }
    return found === null ? [] : [...found];
  }

  /**
   * No frame of the application's: a library's or the runtime's own thread, unless it is the main thread, whose callers may
   * be cut off. Whether it is idle is another question.
   */
  isBackground(stack: StackIndex, main: boolean | null): boolean {
    if (main === true || stack === 0) return false;
    const depth = this.#entries.ownDepth(stack);
    for (let i = 0; i < depth; i++) if (this.#origins.isApplication(this.#tables.stacks.frameAt(stack, i))) return false;
    return this.of(stack)?.state !== 'busy';
  }

  /** The modifier patterns whose first frame this is: few frames are one. */
  #beginningAt(row: FrameIndex): readonly Candidate[] {
    // nearly all frames of very many are
    if (!this.#modifiers.mayBeApplications && this.#origins.isApplication(row)) return NO_CANDIDATES;
    return (this.#beginnings[row] ??= this.#beginningWith(row, this.#modifiers, () => false));
  }

  #add(rule: Signature, pattern: StackPattern): void {
    const index = pattern.anywhere ? this.#modifiers : this.#explaining;
    index.add({ rule, pattern, wildcards: wildcardsOf(pattern) });
  }

  #judge(stack: StackIndex): StackMeaning | null {
    const depth = this.#entries.ownDepth(stack);
    if (depth === 0) return null;
    let best: { candidate: Candidate; depth: number } | null = null;
    for (const candidate of this.#candidatesAt(this.#tables.stacks.frameAt(stack, 0))) {
      const found = this.#matchAt(candidate.pattern, stack, 0, depth, candidate.rule.own);
      if (found !== -1 && (best === null || beats(candidate, found, best.candidate, best.depth))) best = { candidate, depth: found };
    }
    if (best === null) return null;
    const { rule } = best.candidate;
    return {
      rule,
      state: rule.verdict as StackMeaning['state'],
      wait: { kind: rule.wait, by: rule.by ?? this.#nameOf(this.#tables.stacks.frameAt(stack, best.depth)) },
      depth: best.depth,
    };
  }

  /** The rules whose first frame this is. */
  #candidatesAt(row: FrameIndex): readonly Candidate[] {
    let known = this.#tops.get(row);
    if (known === undefined) this.#tops.set(row, (known = this.#beginningWith(row, this.#explaining, ({ own }) => own)));
    return known;
  }

  #beginningWith(row: FrameIndex, index: Beginnings, own: (rule: Signature) => boolean): readonly Candidate[] {
    const application = this.#origins.isApplication(row);
    // not kept yet: of frames that no rule begins with, as are nearly all of very many, nobody asks again
    const candidates = index.of(application, () => this.#shorts.get(row) ?? shortName(this.#tables.frames.functionOf(row) ?? ''));
    let found: Candidate[] | null = null;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      if (this.#matchesFrame(candidate.pattern.frames[0]!, row, own(candidate.rule))) (found ??= []).push(candidate);
    }
    return found ?? NO_CANDIDATES;
  }

  /** Depth of the outermost frame matched, -1 without a match. */
  #matchAt(pattern: StackPattern, stack: StackIndex, top: number, depth: number, own: boolean): number {
    let at = top;
    for (let i = 0; i < pattern.frames.length; i++) {
      const frame = pattern.frames[i]!;
      if (i > 0) at++;
      for (; ; at++) {
        if (at >= depth) return -1;
        const row = this.#tables.stacks.frameAt(stack, at);
        if (this.#matchesFrame(frame, row, own)) break;
        if (frame.adjacent || this.#origins.isApplication(row)) return -1;
      }
    }
    return at;
  }

  #matchesFrame(pattern: FramePattern, row: FrameIndex, own: boolean): boolean {
    if (pattern.functions !== null) {
      if (!matchesName(pattern.functions, this.#tables.frames.functionOf(row) ?? '', this.#shortOf(row))) return false;
    } else if (pattern.files === null) return !this.#origins.isApplication(row);
    if (pattern.files === null) return true;
    if (!own && this.#origins.isApplication(row)) return false;
    const path = (this.#paths[this.#tables.frames.fileRowOf(row) + 1] ??= libraryPath(this.#tables.frames.fileOf(row) ?? ''));
    for (const glob of pattern.files) if (matchesPathEnd(glob, path)) return true;
    return false;
  }

  #shortOf(row: FrameIndex): string {
    let known = this.#shorts.get(row);
    if (known === undefined) this.#shorts.set(row, (known = shortName(this.#tables.frames.functionOf(row) ?? '')));
    return known;
  }

  #nameOf(row: FrameIndex): string {
    const module = libraryPath(this.#tables.frames.fileOf(row) ?? '?')
      .replace(/(?:\/__init__)?\.(?:pyc?|[cm]?js)$/, '')
      .replace(/^<frozen (.*)>$/, '$1')
      .replace(/^.*\/([^/]*\/[^/]*)$/, '$1')
      .replaceAll('/', '.');
    return `${module}.${this.#tables.frames.functionOf(row) ?? '?'}`;
  }
}

function matchesName(globs: NonNullable<FramePattern['functions']>, full: string, short: string): boolean {
  // by index: a frame is compared with hundreds of rules, and an iterator for each is garbage
  for (let i = 0; i < globs.length; i++) {
    const glob = globs[i]!;
    if (matchesGlob(glob, short) || (short !== full && matchesGlob(glob, full))) return true;
  }
  return false;
}

function beats(candidate: Candidate, depth: number, best: Candidate, bestDepth: number): boolean {
  if (candidate.rule.own !== best.rule.own) return candidate.rule.own;
  if (depth !== bestDepth) return depth > bestDepth;
  const [frames, bestFrames] = [candidate.pattern.frames.length, best.pattern.frames.length];
  if (frames !== bestFrames) return frames > bestFrames;
  return candidate.wildcards < best.wildcards;
}

function wildcardsOf({ frames }: StackPattern): number {
  const stars = (globs: readonly (readonly string[])[] | null): number =>
    globs === null ? 2 : Math.max(...globs.map((glob) => glob.length - 1));
  return frames.reduce((sum, frame) => sum + stars(frame.files) + stars(frame.functions), 0);
}

/** `Worker.run`, `async run` and `Layer.handle [as handle_request]` as the last word of the name before brackets. */
function shortName(fn: string): string {
  if ((!fn.includes('.') && !fn.includes(' ')) || fn.startsWith('<')) return fn;
  const plain = fn.replace(/ \[as .*$/s, '');
  return plain.slice(Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(' ')) + 1);
}

/** The part of a path that is the same on every machine: within packages, within the standard library; else the path with `/`. */
export function libraryPath(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/^file:\/\//, '');
  for (const folder of ['site-packages/', 'dist-packages/', 'node_modules/']) {
    const at = path.lastIndexOf(folder);
    if (at !== -1) return path.slice(at + folder.length);
  }
  const standard = /^.*(?:\/(?:python|pypy)\d[\d.]*t?\/|\/Lib\/|python\d+\.zip\/)(.*)$/s.exec(path);
  return standard?.[1] ?? path;
}
