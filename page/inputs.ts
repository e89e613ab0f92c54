import { count, h } from './dom.js';
import type { Model } from './model.js';

const MOST_DUMPS = 200;
const MOST_WARNINGS = 100;

/** The dumps and where they stood, and what was noticed in the inputs. */
export function inputs(model: Model): HTMLElement {
  const { data } = model;
  const from = Math.max(0, data.dumps.length - MOST_DUMPS);
  const warnings = data.sources.flatMap(({ path, warnings: list }) => list.map((warning) => ({ path, ...warning })));
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'list of dumps' },
      h(
        'table',
        { class: 'plain' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...['dump', 'time', 'input', 'format', 'process', 'threads', 'why it was made'].map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h(
          'tbody',
          {},
          ...data.dumps
            .slice(from)
            .map((dump, i) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, String(from + i + 1)),
                h('td', {}, dump.timeText),
                h('td', { class: 'place' }, `${data.sources[dump.source]?.path ?? ''}:${dump.line}`),
                h('td', {}, dump.format),
                h('td', {}, [dump.origin, dump.pid === null ? null : `pid ${dump.pid}`].filter(Boolean).join(', ')),
                h('td', { class: 'number' }, `${dump.who.length.toLocaleString('en')}${dump.threadsCut ? ' (cut)' : ''}`),
                h('td', {}, dump.reason?.text ?? ''),
              ),
            ),
        ),
      ),
    ),
    from > 0 ? h('p', { class: 'muted' }, `the newest ${MOST_DUMPS} of ${data.dumps.length}`) : null,
    warnings.length === 0
      ? null
      : h(
          'details',
          {},
          h('summary', {}, count(warnings.length, 'warning')),
          h(
            'ul',
            {},
            ...warnings
              .slice(0, MOST_WARNINGS)
              .map(({ path, line, message }) =>
                h('li', {}, h('span', { class: 'place' }, `${path}${line === null ? '' : `:${line}`}`), ` ${message}`),
              ),
            warnings.length > MOST_WARNINGS ? h('li', { class: 'muted' }, `and ${warnings.length - MOST_WARNINGS} more`) : null,
          ),
        ),
  );
}

/** What the page leaves out, in words. */
export function leftOut(model: Model): HTMLElement[] {
  const { dumps, threads, hidden } = model.data.left;
  const notes = [
    ...(dumps > 0
      ? [
          `The page shows the newest ${model.data.dumps.length.toLocaleString('en')} dumps; ${dumps.toLocaleString('en')} older ones are left out.`,
        ]
      : []),
    ...(threads > 0
      ? [`${count(threads, 'thread')} that only dumps show which are left out, or that are least suspicious, are left out.`]
      : []),
    ...(hidden === null ? [] : [`Not shown: ${hidden}.`]),
  ];
  return notes.map((text) => h('p', { class: 'note' }, text));
}
