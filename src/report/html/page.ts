import type { DumpSet } from '../../model/index.js';
import { count } from '../terminal.js';
import { duration } from '../time-text.js';
import { pageAssets } from './assets.js';
import { pageData, type PageOptions } from './encode.js';
import { htmlText, jsonForHtml } from './json-text.js';
import type { PageData } from './page-data.js';
import { pageHead } from './page-head.js';

/**
 * The report as one HTML page, a file that needs nothing else. All text of dumps is in one JSON document, and is set as text.
 */
export function* htmlPage(set: DumpSet, options: PageOptions = {}): Generator<string> {
  const { script, style } = pageAssets();
  const data = pageData(set, options);
  yield `${pageHead({ title: titleOf(data), style, script, version: data.version })}<a class="skip" href="#answer">To the answer</a>
<header id="top">
<div class="bar">
<h1>standstill</h1>
<span class="subject">${htmlText(subjectOf(data))}</span>
<div id="tools"></div>
</div>
<nav id="nav" aria-label="sections"></nav>
</header>
<div id="notes"></div>
<main id="main"></main>
<footer id="foot">
<noscript><p>This page is built by its script, and scripts are off. The verdict is: ${htmlText(data.verdict)}.</p></noscript>
<p>Made by standstill${data.version === '' ? '' : ` ${htmlText(data.version)}`}. Press / to search.</p>
</footer>
<div id="live" class="sr" aria-live="polite"></div>
<script type="application/json" id="data">`;
  yield* documentOf(data);
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/** The document, a column or table at a time: it is never held as one text. */
function* documentOf(data: PageData): Generator<string> {
  for (const [i, [name, value]] of Object.entries(data).entries()) {
    yield `${i === 0 ? '{' : ','}\n"${name}":`;
    if (!Array.isArray(value) || value.length < 1000) yield jsonForHtml(value);
    else {
      const rows: readonly unknown[] = value;
      for (let from = 0; from < rows.length; from += 1000)
        yield `${from === 0 ? '[' : ','}${jsonForHtml(rows.slice(from, from + 1000)).slice(1, -1)}`;
      yield ']';
    }
  }
  yield '}\n';
}

/** What a reader finds the page by among their tabs: the verdict, and the line to look at. */
function titleOf({ verdict, threads, frames, strings, dumps }: PageData): string {
  if (dumps.length === 0) return 'no dumps · standstill';
  const [label] = verdict;
  const title = `${label!.toUpperCase()}${verdict.slice(1)}`;
  const worst = threads.find((thread) => thread.verdict === verdict && thread.frame !== null)?.frame;
  if (worst === undefined || worst === null) return `${title} · standstill`;
  const text = (row: number): string => (row === -1 ? '?' : strings[row]!);
  const file = text(frames.file[worst]!).replace(/^.*[/\\]/, '');
  return `${title}: ${text(frames.function[worst]!)} ${file}${frames.line[worst] === -1 ? '' : `:${frames.line[worst]!}`} · standstill`;
}

/** What the page is about: `3 dumps over 60 s · Python · order-service.log`. */
function subjectOf({ dumps, series, sources }: PageData): string {
  const spans = series.flatMap(({ span }) => span ?? []);
  const runtimes = [...new Set(dumps.map(({ runtime }) => (runtime === 'node' ? 'Node' : 'Python')))];
  const used = sources.filter((source) => source.dumps > 0);
  return [
    `${count(dumps.length, 'dump')}${series.length === 1 && spans.length > 0 ? ` over ${duration(spans[0]!)}` : ''}`,
    ...(series.length > 1 ? [count(series.length, 'process', 'processes')] : []),
    runtimes.join(' and '),
    used.length === 1 ? used[0]!.path : count(used.length, 'input'),
  ].join(' · ');
}
