import type { Origins } from '../../analysis/index.js';
import type { DumpSet, FrameIndex, StackIndex } from '../../model/index.js';
import { visible } from '../terminal.js';
import { MOST_CHARACTERS, MOST_TEXT } from './limits.js';
import { ORIGINS, toSteps, type PageCalls, type PageFrames } from './page-data.js';

/** Characters that a text keeps when the page's room for texts is used up. */
const LEAST_CHARACTERS = 40;

/** Texts as the page shows them: safe, cut to what one reads, each stored once. */
export class PageTexts {
  readonly rows: string[] = [''];
  readonly #index = new Map<string, number>([['', 0]]);
  /** By the text as it is in the dump, so that a text that comes again is not made safe again. */
  readonly #known = new Map<string, number>();
  #characters = 0;

  /** The row of a text; -1 for null. */
  row(text: string | null): number {
    if (text === null) return -1;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const shown = this.safe(text);
    let row = this.#index.get(shown);
    if (row === undefined) {
      row = this.rows.length;
      this.rows.push(shown);
      this.#index.set(shown, row);
    }
    this.#known.set(text, row);
    return row;
  }

  /** A text as it may be shown. */
  safe(text: string): string {
    const most = this.#characters > MOST_TEXT ? LEAST_CHARACTERS : MOST_CHARACTERS;
    const shown =
      text.length > most
        ? `${visible(text.slice(0, most))}… (${(text.length - most).toLocaleString('en')} more characters)`
        : visible(text);
    this.#characters += shown.length;
    return shown;
  }
}

/** Frames and stacks of a set that are used, with rows of their own. */
export class PageStacks {
  readonly #set: DumpSet;
  readonly #texts: PageTexts;
  readonly #origins: Origins;
  readonly #frameRows = new Map<FrameIndex, number>();
  readonly #stackRows = new Map<StackIndex, number>([[0, 0]]);
  /** Caller and frame, as one number: rows of both are below 2^26. */
  readonly #callRows = new Map<number, number>();
  readonly #frames = {
    function: [] as number[],
    file: [] as number[],
    line: [] as number[],
    column: [] as number[],
    origin: [] as number[],
    compiled: {} as Record<number, string>,
  };
  readonly #caller: number[] = [];
  readonly #callFrame: number[] = [];
  readonly #stacks: number[] = [-1];

  constructor(set: DumpSet, texts: PageTexts, origins: Origins) {
    this.#set = set;
    this.#texts = texts;
    this.#origins = origins;
  }

  get frames(): PageFrames {
    return this.#frames;
  }

  get calls(): PageCalls {
    return { caller: this.#caller.map((caller, row) => (caller === -1 ? 0 : row - caller)), frame: this.#callFrame };
  }

  get stacks(): readonly number[] {
    return toSteps(this.#stacks);
  }

  frame(index: FrameIndex): number {
    const known = this.#frameRows.get(index);
    if (known !== undefined) return known;
    const fn = this.#set.frames.functionOf(index);
    const { file, line, column } = this.#set.frames.placeOf(index);
    const compiled = this.#set.frames.originalOf(index) === null ? null : this.#set.frames.get(index);
    const row = this.#frames.function.length;
    this.#frames.function.push(this.#texts.row(fn));
    this.#frames.file.push(this.#texts.row(file));
    this.#frames.line.push(line ?? -1);
    this.#frames.column.push(column ?? -1);
    if (compiled !== null)
      this.#frames.compiled[row] = `${this.#texts.safe(compiled.file ?? '???')}:${compiled.line ?? '?'}:${compiled.column ?? '?'}`;
    this.#frames.origin.push(ORIGINS.indexOf(this.#origins.of(index)));
    this.#frameRows.set(index, row);
    return row;
  }

  stack(index: StackIndex): number {
    const known = this.#stackRows.get(index);
    if (known !== undefined) return known;
    let call = -1;
    for (let depth = this.#set.stacks.depth(index) - 1; depth >= 0; depth--)
      call = this.#call(call, this.frame(this.#set.stacks.frameAt(index, depth)));
    const row = this.#stacks.length;
    this.#stacks.push(call);
    this.#stackRows.set(index, row);
    return row;
  }

  #call(caller: number, frame: number): number {
    const key = (caller + 1) * 2 ** 26 + frame;
    let row = this.#callRows.get(key);
    if (row === undefined) {
      row = this.#caller.length;
      this.#caller.push(caller);
      this.#callFrame.push(frame);
      this.#callRows.set(key, row);
    }
    return row;
  }
}
