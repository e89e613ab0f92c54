import { count, htmlText, pageHead, plain, plainPath } from '../../report/index.js';
import type { Hang, Hosts, Listing, News, Shown, Trend } from '../questions.js';
import type { Answer } from '../store.js';
import { NOT_SAID, functionOf, hostTableOf, knownText, minute, nameOf, spotOf, verdictWord, waitOf } from './words.js';

/** What a page of a history shows, in this order. */
export interface PageParts {
  /** The answer in a sentence. */
  readonly title: string;
  readonly store: string;
  readonly version: string;
  readonly missing: readonly string[];
  readonly listing?: Listing;
  readonly trend?: Trend;
  readonly news?: News;
  readonly hosts?: Hosts;
  /** Hangs with all that is known of them. */
  readonly shown?: readonly Shown[];
  readonly answer?: Answer;
}

/** Bars of a chart; of more builds neighbours are put together. */
const MOST_BARS = 120;
/** Rows of a table on a page. */
const MOST_ROWS = 2000;

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c1b22, #e8e6ee); --dim: light-dark(#5b5966, #a5a2b0); --line: light-dark(#d9d6e2, #3c3a46);
  --paper: light-dark(#ffffff, #17161c); --bar: light-dark(#b3261e, #ff8a80); --link: light-dark(#1a4fbf, #9dbcff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0; }
.dim { color: var(--dim); }
a { color: var(--link); }
code, pre { font: .9rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; border-left: 3px solid var(--line); padding-left: .75rem; white-space: pre-wrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; min-width: 40%; margin-top: .5rem; }
td { white-space: nowrap; }
td.what { min-width: 15rem; white-space: normal; }
figure { margin: .5rem 0; }
figcaption { color: var(--dim); font-size: .9rem; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--dim); white-space: nowrap; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.bad { color: var(--bar); font-weight: 600; }
svg { display: block; max-width: 100%; height: auto; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); }
article { border-top: 1px solid var(--line); margin-top: 2rem; }
@media print { a { color: inherit; } }
`;

type Cell = string | number | { readonly html: string; readonly number?: true; readonly what?: true };

/** A history as one HTML page: without a script, and with nothing from elsewhere. Whatever stands in a dump is text. */
export function* historyPage(parts: PageParts): Generator<string> {
  const { title, listing, trend, news, hosts, shown, answer, store, missing, version } = parts;
  yield `${pageHead({ title, style: STYLE, version })}<header>
