import { announce, count, h, sizeCanvas } from './dom.js';
import { threadLink } from './links.js';
import type { Model } from './model.js';
import { Palette, colourOf, drawRuns, runsOf, runsText } from './runs.js';
import { seriesTitle, verdictBadge, type TimelineRow } from './timeline.js';

const ROW_HEIGHT = 28;
/** Rows kept above and below what is seen. */
const SPARE = 8;
/** Height of the picture of all threads. */
const MOST_PICTURE = 160;
const SUSPICIOUS_LINE = 3;

type Item = { readonly kind: 'series'; readonly series: number } | { readonly kind: 'row'; readonly row: TimelineRow };

/**
 * The timeline of many threads: a picture of them all, and under it a list of which only the rows in sight are in the
 * document. Strips are drawn; what they show stands beside them in words. Up and down go from row to row, left and right
 * from dump to dump, which is then told.
 */
export class TimelineList {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #items: Item[] = [];
  readonly #rows = new Map<number, HTMLElement>();
  readonly #view: HTMLElement;
  readonly #inner: HTMLElement;
  readonly #picture: HTMLCanvasElement;
  readonly #brush: HTMLElement;
  readonly #resize: ResizeObserver;
  readonly #open = new Set<TimelineRow>();
  readonly #folded: readonly TimelineRow[];
  #palette = new Palette();
  #scheduled = false;
  /** Dump under the cursor, as a place in the series; -1: none yet. */
  #column = -1;

  constructor(model: Model, rows: readonly TimelineRow[]) {
    this.#model = model;
    this.#folded = rows;
    this.#inner = h('div', { class: 'inner', role: 'rowgroup' });
    this.#view = h(
      'div',
      {
        class: 'rows',
        role: 'table',
        'aria-label': 'timeline of threads; left and right arrow keys tell what a thread did in each dump',
        on: { scroll: () => this.#schedule(), keydown: (event) => this.#key(event) },
      },
      this.#inner,
    );
    this.#picture = h('canvas', { on: { click: (event) => this.#jump(event) } });
    this.#brush = h('div', { class: 'brush' });
    this.element = h(
      'div',
      { class: 'timeline-list' },
      h('div', { class: 'picture', 'aria-hidden': 'true' }, this.#picture, this.#brush),
      this.#view,
    );
    this.#build();
    let width = 0;
    this.#resize = new ResizeObserver(() => {
      if (this.#view.clientWidth === width) return;
      width = this.#view.clientWidth;
      this.redraw();
    });
    this.#resize.observe(this.#view);
  }

  close(): void {
    this.#resize.disconnect();
  }

  redraw(): void {
    this.#palette = new Palette();
    for (const element of this.#rows.values()) element.remove();
    this.#rows.clear();
    this.#drawPicture();
    this.#render();
  }

  #build(): void {
    this.#items.length = 0;
    let series = -1;
    for (const row of this.#folded) {
      if (row.series !== series && this.#model.data.series.length > 1) this.#items.push({ kind: 'series', series: row.series });
      series = row.series;
      this.#items.push({ kind: 'row', row });
      if (this.#open.has(row))
        for (const thread of row.threads) this.#items.push({ kind: 'row', row: { series: row.series, threads: [thread] } });
    }
    this.#view.setAttribute('aria-rowcount', String(this.#items.length));
    this.#inner.style.setProperty('height', `${this.#items.length * ROW_HEIGHT}px`);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#render();
    });
  }

