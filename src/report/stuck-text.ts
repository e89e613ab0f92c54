import {
  Origins,
  momentsSince,
  type Hidden,
  type Moment,
  type Root,
  type SeriesFinding,
  type StuckReport,
  type ThreadFinding,
  type ThreadHistory,
} from '../analysis/index.js';
import type { Dump, DumpSet } from '../model/index.js';
import { functionOf, placeOf } from './frame-text.js';
import { hiddenText } from './hidden-text.js';
import { isoTime } from './documents.js';
import { count, fit, fitEnd, paint, visible, wrap, type Screen, type Style } from './terminal.js';
import { duration } from './time-text.js';

export interface StuckTextOptions {
  readonly roots?: readonly Root[];
  /** All threads, all reasons. */
  readonly verbose?: boolean;
  readonly hidden?: Hidden;
  /** Threads of which every signal and its weight is shown. */
  readonly explain?: (finding: ThreadFinding) => boolean;
}

/** Suspicious threads shown one by one before the rest is counted. */
const MOST_FINDINGS = 5;
const MOST_ROWS = 24;
const MOST_SERIES = 12;
/** Columns of the timeline; of more dumps the newest are shown. */
const MOST_COLUMNS = 24;

/** The answer of `stuck` for people: the answer first, then the threads it is about, then who stood where when. */
export function* stuckText(set: DumpSet, report: StuckReport, screen: Screen, options: StuckTextOptions = {}): Generator<string> {
  yield* new StuckView(set, screen, options).lines(report);
}

/** Threads of which the same is to be said. */
interface Alike {
  readonly first: ThreadFinding;
  readonly all: readonly ThreadFinding[];
}

class StuckView {
  readonly #set: DumpSet;
  readonly #screen: Screen;
  readonly #options: StuckTextOptions;
  readonly #origins: Origins;

  constructor(set: DumpSet, screen: Screen, options: StuckTextOptions) {
    this.#set = set;
    this.#screen = screen;
    this.#options = options;
    this.#origins = new Origins(set.frames, options.roots);
  }

