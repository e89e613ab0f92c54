import { readAddress, writeAddress } from './address.js';
import { names, waitText } from './answer.js';
import { count, duration, fill, h } from './dom.js';
import type { Filter } from './filter.js';
import { placeLink } from './links.js';
import type { Model, Stay } from './model.js';
import { stackView } from './stack-view.js';
import { verdictBadge } from './timeline.js';
import { VERDICT_MEANINGS } from './words.js';

const MOST_STAYS = 400;

/** All that is known of one thread, over the page: what is said of it and why, and its stack in each dump. */
export class ThreadWindow {
  readonly element: HTMLDialogElement;
  readonly #model: Model;
  readonly #filter: Filter;
  #thread = -1;
  /** Place in the series' dumps. */
  #at = 0;

  constructor(model: Model, filter: Filter) {
    this.#model = model;
    this.#filter = filter;
    this.element = h('dialog', {
      class: 'thread-window',
      'aria-labelledby': 'thread-title',
      on: {
        close: () => {
          writeAddress({ thread: null, dump: null });
        },
        // a click beside the window
        click: (event) => {
          if (event.target === this.element) this.element.close();
        },
        keydown: (event) => this.#key(event),
      },
    });
  }

  /** @param at place in the series' dumps; null: the newest that shows the thread */
  open(thread: number, at: number | null): void {
    if (!Number.isInteger(thread) || thread < 0 || thread >= this.#model.data.threads.length) return;
    this.#thread = thread;
    const newest = this.#model.newest(thread);
    this.#at = at !== null && this.#model.stackAt(thread, at) >= 0 ? at : newest;
    this.#render();
    if (!this.element.open) this.element.showModal();
    this.element.scrollTop = 0;
  }

  close(): void {
    if (this.element.open) this.element.close();
  }

  #render(): void {
    const model = this.#model;
    const t = this.#thread;
    const thread = model.thread(t);
    const series = model.seriesOf(t);
    const state = model.stateAt(t, this.#at);
    const blocks = model.blocks(t);
    const facts: [string, Node | string][] = [];
    if (thread.ids !== undefined) facts.push(['ids', thread.ids.join(', ')]);
    if (model.data.series.length > 1) facts.push(['process', series.name]);
    if (thread.wait !== null) facts.push(['waits for', waitText(thread.wait)]);
    if (thread.blockedBy.length > 0) facts.push(['waits for the thread', names(model, thread.blockedBy)]);
    if (blocks.length > 0) facts.push([`${count(blocks.length, 'thread waits', 'threads wait')} for it`, names(model, blocks)]);
    const frame = thread.frame;
    fill(
      this.element,
      h(
        'header',
        {},
        h(
          'h2',
          { id: 'thread-title' },
          verdictBadge(thread.verdict),
          ' ',
          model.fullNameOf(t),
          thread.role === null ? null : h('span', { class: 'role' }, ` ${thread.role}`),
        ),
        h('button', { type: 'button', class: 'close', 'aria-label': 'close', on: { click: () => this.element.close() } }, '×'),
      ),
      h('p', { class: 'muted' }, `${thread.verdict}: ${VERDICT_MEANINGS[thread.verdict]} · score ${thread.score.toFixed(2)}`),
      frame === null
        ? null
        : h('p', { class: 'spot' }, h('span', { class: 'function' }, model.functionOf(frame)), ' ', placeLink(model, frame)),
      facts.length === 0 ? null : h('dl', { class: 'facts' }, ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
      h('h3', {}, 'Why'),
      h('ul', { class: 'evidence' }, ...thread.evidence.map((text) => h('li', {}, text))),
      thread.signals === undefined ? null : this.#weights(thread.signals),
      thread.next === null ? null : h('p', { class: 'next' }, h('strong', {}, 'Next: '), thread.next),
      h('h3', {}, 'Stack in ', model.dumpName(series.dumps[this.#at]!)),
      this.#steps(),
      ...this.#stateNotes(state),
      stackView(model, Math.max(0, model.stackAt(t, this.#at)), {
        look: thread.verdict === 'stuck' || thread.verdict === 'suspect' ? frame : null,
        open: true,
        marks: (row) => this.#filter.marks(row),
        locals: this.#at === model.newest(t) ? thread.locals : undefined,
      }),
      thread.native === undefined || this.#at !== model.newest(t) ? null : this.#native(thread.native),
      h('h3', {}, 'Where it was'),
      this.#stays(),
    );
  }

  #weights(signals: readonly { readonly name: string; readonly weight: number; readonly text: string | null }[]): HTMLElement {
    return h(
      'details',
      {},
      h('summary', {}, 'Every reason with its weight'),
      h(
        'table',
        { class: 'plain' },
        h('thead', {}, h('tr', {}, h('th', { scope: 'col', class: 'number' }, 'weight'), h('th', { scope: 'col' }, 'reason'))),
        h(
          'tbody',
          {},
          ...signals.map(({ name, weight, text }) =>
            h('tr', {}, h('td', { class: 'number' }, `${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(2)}`), h('td', {}, text ?? name)),
          ),
        ),
      ),
    );
  }

  #steps(): HTMLElement {
    const { dumps } = this.#model.seriesOf(this.#thread);
    const button = (label: string, to: number): HTMLElement => {
      const there = to >= 0 && to < dumps.length && this.#model.stackAt(this.#thread, to) >= 0;
      return h('button', { type: 'button', disabled: !there, on: { click: () => this.#go(to, label) } }, label);
    };
    return h(
      'p',
      { class: 'controls' },
      button('← Earlier', this.#at - 1),
      button('Later →', this.#at + 1),
      h('span', { class: 'muted' }, `${this.#at + 1} of ${dumps.length}: ${this.#model.momentText(this.#thread, this.#at)}`),
    );
  }

  #go(to: number, label: string | null): void {
    if (this.#model.stackAt(this.#thread, to) < 0) return;
    this.#at = to;
    writeAddress({ thread: String(this.#thread), dump: String(to) });
    const top = this.element.scrollTop;
    this.#render();
    this.element.scrollTop = top;
    if (label === null) return;
    const same = [...this.element.querySelectorAll('button')].find((button) => button.textContent === label);
    (same?.disabled === false ? same : this.element.querySelector<HTMLElement>('.controls button:not([disabled])'))?.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || (event.target as Element).closest('input, select, pre') !== null) return;
    if (event.key === 'ArrowLeft') this.#go(this.#at - 1, '← Earlier');
    else if (event.key === 'ArrowRight') this.#go(this.#at + 1, 'Later →');
    else return;
    event.preventDefault();
  }

  #stateNotes({ current, truncated, activity, marks, notes }: ReturnType<Model['stateAt']>): HTMLElement[] {
    const said = [
      ...(current ? ['the dump marks it as the current thread'] : []),
      ...(truncated === 'marked' ? ['the dump cut this stack short'] : truncated === 'likely' ? ['this stack is probably cut short'] : []),
      ...(activity === undefined || activity === 'unknown' ? [] : [activity]),
      ...(marks ?? []),
      ...(notes ?? []),
    ];
    return said.length === 0 ? [] : [h('p', { class: 'muted' }, said.join(' · '))];
  }

  #native(frames: readonly { readonly symbol: string | null; readonly module: string | null }[]): HTMLElement {
    return h(
      'details',
      {},
      h('summary', {}, count(frames.length, 'native frame')),
      h(
        'ol',
        { class: 'stack' },
        ...frames.map(({ symbol, module }) =>
          h('li', { class: 'lib' }, h('span', { class: 'function' }, symbol ?? '??'), ' ', h('span', { class: 'place' }, module ?? '')),
        ),
      ),
    );
  }

  #stays(): HTMLElement {
    const stays = this.#model.stays(this.#thread);
    return h(
      'ol',
      { class: 'stays' },
      ...stays.slice(-MOST_STAYS).map((stay) => this.#stay(stay)),
      stays.length > MOST_STAYS ? h('li', { class: 'muted' }, `the newest ${MOST_STAYS} of ${stays.length}`) : null,
    );
  }

  #stay({ from, to, stack }: Stay): HTMLElement {
    const model = this.#model;
    const { dumps } = model.seriesOf(this.#thread);
    const [begin, end] = [model.data.dumps[dumps[from]!]!.time, model.data.dumps[dumps[to]!]!.time];
    const time = from !== to && begin !== null && end !== null ? ` (${duration((end - begin) / 1000)})` : '';
    const which =
      from === to ? model.dumpName(dumps[from]!) : `${count(to - from + 1, 'dump')}, ${dumps[from]! + 1} to ${dumps[to]! + 1}${time}`;
    const here = this.#at >= from && this.#at <= to;
    return h(
      'li',
      { 'aria-current': here ? 'true' : false },
      h('button', { type: 'button', class: 'link', on: { click: () => this.#go(to, null) } }, which),
      ` ${stack === 0 ? 'no stack' : model.spotText(model.spotOf(stack))}`,
    );
  }
}

/** Opens what the fragment names. */
export function openFromAddress(window: ThreadWindow): void {
  const { values } = readAddress();
  const thread = values.get('thread');
  if (thread === null) window.close();
  else window.open(Number(thread), values.has('dump') ? Number(values.get('dump')) : null);
}
