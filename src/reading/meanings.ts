import { stripVTControlCharacters } from 'node:util';
import { parseLine, type AsideGrammar, type LineGrammar, type LineToken } from '../../grammars/index.js';
import type { FrameIndex, Tables } from '../model/index.js';
import { mayRepeat, type Meaning } from './assembler.js';
import { LikeHeads } from './like-heads.js';
import { decode } from './decode.js';
import { Kernel } from './kernel/kernel.js';
import { LineCache } from './line-cache.js';
import { mendings } from './mending.js';
import { RecentThreads } from './recent-threads.js';
import { OPENING_MATCHER, isFaint, openingsAt } from './openings.js';
import { ThreadMaker } from './thread-maker.js';

const NO_FRAMES: readonly never[] = Object.freeze([]);

export type AsidePart = 'inside' | 'last' | 'outside';

/** Lines that programs write between dumps: a rule of signs, with or without a title. */
const SEPARATOR = /^\s*([=\-*#_~+])\1{2,}/;

/**
 * What lines mean, for all readers of one run: the logs of a folder and the sources of one log repeat each other, so what
 * was learnt of a line stays.
 */
export class Meanings {
  readonly tables: Tables;
  readonly recent = new RecentThreads();
  readonly #caches = new Map<LineGrammar, LineCache<Meaning>>();
  readonly #foreign = new Map<LineGrammar, Uint8Array>();
  readonly #makers = new Map<LineGrammar, ThreadMaker>();
  readonly #asides = new Map<AsideGrammar, LineCache<AsidePart>>();

  #kernel: Kernel | null | undefined;

  constructor(tables: Tables) {
    this.tables = tables;
  }

  /** Memory to read large inputs in; null where there is none to be had. */
  get kernel(): Kernel | null {
    return this.#kernel === undefined ? (this.#kernel = Kernel.make()) : this.#kernel;
  }

  cacheOf(grammar: LineGrammar): LineCache<Meaning> {
    let cache = this.#caches.get(grammar);
    if (cache === undefined) {
      const heads = grammar.idsAlike === true ? new LikeHeads() : null;
      cache = new LineCache(
        (bytes, from, to) => {
          const meaning = this.of(grammar, bytes, from, to);
          if (heads !== null && meaning.frame < 0) heads.learn(bytes, from, to, meaning.token);
          return meaning;
        },
        ({ token }) => (token.is === 'thread' && mayRepeat(token) ? token : null),
        ({ frame, partial }) => (partial ? -1 : frame),
        (bytes, from, to) => {
          const token = heads?.of(bytes, from, to) ?? null;
          return token === null ? null : { token, frame: -1, frames: NO_FRAMES, partial: false, separator: false };
        },
      );
      this.#caches.set(grammar, cache);
    }
    return cache;
  }

  /** By the first byte of a line: 1 where it is none of the format's, whatever follows. Its meaning is then {@link FOREIGN}. */
  foreignOf(grammar: LineGrammar): Uint8Array {
    let foreign = this.#foreign.get(grammar);
    if (foreign === undefined) this.#foreign.set(grammar, (foreign = foreignBytes(grammar)));
    return foreign;
  }

  makerOf(grammar: LineGrammar): ThreadMaker {
    let maker = this.#makers.get(grammar);
    if (maker === undefined) this.#makers.set(grammar, (maker = new ThreadMaker(grammar, this.tables)));
    return maker;
  }

  /** What lines of an aside are, as {@link ofAside}. */
  asidesOf(grammar: AsideGrammar): LineCache<AsidePart> {
    let cache = this.#asides.get(grammar);
    if (cache === undefined) {
      cache = new LineCache((bytes, from, to) => this.ofAside(grammar, bytes.subarray(from, to)));
      this.#asides.set(grammar, cache);
    }
    return cache;
  }

  /** What a line is to an aside: outside, too, when a dump or another text that is known begins in it. */
  ofAside(grammar: AsideGrammar, line: Uint8Array): AsidePart {
    for (let hit = OPENING_MATCHER.search(line, 0, line.length); hit >= 0; hit = OPENING_MATCHER.search(line, hit + 1, line.length))
      if (openingsAt(line, hit, line.length).some(({ grammar: other }) => !isFaint(other))) return 'outside';
    return parseLine(grammar.line, decode(line, 0, line.length));
  }

  /** The meaning of the line `bytes[from, to)`, asked of the grammar. */
  of(grammar: LineGrammar, bytes: Uint8Array, from: number, to: number): Meaning {
    return this.ofText(grammar, decode(bytes, from, to));
  }

  ofText(grammar: LineGrammar, text: string): Meaning {
    const plain = text.includes('\x1b') ? stripVTControlCharacters(text) : text;
    let token = parseLine(grammar.line, plain);
    // an escaped line may be read by halves: `in &lt;module&gt;` is a function's name to the grammar
    if (token.is !== 'blank') {
      const mended = mendings(plain);
      for (let i = 0; i < mended.length; i++) {
        const again = parseLine(grammar.line, mended[i]!);
        if (again.is === 'other') continue;
        token = again;
        break;
      }
    }
    return this.#intern(grammar, token, plain);
  }

  #intern(grammar: LineGrammar, token: LineToken, text: string): Meaning {
    if (token.is === 'frame' && token.frame.function !== '') return new FrameMeaning(this.tables, this.tables.frames.intern(token.frame));
    return {
      token,
      frame: token.is === 'frame' ? this.tables.frames.intern(token.frame) : -1,
      frames: token.is === 'stack' ? token.frames.map((frame) => this.tables.frames.intern(frame)) : NO_FRAMES,
      partial: token.is === 'other' ? grammar.begins.test(text) : token.is === 'frame' && token.frame.function === '',
      separator: token.is === 'other' && SEPARATOR.test(text),
    };
  }
}

/** A line that is none of the format's, and no rule between two dumps. */
export const FOREIGN: Meaning = { token: { is: 'other' }, frame: -1, frames: NO_FRAMES, partial: false, separator: false };

/** Signs of ASCII that say nothing by themselves: rules are made of them ({@link SEPARATOR}), or what they stand for has to be mended first. */
const NOT_TOLD = '=-*#_~+&\\';

function foreignBytes({ firstSigns }: LineGrammar): Uint8Array {
  const told = (sign: string): boolean => firstSigns !== undefined && !firstSigns.includes(sign) && !NOT_TOLD.includes(sign);
  return Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0x20 && byte < 0x7f && told(String.fromCharCode(byte)) ? 1 : 0));
}

/** That of a whole frame. Its texts are those of the table, made when somebody asks for them: in a log of which all lines differ, each is one. */
class FrameMeaning implements Meaning {
  readonly frame: FrameIndex;
  readonly #tables: Tables;

  constructor(tables: Tables, frame: FrameIndex) {
    this.#tables = tables;
    this.frame = frame;
  }

  get token(): LineToken {
    return { is: 'frame', frame: this.#tables.frames.get(this.frame) };
  }

  get frames(): readonly never[] {
    return NO_FRAMES;
  }

  get partial(): false {
    return false;
  }

  get separator(): false {
    return false;
  }
}
