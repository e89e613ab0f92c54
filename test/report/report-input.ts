import fs from 'node:fs';
import path from 'node:path';
import { findStuck, readFiles, readText, type DumpSet, type ReportInput, type WriteOptions } from '../../src/index.js';
import type { ReportWriter } from '../../src/report/index.js';

export const ROOT = path.resolve(import.meta.dirname, '..', '..');

export function inputOf(set: DumpSet, baseline?: ReadonlySet<string>): ReportInput {
  return {
    set,
    whole: set,
    hidden: { dumps: 0, threads: 0, by: [] },
    interrupted: false,
    stuck: findStuck(set),
    judging: {},
    ...(baseline && { baseline }),
    tool: { name: 'standstill', version: '1.2.3' },
    time: Date.UTC(2026, 10, 23, 9, 32),
  };
}

export const optionsOf = (options: Partial<WriteOptions> = {}): WriteOptions => ({
  root: '/checkout',
  locate: () => null,
  editor: null,
  failOn: 'stuck',
  ...options,
});

/** The whole report; a piece of bytes is copied, since it may be written over. */
export function written(writer: ReportWriter, input: ReportInput, options: WriteOptions = optionsOf()): string {
  const pieces = Array.from(writer.write(input, options), (piece) => Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

/** Names of the samples with dumps, but for the large one, which is a measure of speed. */
export const SAMPLES: readonly string[] = fs
  .readdirSync(path.join(ROOT, 'samples'))
  .filter((name) => name !== 'large' && fs.existsSync(path.join(ROOT, 'samples', name, 'expected.json')))
  .sort();

/** All files of a sample, read as `report samples/NAME` does. */
export async function sampleInput(name: string): Promise<ReportInput> {
  const folder = path.join(ROOT, 'samples', name);
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'expected.json')
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return inputOf(await readFiles(files));
}

/** Texts that act on somebody: on XML, HTML, Markdown, command streams of CI services, terminals, spreadsheets. */
export const HOSTILE: readonly string[] = [
  ']]>',
  '</script><img src=x onerror=alert(1)>',
  '<!-- x -->',
  '&amp;&#0;',
  '::error::pwned',
  '##vso[task.setvariable variable=PATH]x',
  "##teamcity[buildStatus status='SUCCESS']",
  '##[command]x',
  '=cmd|calc!A1',
  '+1+1',
  '@everyone fixes #1 https://evil.example www.evil.example',
  '`code` ``two`` ```\n',
  '[link](javascript:alert(1)) ![i](x)',
  '| a | b |',
  '# SKIP heading',
  '*/ \\" \' % %0A %25',
  '\x1b[31mred\x1b[0m\x1b]0;title\x07',
  '\x00\x01\x08\x0b\x7f\x9b',
  'evil\u202egnp.exe\u2066\u200b\ufeff',
  '\ud800 lone \udc00',
  '\ufffe\uffff',
  'a"b\\c',
  '${{ secrets.TOKEN }} $(id) `id`',
  '\u2028\u2029',
  '..',
  '../../../etc/passwd',
  'C:\\x\\y.py',
  'file:///%zz',
  '',
];

/** Three dumps of a process that hangs in a function of each hostile name, in a file of each and in threads of each. */
export async function hostileInput(texts: readonly string[] = HOSTILE): Promise<ReportInput> {
  const report = (time: number): string =>
    JSON.stringify({
      header: {
        reportVersion: 3,
        event: 'Signal',
        trigger: 'Signal',
        filename: 'r.json',
        dumpEventTime: `2026-11-23T09:${30 + time}:00Z`,
        dumpEventTimeStamp: String(Date.UTC(2026, 10, 23, 9, 30 + time)),
        processId: 17,
        threadId: 0,
        nodejsVersion: 'v22.1.0',
      },
      javascriptStack: { message: 'Error', stack: ['at main (/srv/main.js:1:1)'] },
      javascriptHeap: {},
      nativeStack: [],
      resourceUsage: { userCpuSeconds: 1, kernelCpuSeconds: 1 },
      libuv: [],
      workers: texts.map((text, i) => ({
        header: { reportVersion: 3, processId: 17, threadId: i + 1, dumpEventTimeStamp: String(Date.UTC(2026, 10, 23, 9, 30 + time)) },
        javascriptStack: {
          message: 'Error',
          stack: [`at ${text || 'x'} (/srv/${text}/f.js:${i + 1}:7)`, `at step${i} (/srv/${text}:3:1)`, 'at run (/srv/app/run.js:9:1)'],
        },
        resourceUsage: { userCpuSeconds: 1 + 60 * time, kernelCpuSeconds: 1 },
        libuv: [],
      })),
    });
  const set = await readText(`${[0, 1, 2].map(report).join('\n')}\n${texts.map((text) => pythonDump(text)).join('\n')}`);
  return inputOf(set);
}

/** A picture of pytest-timeout and of a recipe, whose threads have names. */
function pythonDump(text: string): string {
  const name = text.replaceAll('\n', ' ');
  return [
    'Timeout (0:05:00)!',
    'Thread 0x00007f4fdaffd6c0 (most recent call first):',
    `  File "/srv/${name}.py", line 3 in ${name}`,
    `  File "/srv/app.py", line 9 in test_${name}`,
    '',
    `~~~~~ Stack of ${name} (140012) ~~~~~`,
    `  File "/srv/${name}.py", line 3, in ${name}`,
    `    ${name}`,
    '',
  ].join('\n');
}
