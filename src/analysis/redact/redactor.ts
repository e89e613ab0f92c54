import type { Dump, DumpSet, FrameTable, NativeFrame, Source, Thread } from '../../model/index.js';
import type { Root } from '../origin.js';
import { RetoldFrames } from './frames.js';
import { RedactedTexts, type KnownNames } from './texts.js';

/**
 * Tells dumps without what tells of people and machines, so that a report on them can be posted: host and user names, home
 * directories, command lines, addresses (IP, MAC, e-mail, what stands in a URL before the path), values of environments and of
 * variables become aliases. The same thing has the same alias in all that one redactor tells.
 *
 * Functions, files below the home, lines, process and thread ids, times and what code calls its threads stay: without them there
 * is nothing to report. Loopback addresses stay as well. What is judged is what is told, and frames keep their rows, so a finding
 * on the one set is the same on the other.
 *
 * @example
 * const redactor = new Redactor({ hosts: [os.hostname()], users: [os.userInfo().username] });
 * for (const line of analyzeText(redactor.set(set), screen)) console.log(line);
 */
export class Redactor {
  readonly #texts: RedactedTexts;
  readonly #tables = new WeakMap<FrameTable, RetoldFrames>();
  /** Texts of each table that names were learnt from. */
  readonly #learnt = new WeakMap<FrameTable, number>();
  readonly #dumps = new WeakMap<Dump, Dump>();
  readonly #threads = new WeakMap<Thread, Thread>();
  readonly #originals = new WeakMap<Thread, Thread>();
  readonly #files = new Map<string, string>();
  /** By what is told. */
  readonly #trueFiles = new Map<string, string>();

  constructor(known: KnownNames = {}) {
    this.#texts = new RedactedTexts(known);
  }

  /** The same dumps, told without names. Rows of frames and stacks are those of the set; a thread of two sets stays one thread. */
  set(set: DumpSet): DumpSet {
    this.#learn(set);
    let frames = this.#tables.get(set.frames);
    if (frames === undefined)
      this.#tables.set(
        set.frames,
        (frames = new RetoldFrames(set.frames, { function: (text) => this.#texts.function(text), file: (text) => this.file(text) })),
      );
    return { ...set, frames, sources: set.sources.map((source) => this.#source(source)), dumps: set.dumps.map((dump) => this.dump(dump)) };
  }

  /** A dump of a set that was told. */
  dump(dump: Dump): Dump {
    let told = this.#dumps.get(dump);
    if (told === undefined) {
      const isCommand = dump.format === 'py-spy' || dump.format === 'py-spy-json';
      told = {
        ...dump,
        source: this.#texts.input(dump.source),
        origin: dump.origin === null ? null : this.#texts.origin(dump.origin),
        reason: dump.reason === null ? null : { ...dump.reason, text: this.text(dump.reason.text) },
        notes: dump.notes.map((note) => (isCommand ? this.#texts.command(note) : this.text(note))),
        threads: dump.threads.map((thread) => this.#thread(thread)),
      };
      this.#dumps.set(dump, told);
    }
    return told;
  }

  /** The thread that was read, of one that is told. */
  trueThread(thread: Thread): Thread {
    return this.#originals.get(thread) ?? thread;
  }

  /** A text in words. */
  text(text: string): string {
    return this.#texts.text(text);
  }

  /** A file as a dump prints it. */
  file(file: string): string {
    let told = this.#files.get(file);
    if (told === undefined) {
      told = this.#texts.path(file);
      this.#files.set(file, told);
      if (!this.#trueFiles.has(told)) this.#trueFiles.set(told, file);
    }
    return told;
  }

  /** The file that was read, of one that is told. */
  trueFile(file: string): string {
    return this.#trueFiles.get(file) ?? file;
  }

  /** The same folders, as the frames that are told have them. */
  roots(roots: readonly Root[]): Root[] {
    return roots.map((root) => ({ ...root, path: this.#texts.path(root.path) }));
  }

  /** Names that stand in a path are known wherever they stand, so the paths are looked at first. */
  #learn(set: DumpSet): void {
    const { strings } = set.frames;
    const paths: string[] = [];
    for (let row = this.#learnt.get(set.frames) ?? 0; row < strings.size; row++) paths.push(strings.get(row));
    this.#learnt.set(set.frames, strings.size);
    const dumps = set.dumps.filter((dump) => !this.#dumps.has(dump));
    const origins = new Set(dumps.flatMap(({ origin }) => origin ?? []));
    for (const path of new Set([...set.sources.map((source) => source.path), ...dumps.map(({ source }) => source)])) paths.push(path);
    // names of threads and what dumps say of themselves name folders of users, too
    const said = new Set(
      dumps.flatMap(({ reason, notes, threads }) => [
        ...(reason === null ? [] : [reason.text]),
        ...notes,
        ...threads.flatMap((thread) => [...(thread.name === null ? [] : [thread.name]), ...thread.notes]),
      ]),
    );
    for (const text of [...paths, ...said, ...origins]) this.#texts.reserve(text);
    for (const path of paths) this.#texts.learn(path);
    for (const text of said) this.#texts.learn(text);
    for (const origin of origins) this.#texts.learnOrigin(origin);
  }

  #source(source: Source): Source {
    return {
      ...source,
      path: this.#texts.input(source.path),
      asides: source.asides.map((aside) => ({ ...aside, text: this.text(aside.text) })),
      warnings: source.warnings.map((warning) => ({ ...warning, message: this.text(warning.message) })),
    };
  }

  #thread(thread: Thread): Thread {
    let told = this.#threads.get(thread);
    if (told === undefined) {
      told = this.#told(thread);
      this.#threads.set(thread, told);
      this.#originals.set(told, thread);
    }
    return told;
  }

  #told(thread: Thread): Thread {
    const { measures } = thread;
    return {
      ...thread,
      id: thread.id === null ? null : /^(?:0x[\da-f]+|\d+)$/i.test(thread.id) ? thread.id : this.text(thread.id),
      name: thread.name === null ? null : this.text(thread.name),
      notes: thread.notes.map((note) => this.text(note)),
      nativeFrames: thread.nativeFrames.map((frame) => this.#native(frame)),
      locals: thread.locals.map((frame) => ({
        ...frame,
        variables: frame.variables.map((variable) => ({ ...variable, value: this.#texts.value(variable.value) })),
      })),
      measures:
        measures === null
          ? null
          : {
              ...measures,
              handles: measures.handles.map((handle) => ({
                ...handle,
                details: handle.details === null ? null : this.#texts.handle(handle.details),
              })),
            },
    };
  }

  #native(frame: NativeFrame): NativeFrame {
    const { symbol, module } = frame;
    return { ...frame, symbol: symbol === null ? null : this.#texts.function(symbol), module: module === null ? null : this.file(module) };
  }
}
