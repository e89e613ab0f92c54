import { fill, h } from './dom.js';
import type { Filter } from './filter.js';
import { threadLink } from './links.js';
import type { Model } from './model.js';
import { runsText } from './runs.js';
import { verdictBadge } from './timeline.js';

/** Rows put into the document at a time: more come as the reader asks. */
const STEP = 100;

const COLUMNS = ['verdict', 'thread', 'where', 'waits for', 'over the dumps', 'score'] as const;
type Column = (typeof COLUMNS)[number];

/** All threads as a table, sorted by any column. */
export function threads(model: Model, filter: Filter): HTMLElement {
  const element = h('div', {});
  let column: Column = 'score';
  let ascending = false;
  let most = STEP;
  const order = ['stuck', 'suspect', 'unknown', 'progressing', 'idle'];
  const keys: Readonly<Record<Column, (thread: number) => string | number>> = {
    verdict: (t) => order.indexOf(model.thread(t).verdict),
    thread: (t) => model.nameOf(t),
    where: (t) => model.spotText(model.lookAt(t)),
    'waits for': (t) => model.thread(t).wait?.kind ?? '~',
    'over the dumps': (t) => model.thread(t).still,
    score: (t) => model.thread(t).score,
  };
  const sorted = (): number[] => {
    const rows = model.data.threads.map((_, t) => t).filter((t) => filter.has(t));
    const key = keys[column];
    const values = new Map(rows.map((t) => [t, key(t)]));
    const sign = ascending ? 1 : -1;
    const compare = new Intl.Collator('en', { numeric: true }).compare;
    return rows.sort((a, b) => {
      const [x, y] = [values.get(a)!, values.get(b)!];
      return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : compare(String(x), String(y))) || a - b;
    });
  };
  const head = (name: Column): HTMLElement => {
    const own = name === column;
    const sort = (): void => {
      ascending = own ? !ascending : name !== 'score' && name !== 'over the dumps';
      column = name;
      render();
      element.querySelector<HTMLElement>(`[data-column="${name}"]`)?.focus();
    };
    return h(
      'th',
      { scope: 'col', 'aria-sort': own ? (ascending ? 'ascending' : 'descending') : false },
      h(
        'button',
        { type: 'button', class: 'sort', 'data-column': name, on: { click: sort } },
        name,
        h('span', { 'aria-hidden': 'true' }, own ? (ascending ? ' ▲' : ' ▼') : ''),
      ),
    );
  };
  const row = (t: number): HTMLElement => {
    const { verdict, wait, score } = model.thread(t);
    return h(
      'tr',
      {},
      h('td', {}, verdictBadge(verdict)),
      h('th', { scope: 'row' }, threadLink(model, t)),
      h('td', { class: 'where' }, model.spotText(model.lookAt(t))),
      h('td', {}, wait?.kind ?? ''),
      h('td', {}, runsText(model, t)),
      h('td', { class: 'number' }, score.toFixed(2)),
    );
  };
  const render = (): void => {
    const rows = sorted();
    const body = h('tbody', {}, ...rows.slice(0, most).map(row));
    const more =
      rows.length > most
        ? h(
            'button',
            {
              type: 'button',
              on: {
                click: () => {
                  most += 5 * STEP;
                  render();
                },
              },
            },
            `Show more (${Math.min(most, rows.length).toLocaleString('en')} of ${rows.length.toLocaleString('en')})`,
          )
        : null;
    fill(
      element,
      rows.length === 0
        ? h('p', { class: 'muted' }, 'no thread matches')
        : h(
            'div',
            { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'list of threads' },
            h('table', { class: 'plain threads-table' }, h('thead', {}, h('tr', {}, ...COLUMNS.map(head))), body),
          ),
      more,
    );
  };
  filter.onChange(() => {
    most = STEP;
    render();
  });
  render();
  return element;
}