<h1>${htmlText(title)}</h1>
<p class="dim">History in ${htmlText(plainPath(store))}</p>
${missing.map((part) => `<p class="bad">${htmlText(plain(part))} does not answer: what it holds is missing here.</p>\n`).join('')}</header>
<main>
`;
  const links = new Set((shown ?? []).map(({ hang }) => hang.fingerprint));
  if (listing) yield* section('Hangs, most frequent first', hangTable(listing.hangs, links, listing.unlisted));
  if (news) yield* newsSections(news, links);
  if (trend) yield* trendSection(trend, links);
  if (hosts) yield* section('Hosts', hostTable(hosts));
  if (answer) yield* section('Answer', answerTable(answer));
  if (shown && shown.length > 0) {
    yield '<h2>Each hang</h2>\n';
    for (const one of shown) yield* hangArticle(one);
  }
  yield `</main>\n<footer><p class="dim">Made by standstill ${htmlText(version)}.</p></footer>\n</body>\n</html>\n`;
}

function* section(title: string, content: Iterable<string>): Generator<string> {
  yield `<section>\n<h2>${htmlText(title)}</h2>\n`;
  yield* content;
  yield '</section>\n';
}

function* table(caption: string, head: readonly string[], rows: readonly (readonly Cell[])[]): Generator<string> {
  if (rows.length === 0) {
    yield `<p>None.</p>\n`;
    return;
  }
  // a scrolled box is reached with the keyboard
  yield `<div class="wide" tabindex="0" role="group" aria-label="${htmlText(caption)}"><table>\n<thead><tr>`;
  const isNumber = (cell: Cell | undefined): boolean => typeof cell === 'number' || (typeof cell === 'object' && cell.number === true);
  for (const [i, name] of head.entries()) yield `<th scope="col"${isNumber(rows[0]![i]) ? ' class="n"' : ''}>${htmlText(name)}</th>`;
  yield '</tr></thead>\n<tbody>\n';
  for (const row of rows.slice(0, MOST_ROWS)) {
    const cells = row.map(
      (cell) =>
        `<td${isNumber(cell) ? ' class="n"' : typeof cell === 'object' && cell.what ? ' class="what"' : ''}>${typeof cell === 'object' ? cell.html : htmlText(String(cell))}</td>`,
    );
    yield `<tr>${cells.join('')}</tr>\n`;
  }
  yield '</tbody>\n</table></div>\n';
  if (rows.length > MOST_ROWS) yield `<p class="dim">and ${rows.length - MOST_ROWS} more rows</p>\n`;
}

function whatCell(hang: Hang, links: ReadonlySet<string>): Cell {
  const name = `${functionOf(hang.example)} ${spotOf(hang.example)}`;
  const text = `<code>${htmlText(name)}</code>`;
  const verdict = `<span${hang.verdict === 'stuck' ? ' class="bad"' : ''}>${htmlText(verdictWord(hang.verdict))}</span>`;
  return { html: `${verdict} ${links.has(hang.fingerprint) ? `<a href="#h-${hang.fingerprint}">${text}</a>` : text}`, what: true };
}

function* hangTable(hangs: readonly Hang[], links: ReadonlySet<string>, unlisted = 0): Generator<string> {
  const rows = hangs.map((hang): Cell[] => [
    whatCell(hang, links),
    hang.times,
    hang.builds,
    hang.hosts,
    hang.firstBuild === null ? minute(hang.first) : nameOf(hang.firstBuild),
    hang.lastBuild === null ? minute(hang.last) : nameOf(hang.lastBuild),
    { html: `<code>${hang.fingerprint}</code>` },
  ]);
  yield* table('hangs', ['what', 'times', 'builds', 'hosts', 'since', 'last', 'fingerprint'], rows);
  if (unlisted > 0) yield `<p class="dim">and ${count(unlisted, 'more hang')}</p>\n`;
}

function* newsSections({ fresh, back, gone, still, before }: News, links: ReadonlySet<string>): Generator<string> {
  if (before !== null) yield `<p class="dim">The build before it is ${htmlText(nameOf(before))}.</p>\n`;
  yield* section('New: never seen before', hangTable(fresh, links));
  yield* section('Came back: seen before, but not in the build before', hangTable(back, links));
  yield* section('Gone: in the build before, not since', hangTable(gone, links));
  yield* section('Still there', hangTable(still, links));
}

function* trendSection({ builds, days, hangs }: Trend, links: ReadonlySet<string>): Generator<string> {
  const byDay = builds.length === 0;
  const all = byDay ? days.map(({ times }) => times) : builds.map(({ times }) => times);
  const names = byDay ? days.map(({ day }) => dayText(day)) : builds.map(({ build }) => nameOf(build));
  yield* section('Trend', [figure(byDay ? 'days' : 'builds', names, all, 60), ...(byDay ? [] : trendTable(hangs, names, links))]);
}

function* trendTable(hangs: Trend['hangs'], names: readonly string[], links: ReadonlySet<string>): Generator<string> {
  const rows = hangs.map(({ hang, times }): Cell[] => [
    whatCell(hang, links),
    hang.times,
    { html: chart(`${functionOf(hang.example)}, processes that hung`, names, times, 24) },
  ]);
  yield* table('trend of each hang', ['what', 'times', 'oldest to newest build'], rows);
}

/** A chart with what it shows below it. */
function figure(of: 'builds' | 'days', names: readonly string[], values: readonly number[], height: number): string {
  if (values.length === 0) return '';
  const [first, last, top] = [names[0]!, names.at(-1)!, Math.max(...values)];
  const where = first === last ? first : `${first} to ${last}`;
  const said = `Processes that hung, ${of} ${where}: at most ${top} in one`;
  return `<figure>${chart('processes that hung', names, values, height)}<figcaption>${htmlText(said)}</figcaption></figure>\n`;
}

/** Bars for numbers, oldest first, with the same in words for those who do not see them. */
function chart(what: string, names: readonly string[], values: readonly number[], height: number): string {
  if (values.length === 0) return '';
  const size = Math.max(1, Math.ceil(values.length / MOST_BARS));
  const groups: { readonly name: string; readonly value: number }[] = [];
  for (let i = 0; i < values.length; i += size) {
    const last = names[Math.min(i + size, values.length) - 1]!;
    const name = size === 1 ? names[i]! : `${names[i]!} to ${last}`;
    groups.push({ name, value: values.slice(i, i + size).reduce((sum, value) => sum + value, 0) });
  }
  const top = Math.max(1, ...groups.map(({ value }) => value));
  const width = Math.max(2, Math.min(12, Math.floor(720 / groups.length)));
  const bars = groups.map(({ name, value }, i) => {
    if (value === 0) return '';
    const tall = Math.max(2, Math.round((value / top) * height));
    return `<rect x="${i * width}" y="${height - tall}" width="${Math.max(1, width - 1)}" height="${tall}"><title>${htmlText(`${name}: ${value}`)}</title></rect>`;
  });
  const words = `${what}: ${names[0]!} to ${names.at(-1)!}, at most ${top}, ${values.reduce((sum, value) => sum + value, 0)} in all`;
  const whole = groups.length * width;
  return `<svg role="img" aria-label="${htmlText(words)}" width="${whole}" height="${height + 1}" viewBox="0 0 ${whole} ${height + 1}">${bars.join('')}<line x1="0" x2="${whole}" y1="${height + 0.5}" y2="${height + 0.5}"/></svg>\n`;
}

function* hostTable(hosts: Hosts): Generator<string> {
  const { head, rows } = hostTableOf(hosts);
  yield* table('hosts', head, rows);
}

function* answerTable({ columns, rows, cut }: Answer): Generator<string> {
  const cells = rows.map((row) => row.map((value): Cell => (value === null ? NOT_SAID : typeof value === 'number' ? value : plain(value))));
  yield* table(
    'answer',
    columns.map((name) => plain(name)),
    cells,
  );
  if (cut) yield '<p class="dim">and more rows</p>\n';
}

function* hangArticle({ hang, extent, builds, hosts, days, sightings, stack }: Shown): Generator<string> {
  const { example, fingerprint, verdict } = hang;
  const wait = waitOf(example);
  yield `<article id="h-${fingerprint}">
