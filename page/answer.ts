import { count, duration, h } from './dom.js';
import { placeLink, threadLink } from './links.js';
import type { Model } from './model.js';
import { excerptView, stackView } from './stack-view.js';
import { rowName, seriesTitle, verdictBadge, worstFirst } from './timeline.js';
import { VERDICT_TITLES } from './words.js';

/** Places shown with all that is known of them; the rest is a line each. */
const MOST_CARDS = 5;
const MOST_LINES = 20;
const MOST_PROCESSES = 200;

/** Suspicious threads of which the same is to be said. */
interface Place {
  readonly series: number;
  readonly threads: readonly number[];
}

/** The verdict, what to look at, why, and what to do next. */
export function answer(model: Model): HTMLElement {
  const { data } = model;
  const places = suspicious(model);
  const cards = places.slice(0, MOST_CARDS);
  const more = places.slice(MOST_CARDS);
  return h(
    'div',
    {},
    h('p', { class: `verdict v-${data.verdict}` }, h('strong', {}, VERDICT_TITLES[data.verdict]), ' ', headline(model, places)),
    ...cards.map((place, i) => card(model, place, i === 0)),
    more.length === 0
      ? null
      : h(
          'details',
          { class: 'more' },
          h('summary', {}, count(more.length, 'more place', 'more places'), ' where threads are stuck or suspect'),
          h(
            'ul',
            {},
            ...more.slice(0, MOST_LINES).map((place) => placeLine(model, place)),
            more.length > MOST_LINES ? h('li', { class: 'muted' }, `and ${more.length - MOST_LINES} more, in the list of threads`) : null,
          ),
        ),
    processes(model),
    ...advice(model),
    ...doubts(model),
  );
}

function headline(model: Model, places: readonly Place[]): string {
  const { verdict, series, dumps } = model.data;
  const what = `${count(dumps.length, 'dump')} of ${series.length === 1 ? 'one process' : count(series.length, 'process', 'processes')}`;
  if (verdict === 'clear') return `By stacks alone nothing is suspicious in ${what}.`;
  if (verdict === 'inconclusive') return `The ${what} cannot tell.`;
  const threads = places.reduce((sum, place) => sum + (model.thread(place.threads[0]!).verdict === verdict ? place.threads.length : 0), 0);
  const [first] = places;
  const frame = first === undefined ? -1 : model.lookAt(first.threads[0]!);
  const look = frame === -1 ? '' : ` Look at ${model.functionOf(frame)}, ${model.shortPlaceOf(frame)}.`;
  return verdict === 'stuck' ? `${count(threads, 'thread')} in ${what}.${look}` : `Nothing certain in ${what}.${look}`;
}

/** How many processes have which verdict, and a line for each; where there are several. */
function processes(model: Model): HTMLElement | null {
  const { series } = model.data;
  if (series.length < 2) return null;
  const order = ['stuck', 'suspect', 'inconclusive', 'clear'];
  const counts = order.flatMap((verdict) => {
    const n = series.filter((one) => one.verdict === verdict).length;
    return n === 0 ? [] : [`${n.toLocaleString('en')} ${verdict}`];
  });
  const shown = worstFirst(model).slice(0, MOST_PROCESSES);
  return h(
    'details',
    { class: 'more' },
    h('summary', {}, `${count(series.length, 'process', 'processes')}: ${counts.join(', ')}`),
    h(
      'ul',
      { class: 'processes' },
      ...shown.map((s) =>
        h('li', {}, h('span', { class: `badge v-${series[s]!.verdict}` }, series[s]!.verdict), ` ${seriesTitle(model, s)}`),
      ),
      shown.length < series.length ? h('li', { class: 'muted' }, `and ${series.length - shown.length} more`) : null,
    ),
  );
}

function suspicious(model: Model): Place[] {
  const places = new Map<string, { series: number; threads: number[]; score: number }>();
  for (const [t, thread] of model.data.threads.entries()) {
    if (thread.verdict !== 'stuck' && thread.verdict !== 'suspect') continue;
    const series = model.seriesRow(t);
    const key = `${series} ${thread.verdict} ${thread.role ?? ''} ${thread.frame ?? ''} ${thread.wait?.kind ?? ''} ${thread.evidence.slice(0, -1).join('|')}`;
    const place = places.get(key);
    if (place) place.threads.push(t);
    else places.set(key, { series, threads: [t], score: (thread.verdict === 'stuck' ? 1 : 0) + thread.score });
  }
  return [...places.values()].sort((a, b) => b.score - a.score);
}

