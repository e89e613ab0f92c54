import { announce, colour, count, fill, h, sizeCanvas } from './dom.js';
import { callTree, heaviest, type CallTree } from './call-tree.js';
import type { Filter } from './filter.js';
import { placeLink } from './links.js';
import type { Model } from './model.js';

const ROW = 20;
/** Boxes narrower than this are not drawn. */
const LEAST_WIDTH = 0.6;
/** Deeper stacks are seen by opening a box: a canvas has a largest size. */
const MOST_DEPTH = 120;
const MOST_FUNCTIONS = 25;
const ORIGIN_NAMES = ['application', 'library', 'standard', 'runtime'] as const;

interface Box {
  readonly row: number;
  readonly x: number;
  readonly width: number;
  readonly level: number;
}

/** All stacks as one picture: a box is a call, as wide as the samples (threads × dumps) that stand in it, callers on top. */
export class Flame {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #filter: Filter;
  readonly #canvas: HTMLCanvasElement;
  readonly #scope: HTMLSelectElement;
  readonly #merged: HTMLInputElement;
  readonly #idle: HTMLInputElement;
  readonly #told: HTMLElement;
  readonly #table: HTMLElement;
  readonly #tip: HTMLElement;
  #tree: CallTree | null = null;
  #boxes: Box[] = [];
  /** The box that takes the whole width. */
  #root = 0;
  #cursor = 0;

