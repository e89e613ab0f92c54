// The manual page, from the same data as `--help`: oclif.manifest.json, which the build makes of the commands.
//
//   node scripts/man.mjs      writes man/standstill.1
//
// The build runs it, so the page is as new as the commands. It is written in the macros of man(7), which every man knows.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Text as roff takes it for text: no escapes, no requests, hyphens that can be copied. */
const text = (words) =>
  words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');

/** Paragraphs; lines that are indented stay as they stand. */
function prose(words) {
  const paragraphs = words.replaceAll('<%= config.bin %>', 'standstill').trim().split(/\n\n+/);
  return paragraphs.map((paragraph) => {
    const out = ['.PP'];
    let indented = false;
    for (const line of paragraph.split('\n')) {
      if (line.startsWith(' ') !== indented) out.push(...(indented ? ['.fi', '.RE'] : ['.RS', '.nf']));
      indented = line.startsWith(' ');
      out.push(text(indented ? line.replace(/^ {2}/, '') : line));
    }
    return [...out, ...(indented ? ['.fi', '.RE'] : [])].join('\n');
  });
}

function flag({ name, char, type, helpValue, options, description, summary, default: value, multiple }) {
  const names = [...(char ? [`\\fB\\-${char}\\fR`] : []), `\\fB\\-\\-${text(name)}\\fR`].join(', ');
  const takes = type === 'option' ? ` \\fI${text(options ? options.join('|') : String(helpValue ?? 'VALUE'))}\\fR` : '';
  const more = [
    ...(value === undefined || value === false || type === 'boolean' ? [] : [`default: ${value}`]),
    ...(multiple ? ['may be given several times'] : []),
  ];
  return `.TP\n${names}${takes}\n${text(`${summary ?? description ?? ''}${more.length > 0 ? ` (${more.join('; ')})` : ''}`)}`;
}

function command(id, { summary, description, args, flags, examples, strict }) {
  const name = id.replaceAll(':', ' ');
  const places = Object.keys(args ?? {})
    .map((arg) => `[\\fI${arg}\\fR${strict ? '' : ' ...'}]`)
    .join(' ');
  const fill = (line) => line.replaceAll('<%= config.bin %>', 'standstill').replaceAll('<%= command.id %>', name);
  return [
    `.SS standstill ${text(name)}`,
    `.PP\n\\fBstandstill ${text(name)}\\fR ${places} [\\fIflags\\fR]`,
    `.PP\n${text(`${summary}.`)}`,
    ...prose(description ?? ''),
    ...Object.values(args ?? {}).map((arg) => `.TP\n\\fI${arg.name}\\fR\n${text(arg.description ?? '')}`),
    ...Object.values(flags ?? {})
      .filter(({ hidden }) => !hidden)
      .map(flag),
    ...(examples ?? []).map((example) => `.PP\n${text(example.description)}:\n.RS\n.nf\n${text(fill(example.command))}\n.fi\n.RE`),
  ].join('\n');
}

const STATUSES = [
  ['0', 'it ran'],
  ['1', 'what was asked to be failed on was found'],
  ['2', 'bad usage, an input that cannot be read, or no dump in any input'],
  ['70', 'a fault of standstill itself'],
  ['130', 'interrupted; what was found so far is printed'],
];

const FILES = [
  [
    'standstill.config.json, package.json (key "standstill")',
    'Defaults of flags and folders of application and library code; looked up from the working directory upwards. Its schema is schemas/config.schema.json of the package.',
  ],
  [
    '$XDG_CONFIG_HOME/standstill/standstill.config.json (~/.config/standstill/)',
    'The same for the user: it holds where the other says nothing.',
  ],
];

const ENVIRONMENT = [
  ['NO_COLOR', 'Not empty: no colour, unless \\-\\-color says otherwise.'],
  ['FORCE_COLOR', 'Colour also where there is no terminal; 0: none.'],
];

/**
 * @param manifest oclif's
 * @param pjson package.json
 * @returns the page
 */
export function manPage(manifest, pjson) {
  const tagged = (list) =>
    list.map(([name, about]) => `.TP\n\\fB${name.includes('\\') ? name : text(name)}\\fR\n${about.includes('\\') ? about : text(about)}`);
  const commands = Object.entries(manifest.commands)
    .filter(([, { hidden }]) => !hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${[
    `.TH STANDSTILL 1 "" "standstill ${text(pjson.version)}" "User Commands"`,
    `.SH NAME\nstandstill \\- ${text(pjson.description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS\n\\fBstandstill\\fR [\\fICOMMAND\\fR] [\\fIPATH\\fR ...] [\\fIflags\\fR]',
    `.SH DESCRIPTION\n${text('standstill PATH... is standstill analyze PATH...')}`,
    '.SH COMMANDS',
    ...commands.map(([id, data]) => command(id, data)),
    '.SH EXIT STATUS',
    ...tagged(STATUSES),
    '.SH FILES',
    ...tagged(FILES),
    '.SH ENVIRONMENT',
    ...tagged(ENVIRONMENT),
  ].join('\n')}\n`;
}

/** Writes the page of the commands that the manifest lists. Moved into its place whole. */
export function writeManPage() {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(ROOT, name), 'utf8'));
  const page = path.join(ROOT, 'man', 'standstill.1');
  fs.mkdirSync(path.dirname(page), { recursive: true });
  fs.writeFileSync(`${page}.${process.pid}`, manPage(read('oclif.manifest.json'), read('package.json')));
  fs.renameSync(`${page}.${process.pid}`, page);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeManPage();
