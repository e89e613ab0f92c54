import type { Bytes, EpochMilliseconds } from '../model/index.js';
import { decode } from './decode.js';
import { RECORD_ENVELOPES, TEXT_ENVELOPES, type FieldPaths, type RecordEnvelope, type TextEnvelope } from './envelopes.js';

/** A record of a log without its envelope. */
export interface LogRecord {
  /** Whose it is: equal for the records of one source. */
  readonly key: string;
  /** One line, or several with line feeds between them. */
  readonly content: Uint8Array;
  readonly about: RecordOrigin;
  /** Lines above the one that completed it, in which its text begins. */
  readonly back: number;
  /** It continues the line before of its source. */
  readonly joins: boolean;
  /** Its line goes on in the next record of its source. */
  readonly more: boolean;
}

/** What an envelope tells of a record. */
export interface RecordOrigin {
  /** As it stands there; a number is an epoch time. */
  readonly time: string | EpochMilliseconds | null;
  readonly source: string | null;
  readonly pid: number | null;
}

/** Takes lines of a log out of their envelope. It may keep what it needs of lines before. */
export interface Unwrapper {
  /** Lines may be continued by the next record, so they are whole only when it has come. */
  readonly waits: boolean;
  /** Other text may look like this envelope: the next line must have it too. */
  readonly guessed: boolean;
  /** A record is begun and not complete. */
  readonly pending: boolean;
  /** A record is more than a line, and begins above the line that shows it. */
  readonly spans: boolean;
  /** The records that are complete with this line; null: the line is not in this envelope. */
  take(line: Uint8Array): readonly LogRecord[] | null;
}

/** Bytes as text, a sign a byte: offsets in it are offsets in the bytes. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Envelopes that may stand in one another. */
const MOST_LINKS = 4;

interface Link {
  readonly envelope: TextEnvelope;
  readonly sticky: RegExp;
  /** It tells something by which lines can be told apart or joined. Else it needs no unwrapper. */
  readonly tells: boolean;
}