  constructor(model: Model, filter: Filter) {
    this.#model = model;
    this.#filter = filter;
    const rebuild = (): void => {
      this.#build();
      this.redraw();
    };
    this.#scope = h(
      'select',
      { id: 'flame-scope', on: { change: rebuild } },
      h('option', { value: 'all' }, `all ${count(model.data.dumps.length, 'dump')}`),
      ...model.data.dumps.slice(-500).map((_, i) => {
        const dump = i + Math.max(0, model.data.dumps.length - 500);
        return h('option', { value: dump }, model.dumpName(dump));
      }),
    );
    this.#merged = h('input', { type: 'checkbox', id: 'flame-merged', checked: true, on: { change: rebuild } });
    this.#idle = h('input', { type: 'checkbox', id: 'flame-idle', on: { change: rebuild } });
    this.#told = h('p', { class: 'told', id: 'flame-told' });
    this.#tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
    this.#table = h('div', {});
    this.#canvas = h('canvas', {
      class: 'flame',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': 'flame graph',
      'aria-label':
        'flame graph: down and up go to what is called and to the caller, left and right to its neighbours, Enter opens a box, Escape closes it',
      on: {
        keydown: (event) => this.#key(event),
        click: (event) => this.#click(event),
        mousemove: (event) => this.#hover(event),
        mouseleave: () => (this.#tip.hidden = true),
        blur: () => this.redraw(),
        focus: () => this.redraw(),
      },
    });
    this.element = h(
      'div',
      {},
      h(
        'p',
        { class: 'controls' },
        h('label', { for: 'flame-scope' }, 'samples of'),
        this.#scope,
        this.#merged,
        h('label', { for: 'flame-merged' }, 'one box for a function, whatever its line'),
        this.#idle,
        h('label', { for: 'flame-idle' }, 'with idle threads'),
        h('button', { type: 'button', on: { click: () => this.#open(0) } }, 'Whole graph'),
      ),
      this.#told,
      h('div', { class: 'flame-box' }, this.#canvas, this.#tip),
      this.#table,
    );
    filter.onChange(rebuild);
    this.#build();
    let width = 0;
    new ResizeObserver(() => {
      if (this.#canvas.parentElement!.clientWidth === width) return;
      width = this.#canvas.parentElement!.clientWidth;
      this.redraw();
    }).observe(this.#canvas.parentElement!);
  }

  #build(): void {
    const samples = this.#samples();
    this.#tree = callTree(this.#model, samples, this.#merged.checked);
    this.#root = 0;
    this.#cursor = 0;
    const heavy = heaviest(this.#model, this.#tree, MOST_FUNCTIONS);
    const all = this.#tree.total[0]!;
    const share = (n: number): string => `${((100 * n) / Math.max(1, all)).toFixed(1)} %`;
    fill(
      this.#table,
      h(
        'details',
        {},
        h('summary', {}, 'Functions in which most samples stand'),
        h(
          'table',
          { class: 'plain' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'function'),
              h('th', { scope: 'col', class: 'number' }, 'on top'),
              h('th', { scope: 'col', class: 'number' }, 'on the stack'),
            ),
          ),
          h(
            'tbody',
            {},
            ...heavy.map(({ frame, self, total }) =>
              h(
                'tr',
                {},
                h(
                  'th',
                  { scope: 'row' },
                  h('span', { class: 'function' }, this.#model.functionOf(frame)),
                  ' ',
                  placeLink(this.#model, frame),
                ),
                h('td', { class: 'number' }, share(self)),
                h('td', { class: 'number' }, share(total)),
              ),
            ),
          ),
        ),
      ),
    );
  }

  /** Per stack: in how many samples it is. */
  #samples(): Float64Array {
    const { stacks, dumps, threads, series } = this.#model.data;
    const samples = new Float64Array(stacks.length);
    const only = this.#scope.value === 'all' ? -1 : Number(this.#scope.value);
    for (const one of series) {
      for (let t = one.threads[0]; t < one.threads[1]; t++) {
        if (!this.#filter.has(t)) continue;
        if (!this.#idle.checked && threads[t]!.verdict === 'idle') continue;
        const { first, seen } = threads[t]!;
        for (const [i, place] of seen.entries()) {
          const dump = one.dumps[first + i]!;
          if (place >= 0 && (only === -1 || only === dump)) samples[dumps[dump]!.stack[place]!]!++;
        }
      }
    }
    return samples;
  }

  redraw(): void {
    const tree = this.#tree!;
    const width = Math.max(200, this.#canvas.parentElement!.clientWidth);
    this.#boxes = this.#layout(width);
    const levels = this.#boxes.reduce((deepest, { level }) => Math.max(deepest, level), 0) + 1;
    const context = sizeCanvas(this.#canvas, width, levels * ROW);
    context.clearRect(0, 0, width, levels * ROW);
    context.font = `12px ${getComputedStyle(this.#canvas).fontFamily}`;
    context.textBaseline = 'middle';
    const fills = ORIGIN_NAMES.map((name) => colour(`flame-${name}`));
    const [ink, root, edge, mark, cursor] = ['flame-ink', 'flame-root', 'bg', 'flame-mark', 'accent'].map(colour) as [
      string,
      string,
      string,
      string,
      string,
    ];
    for (const box of this.#boxes) {
      const frame = tree.frame[box.row]!;
      const marked = frame !== -1 && this.#filter.marks(frame);
      context.fillStyle = frame === -1 ? root : marked ? mark : fills[this.#model.data.frames.origin[frame]!]!;
      const gap = box.width > 3 ? 1 : 0;
      context.fillRect(box.x, box.level * ROW, box.width - gap, ROW - 1);
      if (box.width > 30) {
        context.fillStyle = ink;
        context.fillText(cutTo(context, this.#label(box.row), box.width - 8), box.x + 4, box.level * ROW + ROW / 2);
      }
      if (box.row === this.#cursor && document.activeElement === this.#canvas) {
        context.strokeStyle = cursor;
        context.lineWidth = 2;
        context.strokeRect(box.x + 1, box.level * ROW + 1, Math.max(2, box.width - 2), ROW - 3);
      }
    }
    context.strokeStyle = edge;
    const all = tree.total[0]!;
    fill(this.#told, all === 0 ? 'No samples: all threads are idle or hidden by the search.' : this.#tell(this.#root));
  }

  #layout(width: number): Box[] {
    const tree = this.#tree!;
    const boxes: Box[] = [];
    // what called the open box, each over the whole width
    const above: number[] = [];
    for (let row = this.#root; row !== -1; row = tree.parent[row]!) above.unshift(row);
    for (const [level, row] of above.entries()) boxes.push({ row, x: 0, width, level });
    const waiting: Box[] = [{ row: this.#root, x: 0, width, level: above.length - 1 }];
    for (let box = waiting.pop(); box !== undefined; box = waiting.pop()) {
      let { x } = box;
      const scale = box.width / Math.max(1, tree.total[box.row]!);
      if (box.level - above.length >= MOST_DEPTH) continue;
      for (let i = tree.start[box.row]!; i < tree.start[box.row + 1]!; i++) {
        const row = tree.children[i]!;
        const inner = { row, x, width: tree.total[row]! * scale, level: box.level + 1 };
        if (inner.width < LEAST_WIDTH) break;
        boxes.push(inner);
        waiting.push(inner);
        x += inner.width;
      }
    }
    return boxes;
  }

  #label(row: number): string {
    const frame = this.#tree!.frame[row]!;
    if (frame === -1) return `all: ${count(this.#tree!.total[0]!, 'sample')}`;
    return this.#merged.checked
      ? `${this.#model.functionOf(frame)} ${this.#model.shortPlaceOf(frame).replace(/:\d+(?::\d+)?$/, '')}`
      : this.#model.spotText(frame);
  }

  #tell(row: number): string {
    const tree = this.#tree!;
    const [total, all] = [tree.total[row]!, tree.total[0]!];
    if (row === 0) return `${count(all, 'sample')}: a sample is a thread in a dump`;
    return `${this.#label(row)}: ${count(total, 'sample')}, ${((100 * total) / Math.max(1, all)).toFixed(1)} % of all, ${count(tree.self[row]!, 'sample')} stand here`;
  }

  #open(row: number): void {
    this.#root = row;
    this.#cursor = row;
    this.redraw();
  }

  #boxAt(event: MouseEvent): Box | undefined {
    const level = Math.floor(event.offsetY / ROW);
    return this.#boxes.find((box) => box.level === level && event.offsetX >= box.x && event.offsetX < box.x + box.width);
  }

  #click(event: MouseEvent): void {
    const box = this.#boxAt(event);
    if (box) this.#open(box.row);
  }

  #hover(event: MouseEvent): void {
    const box = this.#boxAt(event);
    this.#tip.hidden = box === undefined;
    if (box === undefined) return;
    const frame = this.#tree!.frame[box.row]!;
    fill(this.#tip, h('strong', {}, this.#tell(box.row)), frame === -1 ? null : h('div', {}, this.#model.placeOf(frame)));
    const most = this.#canvas.clientWidth - this.#tip.offsetWidth;
    this.#tip.style.setProperty('left', `${Math.max(0, Math.min(most, event.offsetX + 12))}px`);
    this.#tip.style.setProperty('top', `${event.offsetY + 18}px`);
  }

  #key(event: KeyboardEvent): void {
    const tree = this.#tree!;
    const row = this.#cursor;
    const siblings = (of: number): Int32Array => tree.children.subarray(tree.start[of], tree.start[of + 1]);
    let next: number | undefined;
    if (event.key === 'ArrowDown') next = siblings(row)[0];
    else if (event.key === 'ArrowUp') next = row === 0 ? undefined : tree.parent[row]!;
    else if ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && row !== 0) {
      const around = siblings(tree.parent[row]!);
      next = around[around.indexOf(row) + (event.key === 'ArrowLeft' ? -1 : 1)];
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.#open(row);
      announce(`opened ${this.#tell(row)}`);
      return;
    } else if (event.key === 'Escape') {
      this.#open(0);
      return;
    } else return;
    event.preventDefault();
    if (next === undefined) return;
    this.#cursor = next;
    // a box outside of the open one, or too narrow to be drawn, opens its caller
    if (!this.#boxes.some((box) => box.row === next)) this.#root = Math.max(0, tree.parent[next]!);
    this.redraw();
    announce(this.#tell(next));
  }
}

function cutTo(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = Math.max(0, Math.floor((width / context.measureText(text).width) * text.length) - 1);
  return letters < 2 ? '' : `${text.slice(0, letters)}…`;
}