  *lines(report: StuckReport): Generator<string> {
    const order = ['stuck', 'suspect', 'inconclusive', 'clear'];
    const sorted = [...report.series].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    const hidden = this.#options.hidden ? hiddenText(this.#set, this.#options.hidden) : null;
    if (sorted.length > 1) {
      const parts = order.flatMap((verdict) => {
        const n = sorted.filter((series) => series.verdict === verdict).length;
        return n === 0 ? [] : [`${n} ${verdict}`];
      });
      yield paint(this.#screen, 'strong', `${sorted.length} processes: ${parts.join(', ')}`);
      yield '';
    }
    const shown = this.#options.verbose ? sorted : sorted.slice(0, MOST_SERIES);
    for (const [i, series] of shown.entries()) {
      if (i > 0) yield '';
      yield* this.#series(series);
    }
    if (shown.length < sorted.length)
      yield `\n… and ${count(sorted.length - shown.length, 'more process', 'more processes')} (--verbose shows all)`;
    if (hidden !== null) yield* wrap(hidden, this.#screen.width - 2).map((line) => paint(this.#screen, 'warning', `  ${line}`));
  }

  *#series(series: SeriesFinding): Generator<string> {
    yield this.#answer(series);
    yield paint(this.#screen, 'dim', fit(`  ${this.#which(series)}`, this.#screen.width));
    for (const doubt of series.series.doubts) yield* this.#wrapped(`note: ${doubt}`, '  ', 'dim');
    const suspicious = alike(series.threads.filter(({ verdict }) => verdict === 'stuck' || verdict === 'suspect'));
    const most = this.#options.verbose ? Infinity : MOST_FINDINGS;
    for (const group of suspicious.slice(0, most)) yield* this.#finding(group);
    if (suspicious.length > most)
      yield `\n… and ${count(suspicious.length - most, 'more place')} where threads are stuck or suspect (--verbose shows all)`;
    for (const line of series.advice) {
      yield '';
      yield* this.#wrapped(line, '  ');
    }
    yield* this.#timeline(series);
    if (this.#options.explain) for (const thread of series.threads) if (this.#options.explain(thread)) yield* this.#explanation(thread);
  }

  #answer(series: SeriesFinding): string {
    const stuck = series.threads.filter(({ verdict }) => verdict === 'stuck');
    const [first] = series.threads;
    const where = first?.frame != null ? `: look at ${functionOf(this.#set, first.frame)}, ${placeOf(this.#set, first.frame)}` : '';
    const label = { stuck: 'STUCK', suspect: 'SUSPECT', inconclusive: 'INCONCLUSIVE', clear: 'CLEAR' }[series.verdict];
    const style: Style = series.verdict === 'stuck' ? 'alarm' : series.verdict === 'clear' ? 'strong' : 'warning';
    const rest =
      series.verdict === 'stuck'
        ? `  ${count(stuck.length, 'thread')}${where}`
        : series.verdict === 'suspect'
          ? `  nothing certain${where}`
          : series.verdict === 'inconclusive'
            ? '  the dumps cannot tell'
            : '  no sign of a stuck thread';
    return paint(this.#screen, style, label) + fit(rest, this.#screen.width - label.length);
  }

  #which({ series, threads }: SeriesFinding): string {
    const dumps = series.dumps.map((index) => this.#set.dumps[index]!);
    const [first] = dumps;
    const pids = [...new Set(dumps.flatMap((dump) => dump.pid ?? []))];
    const parts = [
      `${count(dumps.length, 'dump')}${series.span === null || dumps.length < 2 ? '' : ` over ${duration(series.span)}`}`,
      first?.runtime === 'node' ? 'Node' : 'Python',
      ...(pids.length === 0 ? [] : [`pid ${pids.join(', ')}`]),
      count(threads.length, 'thread'),
      ...(first ? [fitEnd(visible(first.source), 40)] : []),
    ];
    return parts.join(' · ');
  }

  *#finding({ first, all }: Alike): Generator<string> {
    yield '';
    const label = first.verdict === 'stuck' ? 'STUCK' : 'suspect';
    const who =
      all.length === 1
        ? this.#name(first.history)
        : `${all.length} threads: ${all
            .slice(0, 3)
            .map(({ history }) => this.#name(history))
            .join(', ')}${all.length > 3 ? ', …' : ''}`;
    const role = first.role === 'victim' ? ', waits for others' : '';
    const painted = paint(this.#screen, first.verdict === 'stuck' ? 'alarm' : 'warning', label);
    yield `${painted} ${paint(this.#screen, 'title', fit(`${who}${role} (${first.score.toFixed(2)})`, this.#screen.width - label.length - 1))}`;
    if (first.frame !== null) {
      const name = `    ${functionOf(this.#set, first.frame)}  `;
      yield paint(
        this.#screen,
        'strong',
        fit(name + fitEnd(placeOf(this.#set, first.frame), Math.max(10, this.#screen.width - name.length)), this.#screen.width),
      );
    }
    if (first.wait !== null) yield fit(`    waits: ${first.wait.kind}, in ${visible(first.wait.by)}`, this.#screen.width);
    if (first.blockedBy.length > 0) {
      const names = first.blockedBy.slice(0, 3).map((history) => this.#name(history));
      yield fit(`    for:   ${names.join(', ')}${first.blockedBy.length > 3 ? ', …' : ''}`, this.#screen.width);
    }
    for (const reason of first.evidence) yield* this.#wrapped(`- ${visible(reason)}`, '    ');
  }

  *#timeline({ series, threads }: SeriesFinding): Generator<string> {
    if (series.dumps.length < 2) return;
    const columns = Math.min(series.dumps.length, MOST_COLUMNS);
    const from = series.dumps.length - columns;
    const rows = new Map<string, { readonly picture: string; readonly members: ThreadFinding[] }>();
    for (const thread of threads) {
      const picture = momentsSince(thread, from).map(sign).join('');
      const key = `${thread.verdict} ${picture} ${thread.frame ?? ''} ${thread.frame === null ? (thread.evidence[0] ?? '') : ''}`;
      const row = rows.get(key);
      if (row) row.members.push(thread);
      else rows.set(key, { picture, members: [thread] });
    }
    yield '';
    yield paint(
      this.#screen,
      'dim',
      fit(
        `Timeline, oldest dump first${from > 0 ? `, the newest ${columns} of ${series.dumps.length}` : ''} (a letter is a place, - idle, . not there):`,
        this.#screen.width,
      ),
    );
    yield paint(
      this.#screen,
      'dim',
      fit(`  ${this.#times(series.dumps.slice(from).map((index) => this.#set.dumps[index]!))}`, this.#screen.width),
    );
    const most = this.#options.verbose ? Infinity : MOST_ROWS;
    for (const { picture, members } of [...rows.values()].slice(0, most)) yield this.#row(picture, members);
    if (rows.size > most) yield paint(this.#screen, 'dim', `  … and ${count(rows.size - most, 'more row')} (--verbose shows all)`);
  }

  #row(picture: string, members: readonly ThreadFinding[]): string {
    const [first] = members as [ThreadFinding];
    const who = members.length === 1 ? this.#name(first.history) : `${members.length} threads`;
    const where =
      first.frame === null || !this.#origins.isApplication(first.frame)
        ? (first.evidence[0] ?? '')
        : `${functionOf(this.#set, first.frame)} ${shortPlace(this.#set, first.frame)}`;
    const text = `${first.verdict.padEnd(11)} ${fitEnd(who, 18).padEnd(18)} ${visible(where)}`;
    const style: Style | null =
      first.verdict === 'stuck' ? 'alarm' : first.verdict === 'suspect' ? 'warning' : first.verdict === 'idle' ? 'dim' : null;
    const line = `  ${picture}  ${fit(text, this.#screen.width - picture.length - 4)}`;
    return style === null ? line : paint(this.#screen, style, line);
  }

  *#explanation(thread: ThreadFinding): Generator<string> {
    yield '';
    yield paint(this.#screen, 'strong', `Why ${this.#name(thread.history)} is ${thread.verdict} (${thread.score.toFixed(2)}):`);
    for (const { name, weight, text } of thread.signals) {
      const number = `${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(2)}`;
      yield fit(`  ${number.padStart(6)}  ${name.padEnd(15)} ${visible(text ?? '')}`.trimEnd(), this.#screen.width);
    }
    if (thread.signals.length === 0) for (const reason of thread.evidence) yield fit(`  ${visible(reason)}`, this.#screen.width);
    else {
      const sum = thread.signals.reduce((total, { weight }) => total + weight, 0);
      yield `  ${`= ${sum.toFixed(2)}`.padStart(6)}  1 / (1 + e^-x) = ${(1 / (1 + Math.exp(-sum))).toFixed(2)}${thread.role === 'victim' ? ', less for a victim' : ''}`;
    }
  }

  #times(dumps: readonly Dump[]): string {
    const [first, last] = [dumps[0], dumps.at(-1)];
    const [from, to] = [first && isoTime(first.time), last && isoTime(last.time)];
    if (!from || !to) return `${dumps.length} dumps, no times known`;
    const clock = (time: string): string => time.slice(11, 19);
    return `${from.slice(0, 10)} ${clock(from)} to ${clock(to)}Z`;
  }

  #name({ ids, name }: ThreadHistory): string {
    const id = ids.at(-1) ?? null;
    if (name !== null) return visible(id === null ? name : `${name} (${id})`);
    return visible(id ?? 'a thread without id');
  }

  *#wrapped(text: string, indent: string, style: Style | null = null): Generator<string> {
    for (const line of wrap(text, this.#screen.width - indent.length, '  '))
      yield style === null ? indent + line : paint(this.#screen, style, indent + line);
  }
}

function alike(findings: readonly ThreadFinding[]): Alike[] {
  const groups = new Map<string, ThreadFinding[]>();
  // of threads that were judged together the reasons are one object
  const byReasons = new Map<readonly string[], ThreadFinding[]>();
  for (const finding of findings) {
    const { verdict, role, frame, wait, evidence } = finding;
    const together = byReasons.get(evidence);
    if (together !== undefined && isJudgedAs(finding, together[0]!)) {
      together.push(finding);
      continue;
    }
    const key = `${verdict} ${role ?? ''} ${frame ?? ''} ${wait?.kind ?? ''} ${evidence.slice(0, -1).join('|')}`;
    let list = groups.get(key);
    if (list === undefined) groups.set(key, (list = [finding]));
    else list.push(finding);
    byReasons.set(evidence, list);
  }
  return Array.from(groups.values(), (all) => ({ first: all[0]!, all }));
}

function isJudgedAs(one: ThreadFinding, other: ThreadFinding): boolean {
  return one.verdict === other.verdict && one.role === other.role && one.frame === other.frame && one.wait?.kind === other.wait?.kind;
}

/** One column of the timeline, of which there are fewer than letters. */
function sign(moment: Moment): string {
  if (typeof moment === 'number') return String.fromCharCode(65 + moment);
  return { idle: '-', blank: ' ', absent: '.', unknown: '?' }[moment];
}

function shortPlace(set: DumpSet, frame: number): string {
  const place = placeOf(set, frame);
  return place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1);
}