const LINKS: readonly Link[] = TEXT_ENVELOPES.map((envelope) => ({
  envelope,
  sticky: new RegExp(envelope.pattern.source, `${envelope.pattern.flags}y`),
  tells: /\(\?<(?:source|pid|more|joins|stream)>/.test(envelope.pattern.source),
}));

/**
 * The envelope of a line in which an opening was found, or null: none, or one that needs no unwrapping.
 *
 * @param line the line as Latin-1, without terminal sequences
 * @param opening where in it the opening stands
 * @param above the lines above, likewise, nearest first
 */
export function recogniseEnvelope(line: string, opening: number, above: () => readonly string[]): Unwrapper | null {
  // in an entry of the journal nothing stands before a line of the text but, once, its length
  const journal = opening === 0 || opening === LENGTH_BYTES || line.startsWith('MESSAGE=');
  // whether an envelope ends before the opening, or a record begins at it, is told by the text up to there
  const start = journal || opening > LONGEST_START ? null : line.slice(0, opening + 1).replaceAll(/\d/g, '0');
  if (start !== null && start === plainStart) return null;
  const chain: Link[] = [];
  let at = 0;
  while (at < opening && chain.length < MOST_LINKS) {
    const link = LINKS.find(({ sticky }) => endOf(sticky, line, at) > at && sticky.lastIndex <= opening);
    if (link === undefined) break;
    chain.push(link);
    // of a sticky expression that has just been found
    at = link.sticky.lastIndex;
  }
  if (line[at] === '{') {
    const record = parseObject(Buffer.from(line.slice(at), 'latin1').toString('utf8'));
    const path = record === null ? null : pathOfString(record, opening - at, line.slice(at));
    if (path !== null)
      return new JsonRecords(
        chain,
        RECORD_ENVELOPES.find((envelope) => fits(envelope, record!))!,
        path,
      );
  } else if (start !== null && !chain.some(({ tells }) => tells)) plainStart = start;
  if (chain.some(({ tells }) => tells)) return new TextChain(chain);
  return journal && isJournalExport(line, above()) ? new JournalExport() : null;
}

/**
 * How a line began, up to an opening, that is in no envelope, with zeros for its digits, which no envelope tells apart: the next dump of
 * a log has the same before it. To ask all envelopes costs little once; for the second time the engine compiles each of their
 * expressions, for five milliseconds.
 */
let plainStart = '';
/** A longer one is no collector's, and does not come again. */
const LONGEST_START: Bytes = 1024;

function endOf(sticky: RegExp, line: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.test(line) ? sticky.lastIndex : -1;
}

interface Head {
  readonly end: number;
  readonly key: string;
  readonly time: string | null;
  readonly source: string | null;
  readonly pid: number | null;
  readonly joins: boolean;
  readonly more: boolean;
}

/** What the envelopes of a chain tell at the beginning of a line, or null when it does not have them. */
function headOf(chain: readonly Link[], line: string): Head | null {
  let end = 0;
  let key = '';
  let time: string | null = null;
  let pid: number | null = null;
  const names: string[] = [];
  let joins = false;
  let more = false;
  for (const { sticky } of chain) {
    sticky.lastIndex = end;
    const match = sticky.exec(line);
    if (match === null) return null;
    end = sticky.lastIndex;
    const groups = match.groups ?? {};
    time = groups['time'] ?? time;
    if (groups['pid'] !== undefined) pid = Number(groups['pid']);
    for (const part of [groups['host'], groups['source']]) if (part !== undefined) names.push(part);
    key += `${groups['host'] ?? ''}\0${groups['source'] ?? ''}\0${groups['pid'] ?? ''}\0${groups['stream'] ?? ''}\0`;
    joins ||= groups['joins'] !== undefined;
    more ||= groups['more'] !== undefined;
  }
  return { end, key, time, source: names.length === 0 ? null : names.join(' '), pid, joins, more };
}

/** Lines behind one or more text envelopes. */
class TextChain implements Unwrapper {
  readonly waits: boolean;
  readonly pending = false;
  readonly spans = false;
  readonly guessed = true;
  readonly #chain: readonly Link[];
  readonly #undo: ((line: string) => readonly string[]) | undefined;

  constructor(chain: readonly Link[]) {
    this.#chain = chain;
    this.waits = chain.some(({ envelope }) => envelope.waits === true);
    this.#undo = chain.find(({ envelope }) => envelope.undo !== undefined)?.envelope.undo;
  }

  take(line: Uint8Array): readonly LogRecord[] | null {
    const text = latin1(line);
    const head = headOf(this.#chain, text);
    if (head === null) return null;
    let content = line.subarray(head.end);
    if (this.#undo !== undefined && UNDOABLE.test(text)) {
      content = Buffer.from(this.#undo(text.slice(head.end)).join('\n'), 'latin1');
    }
    return [{ key: head.key, content, about: head, back: 0, joins: head.joins, more: head.more }];
  }
}

/** What only lines have that a collector changed, so that the others are not copied. */
const UNDOABLE = /#0\d\d|message repeated \d/;

type Fields = Readonly<Record<string, unknown>>;

/** Lines that are JSON objects, one of whose strings is the text. */
class JsonRecords implements Unwrapper {
  readonly waits = false;
  readonly pending = false;
  readonly spans = false;
  readonly guessed = false;
  readonly #chain: readonly Link[];
  readonly #envelope: RecordEnvelope;
  readonly #path: string;

  constructor(chain: readonly Link[], envelope: RecordEnvelope, path: string) {
    this.#chain = chain;
    this.#envelope = envelope;
    this.#path = path;
  }

  take(line: Uint8Array): readonly LogRecord[] | null {
    let head: Head | null = null;
    if (this.#chain.length > 0) {
      head = headOf(this.#chain, latin1(line));
      if (head === null) return null;
    }
    const record = parseObject(decode(line, head?.end ?? 0, line.length));
    const text = record === null ? null : textOf(valueAt(record, this.#path));
    if (record === null || text === null) return null;
    const envelope = this.#envelope;
    const first = (paths: FieldPaths): string | null => {
      for (const path of paths) {
        const value = valueAt(record, path);
        if (typeof value === 'string' || typeof value === 'number') return String(value);
      }
      return null;
    };
    const [source, host, pid] = [first(envelope.source), first(envelope.host), first(envelope.pid)];
    const stream = typeof record['stream'] === 'string' ? record['stream'] : '';
    const names = [host, source].filter((name) => name !== null);
    const ended = text.endsWith('\n');
    return [
      {
        key: `${head?.key ?? ''}${host ?? ''}\0${source ?? ''}\0${pid ?? ''}\0${stream}`,
        content: Buffer.from(ended ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text, 'utf8'),
        about: {
          time: timeIn(first(envelope.time)) ?? head?.time ?? null,
          source: names.length === 0 ? (head?.source ?? null) : names.join(' '),
          pid: pid !== null && /^\d{1,10}$/.test(pid) ? Number(pid) : (head?.pid ?? null),
        },
        back: 0,
        joins: false,
        more: envelope.pieces === true && !ended,
      },
    ];
  }
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function fits(envelope: RecordEnvelope, record: Fields): boolean {
  return envelope.has.every((field) => field in record) && Object.keys(record).every((field) => envelope.only?.includes(field) ?? true);
}

/** A field, or a field of a field: a key that holds dots itself comes first. */
function valueAt(record: Fields, path: string): unknown {
  if (path in record) return record[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inner = record[path.slice(0, dot)];
    if (typeof inner === 'object' && inner !== null) {
      const value = valueAt(inner as Fields, path.slice(dot + 1));
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

/** The text of a field; journald writes what is no UTF-8 as a list of bytes. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)) {
    const bytes = Uint8Array.from(value as number[]);
    return decode(bytes, 0, bytes.length);
  }
  return null;
}

/** How deep a record is searched for the string that holds a dump. */
const MOST_DEPTH = 4;

/** The path of the string that stands at `offset` of the record's text, or null: what stands there is in no value. */
function pathOfString(record: Fields, offset: number, text: string): string | null {
  const needle = /^(?:[ !#-[\]-~]|\\")*/.exec(text.slice(offset, offset + NEEDLE))![0].replaceAll('\\"', '"');
  if (needle.length < LEAST_NEEDLE) return null;
  const walk = (value: unknown, path: string, depth: number): string | null => {
    if (typeof value === 'string') return value.includes(needle) ? path : null;
    if (typeof value !== 'object' || value === null || depth === MOST_DEPTH) return null;
    if (Array.isArray(value)) return textOf(value)?.includes(needle) === true ? path : null;
    for (const [key, inner] of Object.entries(value)) {
      const found = walk(inner, path === '' ? key : `${path}.${key}`, depth + 1);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(record, '', 0);
}

/** Characters of an opening by which its string is found again. */
const NEEDLE = 24;
const LEAST_NEEDLE = 4;

/** A time of a record: text as it is, digits alone are an epoch time whose unit its size tells. */
function timeIn(text: string | null): string | EpochMilliseconds | null {
  if (text === null || !/^\d{9,19}(?:\.\d+)?$/.test(text)) return text;
  const number = Number(text);
  if (number < 1e11) return Math.round(number * 1000);
  if (number < 1e14) return Math.round(number);
  if (number < 1e17) return Math.round(number / 1e3);
  return Math.round(number / 1e6);
}

function isJournalExport(line: string, above: readonly string[]): boolean {
  const entry = above.slice(0, above.indexOf('') < 0 ? undefined : above.indexOf(''));
  return (
    entry.some((field) => /^__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP)=/.test(field)) &&
    (line.startsWith('MESSAGE=') || entry.includes('MESSAGE'))
  );
}

/**
 * journalctl -o export: fields one a line, an empty line after each entry. A text of several lines is written as its
 * field's name alone, then its length (8 bytes, the lowest first), then the text.
 */
class JournalExport implements Unwrapper {
  readonly waits = false;
  readonly spans = true;
  readonly guessed = false;
  #fields = new Map<string, string>();
  /** Lines of the entry so far, and the one its message begins in. */
  #lines = 0;
  #messageLine = 0;
  /** The field whose bytes are being read. */
  #binary: { readonly name: string; readonly pieces: Buffer[]; bytes: number } | null = null;

  get pending(): boolean {
    return this.#fields.size > 0 || this.#binary !== null;
  }

  take(line: Uint8Array): readonly LogRecord[] | null {
    this.#lines++;
    if (this.#binary !== null) {
      this.#takeBinary(line);
      return [];
    }
    if (line.length === 0) {
      const record = this.#entry();
      this.#fields = new Map();
      this.#lines = 0;
      return record === null ? [] : [record];
    }
    const text = decode(line, 0, line.length);
    const equals = text.indexOf('=');
    if (text.startsWith('MESSAGE=') || text === 'MESSAGE') this.#messageLine = this.#lines;
    if (/^[A-Z0-9_]{1,64}$/.test(text)) this.#binary = { name: text, pieces: [], bytes: 0 };
    else if (/^[A-Z0-9_]{1,64}=/.test(text)) {
      if (this.#fields.size < MOST_FIELDS) this.#fields.set(text.slice(0, equals), text.slice(equals + 1));
    } else return null;
    return [];
  }

  #takeBinary(line: Uint8Array): void {
    const { name, pieces } = this.#binary!;
    pieces.push(Buffer.concat([line, LINE_FEED]));
    this.#binary!.bytes += line.length + 1;
    if (this.#binary!.bytes < 9) return;
    const head = Buffer.concat(pieces.slice(0, 9)).subarray(0, 8);
    const length = Number(head.readBigUInt64LE());
    if (this.#binary!.bytes < 8 + length + 1 && length <= MOST_MESSAGE) return;
    const all = Buffer.concat(pieces);
    this.#fields.set(name, decode(all, 8, Math.min(all.length, 8 + length)));
    this.#binary = null;
  }

  #entry(): LogRecord | null {
    const message = this.#fields.get('MESSAGE');
    if (message === undefined) return null;
    const field = (...names: string[]): string | null =>
      names.map((name) => this.#fields.get(name)).find((value) => value !== undefined) ?? null;
    const source = field('_SYSTEMD_UNIT', 'SYSLOG_IDENTIFIER', '_COMM');
    const host = field('_HOSTNAME');
    const pid = field('_PID', 'SYSLOG_PID');
    return {
      key: `${host ?? ''}\0${source ?? ''}\0${pid ?? ''}`,
      content: Buffer.from(message, 'utf8'),
      about: {
        time: timeIn(field('_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP')),
        source: [host, source].filter((name) => name !== null).join(' ') || null,
        pid: pid !== null && /^\d{1,10}$/.test(pid) ? Number(pid) : null,
      },
      back: this.#lines - this.#messageLine,
      joins: false,
      more: false,
    };
  }
}

const LENGTH_BYTES = 8;
/** An entry of journald has some thirty fields; its message is at most 64 KiB unless configured otherwise. */
const MOST_FIELDS = 256;
const MOST_MESSAGE = 1 << 20;
const LINE_FEED = Buffer.from('\n');
