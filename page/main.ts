/**
 * The script of the report page. It reads the document that the page carries (`PageData`) and builds all views of it; the
 * page works from a file, without network, and runs nothing that a dump says.
 */
import type { PageData, PageThreadVerdict } from '../src/report/html/page-data.js';
import { readAddress, writeAddress } from './address.js';
import { answer } from './answer.js';
import { Differences } from './differences.js';
import { announce, count, fill, h } from './dom.js';
import { Filter, VERDICTS } from './filter.js';
import { Flame } from './flame.js';
import { groups } from './groups.js';
import { inputs, leftOut } from './inputs.js';
import { Model } from './model.js';
import { ThreadWindow, openFromAddress } from './thread-window.js';
import { threads } from './threads.js';
import { Timeline } from './timeline.js';
import { waits } from './waits.js';
import { VERDICT_SIGNS } from './words.js';

const SEARCH_DELAY = 120;

interface Section {
  readonly id: string;
  readonly title: string;
  /** Null: there is nothing to show. */
  readonly make: () => HTMLElement | null;
  /** Made at once; the others when they come near to what is seen. */
  readonly first?: boolean;
}

function start(): void {
  performance.mark('start');
  const model = new Model(JSON.parse(document.getElementById('data')!.textContent) as PageData);
  performance.mark('model');
  const filter = new Filter(model);
  const window_ = new ThreadWindow(model, filter);
  let timeline: Timeline | null = null;
  let flame: Flame | null = null;
  const differences = new Differences(model);
  const sections: readonly Section[] = [
    { id: 'answer', title: 'Answer', first: true, make: () => answer(model) },
    { id: 'timeline', title: 'Timeline', first: true, make: () => (timeline = new Timeline(model, filter)).element },
    { id: 'waits', title: 'Who waits for whom', first: true, make: () => waits(model) },
    { id: 'groups', title: 'Stack groups', make: () => groups(model, filter) },
    { id: 'flame', title: 'All stacks', make: () => (flame = new Flame(model, filter)).element },
    {
      id: 'diff',
      title: 'What changed',
      make: () => {
        if (model.data.dumps.length < 2) return null;
        differences.render();
        return differences.element;
      },
    },
    { id: 'threads', title: 'Threads', make: () => threads(model, filter) },
    { id: 'inputs', title: 'Dumps', make: () => inputs(model) },
  ];
  const main = document.getElementById('main')!;
  const shells = new Map<string, { shell: HTMLElement; make: () => void }>();
  const nav: HTMLElement[] = [];
  for (const { id, title, make, first } of sections) {
    const shell = h('section', { id, 'aria-labelledby': `${id}-title`, tabindex: -1 }, h('h2', { id: `${id}-title` }, title));
    let made = false;
    const fillShell = (): void => {
      if (made) return;
      made = true;
      const content = make();
      if (content === null) shell.hidden = true;
      else shell.append(content);
    };
    main.append(shell);
    shells.set(id, { shell, make: fillShell });
    if (first) fillShell();
    else shell.classList.add('later');
    if (!shell.hidden && !(id === 'diff' && model.data.dumps.length < 2)) nav.push(h('li', {}, h('a', { href: `#${id}` }, title)));
  }
  fill(document.getElementById('nav')!, h('ul', {}, ...nav));
  document.getElementById('notes')!.append(...leftOut(model));
  document.body.append(window_.element);
  search(model, filter);
  scheme(() => {
    timeline?.redraw();
    flame?.redraw();
  });

  const open = (id: string): void => {
    const section = shells.get(id);
    if (section === undefined) return;
    // what stands above has to be there for the place to be right
    for (const [name, { make }] of shells) {
      make();
      if (name === id) break;
    }
    section.shell.scrollIntoView();
    section.shell.focus({ preventScroll: true });
  };
  const follow = (): void => {
    const { section, values } = readAddress();
    if (section !== null) open(section);
    const pair = /^(\d+),(\d+)$/.exec(values.get('diff') ?? '');
    if (pair !== null) {
      differences.show(Number(pair[1]), Number(pair[2]));
      if (!values.has('thread')) open('diff');
    }
    openFromAddress(window_);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        shells.get(target.id)?.make();
        observer.unobserve(target);
      }
    },
    { rootMargin: '600px' },
  );
  for (const { shell } of shells.values()) observer.observe(shell);
  addEventListener('hashchange', follow);
  addEventListener('beforeprint', () => {
    for (const { make } of shells.values()) make();
  });
  follow();
  document.documentElement.dataset['ready'] = 'true';
  performance.mark('usable');
}

/** The search field and the verdicts, in the page's head. */
function search(model: Model, filter: Filter): void {
  const field = h('input', {
    type: 'search',
    id: 'search',
    placeholder: 'thread, function, file …',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const told = h('span', { class: 'muted', id: 'search-told' });
  const counts = new Map<PageThreadVerdict, number>();
  for (const { verdict } of model.data.threads) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const chosen = new Set<PageThreadVerdict>();
  const apply = (): void => {
    filter.set(field.value, chosen);
    const text = filter.active ? `${filter.shown.toLocaleString('en')} of ${count(model.data.threads.length, 'thread')}` : '';
    fill(told, text);
    announce(text);
    writeAddress({ q: field.value, verdict: [...chosen].join(',') });
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, SEARCH_DELAY);
  });
  const chips = VERDICTS.flatMap((verdict) => {
    const n = counts.get(verdict);
    if (n === undefined) return [];
    const chip = h(
      'button',
      { type: 'button', class: `chip v-${verdict}`, 'aria-pressed': 'false' },
      h('span', { 'aria-hidden': 'true' }, `${VERDICT_SIGNS[verdict]} `),
      `${verdict} ${n.toLocaleString('en')}`,
    );
    const press = (on: boolean): void => {
      if (on) chosen.add(verdict);
      else chosen.delete(verdict);
      chip.setAttribute('aria-pressed', String(on));
    };
    chip.addEventListener('click', () => {
      press(!chosen.has(verdict));
      apply();
    });
    return { verdict, chip, press };
  });
  fill(
    document.getElementById('tools')!,
    h('label', { class: 'sr', for: 'search' }, 'Search threads, functions and files'),
    field,
    h('span', { class: 'chips', role: 'group', 'aria-label': 'verdicts to show' }, ...chips.map(({ chip }) => chip)),
    told,
  );
  addEventListener('keydown', (event) => {
    if (
      event.key !== '/' ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      (event.target as Element).closest('input, select, dialog') !== null
    )
      return;
    event.preventDefault();
    field.focus();
  });
  const { values } = readAddress();
  field.value = values.get('q') ?? '';
  for (const { verdict, press } of chips) if ((values.get('verdict') ?? '').split(',').includes(verdict)) press(true);
  if (field.value !== '' || chosen.size > 0) apply();
}

/** Light or dark, as the system says or the reader chooses; drawings are made anew. */
function scheme(redraw: () => void): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = (): boolean => (root.dataset['scheme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const button = h('button', { type: 'button', class: 'scheme' });
  const name = (): void => fill(button, isDark() ? 'Light' : 'Dark');
  button.addEventListener('click', () => {
    root.dataset['scheme'] = isDark() ? 'light' : 'dark';
    name();
    redraw();
  });
  system.addEventListener('change', () => {
    name();
    redraw();
  });
  name();
  document.getElementById('tools')!.append(button);
}

start();