  #render(): void {
    const height = this.#view.clientHeight || 600;
    const from = Math.max(0, Math.floor(this.#view.scrollTop / ROW_HEIGHT) - SPARE);
    const to = Math.min(this.#items.length, Math.ceil((this.#view.scrollTop + height) / ROW_HEIGHT) + SPARE);
    for (const [at, element] of this.#rows) {
      if ((at >= from && at < to) || element.contains(document.activeElement)) continue;
      element.remove();
      this.#rows.delete(at);
    }
    let before: Element | null = null;
    for (let at = from; at < to; at++) {
      let element = this.#rows.get(at);
      if (element === undefined) {
        element = this.#row(at);
        this.#rows.set(at, element);
        // in the order of the list, which is the order of Tab
        if (before === null) this.#inner.prepend(element);
        else before.after(element);
        this.#drawStrip(at, element);
      }
      before = element;
    }
    this.#placeBrush();
  }

  #row(at: number): HTMLElement {
    const item = this.#items[at]!;
    const element = h('div', { class: 'row', role: 'row', 'aria-rowindex': at + 1 });
    element.style.setProperty('top', `${at * ROW_HEIGHT}px`);
    if (item.kind === 'series') {
      element.classList.add('process');
      element.append(h('div', { role: 'rowheader' }, seriesTitle(this.#model, item.series)));
      return element;
    }
    const { row } = item;
    const [first] = row.threads as [number];
    const { verdict } = this.#model.thread(first);
    element.classList.add(`v-${verdict}`);
    const name =
      row.threads.length === 1
        ? threadLink(this.#model, first)
        : h(
            'button',
            { type: 'button', class: 'link', 'aria-expanded': String(this.#open.has(row)), on: { click: () => this.#toggle(row, at) } },
            count(row.threads.length, 'thread'),
          );
    element.append(
      h('div', { role: 'rowheader', class: 'who' }, verdictBadge(verdict), ' ', name),
      h(
        'div',
        { role: 'cell', class: 'strip' },
        h('canvas', { role: 'img', 'aria-label': runsText(this.#model, first), title: runsText(this.#model, first) }),
      ),
      h('div', { role: 'cell', class: 'where' }, this.#model.spotText(this.#model.lookAt(first))),
    );
    element.querySelector('canvas')!.addEventListener('mousemove', (event) => this.#hover(event, first));
    element.querySelector('canvas')!.addEventListener('click', () => {
      if (row.threads.length === 1) location.hash = `thread=${first}${this.#column < 0 ? '' : `&dump=${this.#column}`}`;
      else this.#toggle(row, at);
    });
    return element;
  }

  #toggle(row: TimelineRow, at: number): void {
    if (this.#open.has(row)) this.#open.delete(row);
    else this.#open.add(row);
    this.#build();
    this.redraw();
    this.#focus(at);
  }

  #drawStrip(at: number, element: HTMLElement): void {
    const item = this.#items[at]!;
    const canvas = element.querySelector('canvas');
    if (item.kind === 'series' || canvas === null) return;
    const thread = this.#model.thread(item.row.threads[0]!);
    const width = Math.max(40, canvas.parentElement!.clientWidth);
    const context = sizeCanvas(canvas, width, ROW_HEIGHT - 4);
    const cell = width / Math.max(1, thread.moments.length);
    drawRuns(context, runsOf(thread.moments), thread.verdict, this.#palette, {
      x: 0,
      y: 0,
      cell: Math.min(cell, 40),
      height: ROW_HEIGHT - 4,
    });
    if (this.#column < 0) return;
    context.strokeStyle = this.#palette.of('cursor');
    context.lineWidth = 1;
    context.strokeRect(this.#column * Math.min(cell, 40) + 0.5, 0.5, Math.max(2, Math.min(cell, 40)) - 1, ROW_HEIGHT - 5);
  }

  /**
   * All threads, one line of a pixel or less each; of threads that share a line the first is seen. Suspicious ones stand
   * first, and are given lines of three pixels where there are few of them.
   */
  #drawPicture(): void {
    const rows = this.#folded.flatMap((row) => row.threads);
    const suspicious = rows.filter((thread) => isSuspicious(this.#model, thread));
    const others = rows.filter((thread) => !isSuspicious(this.#model, thread));
    const width = Math.max(100, this.element.clientWidth || 900);
    const height = Math.min(MOST_PICTURE, Math.max(24, rows.length));
    const share = suspicious.length / rows.length;
    const upper = Math.max(share * height, Math.min(height / 3, suspicious.length * SUSPICIOUS_LINE));
    const context = sizeCanvas(this.#picture, width, height);
    context.clearRect(0, 0, width, height);
    this.#drawLines(context, suspicious, { top: 0, height: upper, width });
    this.#drawLines(context, others, { top: upper, height: height - upper, width });
  }

  #drawLines(
    context: CanvasRenderingContext2D,
    threads: readonly number[],
    { top, height, width }: { readonly top: number; readonly height: number; readonly width: number },
  ): void {
    const line = height / Math.max(1, threads.length);
    let drawn = -1;
    for (const [i, thread] of threads.entries()) {
      const y = top + (line >= 1 ? i * line : Math.floor(i * line));
      if (y === drawn) continue;
      drawn = y;
      const { moments, verdict } = this.#model.thread(thread);
      const cell = width / Math.max(1, moments.length);
      for (const run of runsOf(moments)) {
        if (run.kind === 'absent' || run.kind === 'unknown') continue;
        // neighbours that move in step are told apart
        const shown = run.kind === 'moving' ? { ...run, place: run.place + i } : run;
        context.fillStyle = this.#palette.of(colourOf(shown, verdict));
        context.fillRect(run.from * cell, y, (run.to - run.from + 1) * cell, Math.max(1, line));
      }
    }
  }

  #placeBrush(): void {
    const total = Math.max(1, this.#items.length * ROW_HEIGHT);
    this.#brush.style.setProperty('top', `${(100 * this.#view.scrollTop) / total}%`);
    this.#brush.style.setProperty('height', `${Math.min(100, (100 * this.#view.clientHeight) / total)}%`);
  }

  #jump(event: MouseEvent): void {
    const part = event.offsetY / this.#picture.clientHeight;
    this.#view.scrollTop = part * this.#items.length * ROW_HEIGHT - this.#view.clientHeight / 2;
  }

  #hover(event: MouseEvent, thread: number): void {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { moments } = this.#model.thread(thread);
    const cell = Math.min(canvas.clientWidth / moments.length, 40);
    const k = Math.floor(event.offsetX / cell);
    if (k < 0 || k >= moments.length) return;
    this.#column = k;
    const dump = this.#model.seriesOf(thread).dumps[k]!;
    canvas.title = `${this.#model.dumpName(dump)}: ${this.#model.momentText(thread, k)}`;
  }

  #key(event: KeyboardEvent): void {
    const element = (event.target as Element).closest<HTMLElement>('.row');
    const at = [...this.#rows].find(([, row]) => row === element)?.[0];
    if (at === undefined) return;
    const page = Math.max(1, Math.floor(this.#view.clientHeight / ROW_HEIGHT) - 1);
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -at,
      End: this.#items.length - 1 - at,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.#focus(at + step, step < 0 ? -1 : 1);
      return;
    }
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const item = this.#items[at]!;
    if (item.kind === 'series') return;
    const [thread] = item.row.threads as [number];
    const { moments } = this.#model.thread(thread);
    const last = moments.length - 1;
    this.#column = this.#column < 0 ? last : Math.min(last, Math.max(0, this.#column + (event.key === 'ArrowLeft' ? -1 : 1)));
    for (const [row, each] of this.#rows) this.#drawStrip(row, each);
    const dump = this.#model.seriesOf(thread).dumps[this.#column]!;
    announce(`${this.#model.dumpName(dump)}: ${this.#model.momentText(thread, this.#column)}`);
  }

  /** Puts the focus on a row, past headings in the given direction. */
  #focus(wanted: number, direction = 1): void {
    let at = Math.min(this.#items.length - 1, Math.max(0, wanted));
    if (this.#items[at]?.kind === 'series') at = this.#items[at + direction]?.kind === 'row' ? at + direction : at + 1;
    const top = at * ROW_HEIGHT;
    if (top < this.#view.scrollTop) this.#view.scrollTop = top;
    else if (top + ROW_HEIGHT > this.#view.scrollTop + this.#view.clientHeight)
      this.#view.scrollTop = top + ROW_HEIGHT - this.#view.clientHeight;
    this.#render();
    this.#rows.get(at)?.querySelector<HTMLElement>('a, button')?.focus({ preventScroll: true });
  }
}

function isSuspicious(model: Model, thread: number): boolean {
  const { verdict } = model.thread(thread);
  return verdict === 'stuck' || verdict === 'suspect';
}
