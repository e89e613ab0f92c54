import type { Grammar } from '../../grammars/index.js';
import { SCHEMA_VERSION } from './documents.js';
import { columns, count, fit, paint, visible, wrap, type Screen } from './terminal.js';
import { jsonText } from './json-text.js';

/** A format, and the file of the module that it comes from; null: it is built in. */
export interface ListedFormat {
  readonly grammar: Grammar;
  readonly module: string | null;
}

const RUNTIMES: readonly (readonly [Grammar['runtime'], string])[] = [
  ['python', 'Python'],
  ['node', 'Node'],
];

/** All formats, three lines each: what it is, a line of it, how to make one. The user's own stand first. */
export function* formatsText(formats: readonly ListedFormat[], screen: Screen): Generator<string> {
  const own = formats.filter(({ module }) => module !== null);
  const parts: readonly (readonly [string, readonly ListedFormat[]])[] = [
    ['Of your modules', own],
    ...RUNTIMES.map(
      ([runtime, name]) => [name, formats.filter(({ grammar, module }) => module === null && grammar.runtime === runtime)] as const,
    ),
  ];
  yield* wrap(
    `${count(formats.length, 'format')} of stack dumps, found in any text: logs, reports of CI jobs, mails, compressed or not.`,
    screen.width,
  );
  for (const [name, listed] of parts) {
    if (listed.length === 0) continue;
    yield '';
    yield paint(screen, 'strong', name);
    for (const { grammar } of listed.toSorted((a, b) => (a.grammar.id < b.grammar.id ? -1 : 1))) {
      const head = `  ${grammar.id}`;
      yield `  ${paint(screen, 'title', visible(grammar.id))}  ${fit(visible(grammar.title), Math.max(0, screen.width - columns(head) - 2))}`;
      yield fit(`      ${visible(typicalLine(grammar))}`, screen.width);
      yield* howText(grammar, screen, 6);
    }
  }
  yield '';
  yield* wrap('One whole: standstill formats ID. One of your own: --grammar FILE.mjs, see examples/grammar.', screen.width);
}

/** One format whole: what it looks like, how to make it, by what it is found. */
export function* formatText({ grammar, module }: ListedFormat, screen: Screen): Generator<string> {
  const { id, title, example, openings } = grammar;
  yield paint(screen, 'strong', fit(`${visible(id)}: ${visible(title)}`, screen.width));
  const runtime = RUNTIMES.find(([name]) => name === grammar.runtime)![1];
  yield* indented(`${runtime} · ${KINDS[grammar.kind]}${module === null ? '' : ` · of ${visible(module)}`}`, screen, 2);
  yield '';
  for (const line of example.split('\n')) yield fit(`    ${visible(line)}`, screen.width);
  yield '';
  yield* howText(grammar, screen, 2);
  const found = openings.map((text) => visible(text.trim()));
  const more = found.length > MOST_OPENINGS ? ` and ${found.length - MOST_OPENINGS} more` : '';
  yield* indented(`found by: ${found.slice(0, MOST_OPENINGS).join(' or ')}${more}`, screen, 2);
}

const KINDS: Readonly<Record<Grammar['kind'], string>> = {
  lines: 'text, each line with a meaning of its own',
  json: 'JSON',
  stacks: 'text, lines with a meaning by what stands above them',
};

/** One opening is often written in as many ways as there are digits. */
const MOST_OPENINGS = 8;

function howText({ how }: Grammar, screen: Screen, indent: number): string[] {
  return indented(`make one: ${visible(how)}`, screen, indent).map((line) => paint(screen, 'dim', line));
}

function indented(text: string, screen: Screen, indent: number): string[] {
  return wrap(text, screen.width - indent, '  ').map((line) => ' '.repeat(indent) + line);
}

/** The line of the example that shows the format best: the one by which it is found. */
function typicalLine({ example, openings }: Grammar): string {
  const lines = example.split('\n');
  return (lines.find((line) => openings.some((opening) => line.includes(opening))) ?? lines[0]!).trim();
}

/** The document of `formats --json` (its schema: `schemas/formats.schema.json`). */
export function formatsJson(formats: readonly ListedFormat[]): string {
  const listed = formats.map(({ grammar: { id, title, runtime, kind, example, how, openings }, module }) => ({
    id,
    title,
    runtime,
    kind,
    example,
    how,
    openings,
    module,
  }));
  return `${jsonText({ schemaVersion: SCHEMA_VERSION, formats: listed }, 1)}\n`;
}