<h3><span${verdict === 'stuck' ? ' class="bad"' : ''}>${htmlText(verdictWord(verdict))}</span> <code>${htmlText(`${functionOf(example)} ${spotOf(example, true)}`)}</code></h3>
<p>${htmlText(`${knownText(hang, extent.builds)}; last ${hang.lastBuild === null ? '' : `in ${nameOf(hang.lastBuild)}, `}${minute(hang.last)}`)}</p>
${wait === null ? '' : `<p>${htmlText(wait)}</p>\n`}`;
  if (builds.length > 1)
    yield figure(
      'builds',
      builds.map(({ build }) => nameOf(build)),
      builds.map(({ times }) => times),
      40,
    );
  else if (days.length > 1)
    yield figure(
      'days',
      days.map(({ day }) => dayText(day)),
      days.map(({ times }) => times),
      40,
    );
  if (stack !== null) {
    const lines = stack.frames.map(
      ([fn, file, line]) => `${plain(fn ?? '(anonymous)')}  ${plainPath(file ?? '???')}${line === null ? '' : `:${line}`}`,
    );
    if (stack.depth > stack.frames.length) lines.push(`… ${count(stack.depth - stack.frames.length, 'more frame')}`);
    yield `<details><summary>Stack, most recent call first</summary><pre>${htmlText(lines.join('\n'))}</pre></details>\n`;
  }
  if (hosts.length > 1 || hosts[0]?.host != null)
    yield* table(
      'hosts of this hang',
      ['host', 'times', 'first', 'last'],
      hosts.map((row): Cell[] => [nameOf(row.host), row.times, minute(row.first), minute(row.last)]),
    );
  const rows = sightings.map(({ at, build, host, thread, source, line }): Cell[] => [
    minute(at),
    nameOf(build),
    nameOf(host),
    verdictWord(thread.verdict),
    plain(thread.name ?? thread.id ?? NOT_SAID, 100),
    `${plainPath(source)}:${line}`,
  ]);
  yield* table('newest sightings', ['newest sightings', 'build', 'host', 'verdict', 'thread', 'input'], rows);
  yield `<p class="dim">fingerprint <code>${fingerprint}</code></p>\n</article>\n`;
}

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
