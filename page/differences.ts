import { DumpDiffs, type DumpDiff } from '../src/analysis/diff.js';
import { groupChanges, type ChangeGroup } from '../src/analysis/diff-groups.js';
import type { FrameOp } from '../src/analysis/frame-diff.js';
import { writeAddress } from './address.js';
import { count, fill, h } from './dom.js';
import { PageDumpSet } from './dump-set.js';
import { placeLink } from './links.js';
import type { Model } from './model.js';

const MOST_GROUPS = 60;
/** Groups that are open at first. */
const MOST_OPEN = 6;
const MOST_NAMES = 6;
/** Dumps that the lists offer. */
const MOST_OFFERED = 2_000;

const MARKS = { same: ' ', line: '~', added: '+', removed: '−' } as const;
const OP_WORDS = { same: '', line: 'other line', added: 'added', removed: 'removed' } as const;

/** What changed between any two dumps. */
export class Differences {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #old: HTMLSelectElement;
  readonly #new: HTMLSelectElement;
  readonly #body: HTMLElement;
  /** Made when it is first asked for: it holds all dumps once more. */
  #dumps: PageDumpSet | null = null;
  #diffs: DumpDiffs | null = null;

  constructor(model: Model) {
    this.#model = model;
    const [first = 0] = usual(model);
    const options = (chosen: number): HTMLOptionElement[] =>
      model.data.dumps.slice(-MOST_OFFERED).map((dump, i) => {
        const index = i + Math.max(0, model.data.dumps.length - MOST_OFFERED);
        return h(
          'option',
          { value: index, selected: index === chosen },
          `${model.dumpName(index)}, ${model.data.sources[dump.source]?.path.replace(/^.*[/\\]/, '') ?? ''}:${dump.line}`,
        );
      });
    const changed = (): void => {
      writeAddress({ diff: `${this.#old.value},${this.#new.value}` });
      this.render();
    };
    this.#old = h('select', { id: 'diff-old', on: { change: changed } }, ...options(first));
    this.#new = h('select', { id: 'diff-new', on: { change: changed } }, ...options(usual(model)[1] ?? 0));
    this.#body = h('div', {});
    const step = (by: number): void => {
      const to = Number(this.#new.value) + by;
      if (to < 1 || to >= model.data.dumps.length) return;
      this.show(to - 1, to);
      changed();
    };
    this.element = h(
      'div',
      {},
      h(
        'p',
        { class: 'controls' },
        h('label', { for: 'diff-old' }, 'from'),
        this.#old,
        h('label', { for: 'diff-new' }, 'to'),
        this.#new,
        h('button', { type: 'button', on: { click: () => step(-1) } }, '← Earlier pair'),
        h('button', { type: 'button', on: { click: () => step(1) } }, 'Later pair →'),
      ),
      this.#body,
    );
  }

  show(old: number, fresh: number): void {
    const has = (dump: number): boolean => Number.isInteger(dump) && dump >= 0 && dump < this.#model.data.dumps.length;
    if (!has(old) || !has(fresh)) return;
    this.#old.value = String(old);
    this.#new.value = String(fresh);
    this.render();
  }

  render(): void {
    const [old, fresh] = [Number(this.#old.value), Number(this.#new.value)];
    if (old === fresh) {
      fill(this.#body, h('p', { class: 'muted' }, 'choose two dumps'));
      return;
    }
    this.#dumps ??= new PageDumpSet(this.#model);
    this.#diffs ??= new DumpDiffs(this.#dumps.set, {}, this.#dumps.series);
    const diff = this.#diffs.of({ old, new: fresh });
    const dumps = this.#dumps;
    const isApplication = (frame: number): boolean => {
      const row = dumps.pageFrame(frame);
      return row !== -1 && this.#model.isApplication(row);
    };
    const found = groupChanges(dumps.set, this.#diffs, diff, { isApplication });
    const counts = new Map<string, number>();
    for (const { status } of diff.threads) counts.set(status, (counts.get(status) ?? 0) + 1);
    const summary = ['moved', 'appeared', 'vanished', 'unchanged'].flatMap((status) =>
      counts.has(status) ? [`${counts.get(status)!.toLocaleString('en')} ${status}`] : [],
    );
    fill(
      this.#body,
      h(
        'p',
        {},
        h('strong', {}, summary.length === 0 ? 'no threads' : summary.join(', ')),
        diff.sameProcess ? '' : '; two processes or runs: threads are matched by name and stack',
        diff.unseen.length > 0 ? `; of ${count(diff.unseen.length, 'thread')} it cannot be told, because a dump does not show all` : '',
      ),
      ...found.slice(0, MOST_GROUPS).map((group, i) => this.#group(diff, group, i < MOST_OPEN)),
      found.length > MOST_GROUPS ? h('p', { class: 'muted' }, `and ${found.length - MOST_GROUPS} more groups`) : null,
    );
  }

  #group(diff: DumpDiff, group: ChangeGroup, open: boolean): HTMLElement {
    const [first] = group.members;
    const ops = group.status === 'unchanged' ? [] : diff.frames.of(group.oldStack, group.newStack);
    const who = group.members.slice(0, MOST_NAMES).map(({ old, new: fresh }) => {
      const thread = fresh === null ? this.#dumps!.set.dumps[diff.old]!.threads[old!]! : this.#dumps!.set.dumps[diff.new]!.threads[fresh]!;
      return thread.name ?? thread.id ?? 'a thread without id';
    });
    const spot = first === undefined ? '' : this.#spot(group);
    return h(
      'details',
      { class: `change ${group.status}`, open: open && group.status !== 'unchanged' && !group.linesOnly },
      h(
        'summary',
        {},
        h('strong', {}, `${count(group.members.length, 'thread')} ${group.status}${group.linesOnly ? ', at other lines' : ''}`),
        spot === '' ? '' : ` ${spot}`,
      ),
      h('p', { class: 'muted' }, who.join(', '), group.members.length > MOST_NAMES ? ` and ${group.members.length - MOST_NAMES} more` : ''),
      h('ol', { class: 'stack ops' }, ...ops.map((op) => this.#op(op))),
    );
  }

  #spot({ status, oldStack, newStack }: ChangeGroup): string {
    const text = (stack: number): string => {
      const frames = Array.from(this.#dumps!.set.stacks.frames(stack), (frame) => this.#dumps!.pageFrame(frame));
      const frame = frames.find((row) => row !== -1 && this.#model.isApplication(row)) ?? frames[0] ?? -1;
      return this.#model.spotText(frame);
    };
    if (status === 'appeared') return `in ${text(newStack)}`;
    if (status === 'vanished' || status === 'unchanged') return `in ${text(oldStack)}`;
    return `from ${text(oldStack)} to ${text(newStack)}`;
  }

  #op({ op, frame, old }: FrameOp): HTMLElement {
    const row = this.#dumps!.pageFrame(frame);
    const before = op === 'line' && old !== null ? this.#dumps!.set.frames.lineOf(old) : null;
    const { function: fn } = this.#dumps!.set.frames.get(frame);
    const content = [
      h('span', { class: 'function' }, fn ?? '(anonymous)'),
      ' ',
      row === -1 ? '' : placeLink(this.#model, row),
      before === null ? '' : h('span', { class: 'muted' }, ` before at line ${before}`),
    ];
    const mark = h('span', { class: 'mark' }, h('span', { 'aria-hidden': 'true' }, MARKS[op]), h('span', { class: 'sr' }, OP_WORDS[op]));
    const text = op === 'added' ? h('ins', {}, ...content) : op === 'removed' ? h('del', {}, ...content) : h('span', {}, ...content);
    return h('li', { class: `op-${op} ${row !== -1 && this.#model.isApplication(row) ? 'own' : 'lib'}` }, mark, text);
  }
}

/** First and last dump of the series with the worst verdict: what became of the threads in all that time. */
function usual(model: Model): [number, number] | [] {
  const series = [...model.data.series].sort((a, b) => Number(b.dumps.length > 1) - Number(a.dumps.length > 1))[0];
  if (series === undefined || series.dumps.length < 2)
    return model.data.dumps.length > 1 ? [model.data.dumps.length - 2, model.data.dumps.length - 1] : [];
  return [series.dumps[0]!, series.dumps.at(-1)!];
}
