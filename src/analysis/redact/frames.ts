import { FrameTable, type Bytes, type Frame, type FrameIndex, type OriginalPlace } from '../../model/index.js';

/** What frames' texts are told as. */
export interface FrameTexts {
  function(text: string): string;
  file(text: string): string;
}

/**
 * The rows of another table, told in other words: a row is the same frame in both, so stacks and findings of the one are those of
 * the other. Each row's words are made when they are asked for.
 */
export class RetoldFrames extends FrameTable {
  readonly #frames: FrameTable;
  readonly #texts: FrameTexts;
  readonly #functions: (string | null | undefined)[] = [];
  readonly #files: (string | null | undefined)[] = [];
  readonly #originals = new Map<FrameIndex, OriginalPlace>();

  constructor(frames: FrameTable, texts: FrameTexts) {
    super(frames.strings);
    this.#frames = frames;
    this.#texts = texts;
  }

  override get size(): number {
    return this.#frames.size;
  }

  override get bytes(): Bytes {
    return this.#frames.bytes;
  }

  override intern(frame: Frame): FrameIndex {
    return this.#frames.intern(frame);
  }

  override functionOf(row: FrameIndex): string | null {
    return (this.#functions[row] ??= told(this.#frames.functionOf(row), (text) => this.#texts.function(text)));
  }

  override isIn(row: FrameIndex, name: string): boolean {
    return this.functionOf(row) === name;
  }

  override fileOf(row: FrameIndex): string | null {
    return (this.#files[row] ??= told(this.#frames.fileOf(row), (text) => this.#texts.file(text)));
  }

  override fileRowOf(row: FrameIndex): number {
    return this.#frames.fileRowOf(row);
  }

  override lineOf(row: FrameIndex): number | null {
    return this.#frames.lineOf(row);
  }

  override columnOf(row: FrameIndex): number | null {
    return this.#frames.columnOf(row);
  }

  override originalOf(row: FrameIndex): OriginalPlace | null {
    const place = this.#frames.originalOf(row);
    if (place === null) return null;
    let retold = this.#originals.get(row);
    if (retold === undefined) this.#originals.set(row, (retold = { ...place, file: this.#texts.file(place.file) }));
    return retold;
  }

  override setOriginal(row: FrameIndex, place: OriginalPlace): void {
    this.#frames.setOriginal(row, place);
  }

  override placeOf(row: FrameIndex): Pick<Frame, 'file' | 'line' | 'column'> {
    return this.originalOf(row) ?? { file: this.fileOf(row), line: this.lineOf(row), column: this.columnOf(row) };
  }

  override withoutPosition(row: FrameIndex): FrameIndex {
    return this.#frames.withoutPosition(row);
  }
}

function told(text: string | null, as: (text: string) => string): string | null {
  return text === null ? null : as(text);
}
