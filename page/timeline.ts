import { count, duration, fill, h } from './dom.js';
import type { Filter } from './filter.js';
import { threadLink } from './links.js';
import type { Model } from './model.js';
import { colourOf, runsOf, runsText } from './runs.js';
import { TimelineList } from './timeline-list.js';
import { VERDICT_MEANINGS, VERDICT_SIGNS } from './words.js';

/** Cells that a table of elements holds; beyond it the timeline is drawn: elements of 120,000 cells take two seconds to lay out. */
const MOST_CELLS = 3_000;
/** Columns that a table of elements shows without becoming wider than a screen. */
const MOST_COLUMNS = 40;
/** Processes with a table each. */
const MOST_TABLES = 8;

/** Threads of one process with the same timeline, verdict and place. */
export interface TimelineRow {
  readonly series: number;
  readonly threads: readonly number[];
}

/** Threads × dumps: who stood still. */
export class Timeline {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #filter: Filter;
  readonly #body: HTMLElement;
  readonly #fold: HTMLInputElement;
  #list: TimelineList | null = null;

  constructor(model: Model, filter: Filter) {
    this.#model = model;
    this.#filter = filter;
    this.#fold = h('input', { type: 'checkbox', id: 'fold', checked: true, on: { change: () => this.render() } });
    this.#body = h('div', {});
    this.element = h(
      'div',
      {},
      this.#legend(),
      h('p', { class: 'controls' }, this.#fold, h('label', { for: 'fold' }, 'threads that do the same as one row')),
      this.#body,
    );
    filter.onChange(() => this.render());
    this.render();
  }

  /** Draws again, as after a change of colours or width. */
  redraw(): void {
    this.#list?.redraw();
  }

  render(): void {
    const rows = this.#rows();
    const cells = rows.reduce((sum, { series }) => sum + this.#model.data.series[series]!.dumps.length, 0);
    const widest = Math.max(0, ...this.#model.data.series.map(({ dumps }) => dumps.length));
    const tables = new Set(rows.map(({ series }) => series));
    this.#list?.close();
    this.#list = null;
    if (rows.length === 0) fill(this.#body, h('p', { class: 'muted' }, 'no thread matches'));
    else if (cells <= MOST_CELLS && widest <= MOST_COLUMNS && tables.size <= MOST_TABLES)
      fill(
        this.#body,
        ...[...tables].map((series) =>
          this.#table(
            series,
            rows.filter((row) => row.series === series),
          ),
        ),
      );
    else {
      this.#list = new TimelineList(this.#model, rows);
      fill(this.#body, this.#list.element);
      this.#list.redraw();
    }
  }

  #rows(): TimelineRow[] {
    const rows = new Map<string, { series: number; threads: number[] }>();
    for (const s of worstFirst(this.#model)) {
      const series = this.#model.data.series[s]!;
      for (let t = series.threads[0]; t < series.threads[1]; t++) {
        if (!this.#filter.has(t)) continue;
        const { verdict, moments, wait } = this.#model.thread(t);
        const key = this.#fold.checked ? `${s} ${verdict} ${wait?.kind ?? ''} ${this.#model.lookAt(t)} ${moments.join(' ')}` : String(t);
        const row = rows.get(key);
        if (row) row.threads.push(t);
        else rows.set(key, { series: s, threads: [t] });
      }
    }
    return [...rows.values()];
  }

  #legend(): HTMLElement {
    const entry = (name: string, text: string): HTMLElement =>
      h('li', {}, h('span', { class: `swatch run-${name}`, 'aria-hidden': 'true' }), text);
    return h(
      'ul',
      { class: 'legend', 'aria-label': 'legend of the timeline' },
      entry('still-stuck', 'stands still, stuck'),
      entry('still-suspect', 'stands still, suspect'),
      entry('still-unknown', 'stands still'),
      entry('move-a', 'moves'),
      entry('idle', 'idle'),
      entry('once', 'seen once'),
      entry('absent', 'not there'),
    );
  }

  #table(s: number, rows: readonly TimelineRow[]): HTMLElement {
    const { data } = this.#model;
    const series = data.series[s]!;
    const table = h(
      'table',
      { class: 'timeline' },
      h('caption', { class: data.series.length > 1 ? '' : 'sr' }, seriesTitle(this.#model, s)),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'thread'),
          ...series.dumps.map((dump, k) =>
            h(
              'th',
              { scope: 'col', class: 'dump', title: data.dumps[dump]!.timeText },
              h('span', { class: 'sr' }, `${this.#model.dumpName(dump)} `),
              h('span', { 'aria-hidden': 'true' }, this.#headText(series.dumps, k)),
            ),
          ),
          h('th', { scope: 'col' }, 'where it is now'),
        ),
      ),
      h('tbody', {}, ...rows.map((row) => this.#tableRow(row))),
    );
    return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `timeline, ${seriesTitle(this.#model, s)}` }, table);
  }

  #headText(dumps: readonly number[], k: number): string {
    const [clock, before] = [this.#model.clock(dumps[k]!), k === 0 ? '' : this.#model.clock(dumps[k - 1]!)];
    // with many columns only the number has room
    if (clock === '' || dumps.length > 12) return String(dumps[k]! + 1);
    return clock.slice(0, 5) === before.slice(0, 5) ? clock.slice(5) : clock;
  }

  #tableRow({ threads }: TimelineRow): HTMLElement {
    const [first] = threads as [number];
    const { verdict, moments } = this.#model.thread(first);
    const cells = moments.map(() => h('td', {}));
    for (const run of runsOf(moments)) {
      for (let k = run.from; k <= run.to; k++) {
        const shape = run.kind === 'still' ? `still${k === run.from ? ' begin' : ''}${k === run.to ? ' end' : ''}` : run.kind;
        const cell = cells[k]!;
        cell.className = `cell ${shape} run-${colourOf(run, verdict)}`;
        const words = this.#model.momentText(first, k);
        cell.title = words;
        cell.append(h('span', { class: 'sr' }, words));
      }
    }
    return h(
      'tr',
      { class: `v-${verdict}` },
      h('th', { scope: 'row' }, verdictBadge(verdict), ' ', rowName(this.#model, threads)),
      ...cells,
      h(
        'td',
        { class: 'where' },
        this.#model.spotText(this.#model.lookAt(first)),
        h('span', { class: 'muted' }, ` ${runsText(this.#model, first)}`),
      ),
    );
  }
}

/** Rows of the series, those with the worst verdict first. */
export function worstFirst({ data }: Model): number[] {
  const order = ['stuck', 'suspect', 'inconclusive', 'clear'];
  return [...data.series.keys()].sort((a, b) => order.indexOf(data.series[a]!.verdict) - order.indexOf(data.series[b]!.verdict) || a - b);
}

/** `stuck` with its sign and colour. */
export function verdictBadge(verdict: keyof typeof VERDICT_SIGNS): HTMLElement {
  return h(
    'span',
    { class: `badge v-${verdict}`, title: VERDICT_MEANINGS[verdict] },
    h('span', { 'aria-hidden': 'true' }, `${VERDICT_SIGNS[verdict]} `),
    verdict,
  );
}

/** A thread, or how many and which they are. */
export function rowName(model: Model, threads: readonly number[]): Node {
  if (threads.length === 1) return threadLink(model, threads[0]!);
  const list = h('ul', { class: 'names' });
  const details = h('details', { class: 'many' }, h('summary', {}, count(threads.length, 'thread')), list);
  details.addEventListener('toggle', () => {
    if (list.childElementCount > 0) return;
    for (const thread of threads.slice(0, 200)) list.append(h('li', {}, threadLink(model, thread)));
    if (threads.length > 200) list.append(h('li', { class: 'muted' }, `and ${threads.length - 200} more: search for them`));
  });
  return details;
}

/** `pid 17 · 60 dumps over 10 min · 2,000 threads`. */
export function seriesTitle(model: Model, s: number): string {
  const { name, dumps, span, threads } = model.data.series[s]!;
  return [
    ...(model.data.series.length > 1 ? [name] : []),
    `${count(dumps.length, 'dump')}${span === null || dumps.length < 2 ? '' : ` over ${duration(span)}`}`,
    count(threads[1] - threads[0], 'thread'),
  ].join(' · ');
}