function card(model: Model, { series, threads }: Place, first: boolean): HTMLElement {
  const [t] = threads as [number];
  const thread = model.thread(t);
  const { frame } = thread;
  const stack = model.newestStack(t);
  const excerpt = frame === null ? null : model.excerptOf(frame);
  const waiting = [...new Set(threads.flatMap((each) => model.blocks(each)))];
  const facts: [string, Node | string][] = [];
  if (thread.seconds !== null && thread.still > 1)
    facts.push(['stands here for', `${duration(thread.seconds)} at least, ${count(thread.still, 'dump')}`]);
  if (thread.wait !== null) facts.push(['waits for', waitText(thread.wait)]);
  if (thread.blockedBy.length > 0) facts.push(['waits for the thread', names(model, thread.blockedBy)]);
  if (waiting.length > 0) facts.push([`${count(waiting.length, 'thread waits', 'threads wait')} for it`, names(model, waiting)]);
  if (model.data.series.length > 1) facts.push(['process', model.data.series[series]!.name]);
  return h(
    'article',
    { class: `card v-${thread.verdict}` },
    h(
      'h3',
      {},
      verdictBadge(thread.verdict),
      ' ',
      rowName(model, threads),
      thread.role === null
        ? null
        : h(
            'span',
            {
              class: 'role',
              title: thread.role === 'victim' ? 'it waits for another thread that stands still' : 'nobody else is seen to keep it',
            },
            ` ${thread.role}`,
          ),
      h('span', { class: 'score', title: 'how sure, from 0 to 1' }, ` · score ${thread.score.toFixed(2)}`),
    ),
    frame === null
      ? null
      : h('p', { class: 'spot' }, h('span', { class: 'function' }, model.functionOf(frame)), ' ', placeLink(model, frame)),
    excerpt === null || frame === null ? null : excerptView(excerpt, model.lineOf(frame) ?? -1, 3),
    h('dl', { class: 'facts' }, ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    h('h4', {}, 'Why'),
    h('ul', { class: 'evidence' }, ...thread.evidence.map((text) => h('li', {}, text))),
    ...(thread.next === null ? [] : [h('h4', {}, 'What to do next'), h('p', { class: 'next' }, thread.next)]),
    h(
      'details',
      { class: 'whole', open: first },
      h('summary', {}, 'Stack'),
      stackView(model, stack, { look: excerpt === null ? frame : null, locals: thread.locals }),
    ),
  );
}

function placeLine(model: Model, { threads }: Place): HTMLElement {
  const [t] = threads as [number];
  const frame = model.lookAt(t);
  return h(
    'li',
    {},
    verdictBadge(model.thread(t).verdict),
    ' ',
    rowName(model, threads),
    ' ',
    frame === -1 ? '' : placeLink(model, frame, model.spotText(frame)),
  );
}

export function waitText({ kind, by }: { readonly kind: string; readonly by: string }): string {
  return kind === by ? kind : `${kind}, in ${by}`;
}

/** The first of these threads as links, and how many there are beside. */
export function names(model: Model, threads: readonly number[], most = 6): HTMLElement {
  const list = h('span', { class: 'threads' });
  for (const [i, thread] of threads.slice(0, most).entries()) {
    if (i > 0) list.append(', ');
    list.append(threadLink(model, thread));
  }
  if (threads.length > most) list.append(` and ${(threads.length - most).toLocaleString('en')} more`);
  return list;
}

/** What to collect, where the dumps of a process cannot tell. */
function advice(model: Model): HTMLElement[] {
  const lines = new Set(model.data.series.flatMap((series) => (series.verdict === 'stuck' ? [] : series.advice)));
  if (lines.size === 0) return [];
  return [
    h(
      'article',
      { class: 'card' },
      h('h3', {}, 'What to collect next'),
      h('ul', {}, ...[...lines].slice(0, 6).map((line) => h('li', {}, line))),
    ),
  ];
}

function doubts(model: Model): HTMLElement[] {
  const lines = new Set(model.data.series.flatMap((series) => series.doubts));
  return [...lines].slice(0, 6).map((line) => h('p', { class: 'note' }, `Note: ${line}.`));
}
