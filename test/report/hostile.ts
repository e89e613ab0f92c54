import { FrameTable, StackTable, readText, type Dump, type DumpSet, type ReportInput, type Thread } from '../../src/index.js';
import { inputOf } from './report-input.js';

/** Texts that act on somebody: on XML, HTML, Markdown, scripts, command streams of CI services, terminals, spreadsheets. */
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
  // what nobody sees: tags that spell a text, an old mark of direction, a soft hyphen, fillers, a mark of notes, a selector that hides a byte
  'un\u{e0065}\u{e0076}\u{e007f}seen\u206a\xad\u115f\u3164\ufff9\u{e0101}\u180e',
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
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '--></title><img src=x onerror=alert(1)>',
  '\'"><svg/onload=alert(1)>',
  '::error::',
  '\u202egnp.exe',
  '\u001b[31mred\u0007',
  '${alert(1)}`',
  '__proto__',
  '\ud800',
];

/** A dump of one process, one thread for each name, which is its name and the function, file and note that it shows. */
export function setOf(names: readonly string[], dumps = 1): DumpSet {
  const [frames, stacks] = [new FrameTable(), new StackTable()];
  const threads = names.map((name, i): Thread => ({
    id: `0x${i.toString(16)}`,
    name,
    kind: 'thread',
    current: false,
    truncated: false,
    stack: stacks.intern([frames.intern({ function: name, file: `/srv/${name}.py`, line: 3, column: null })]),
    nativeFrames: [],
    main: false,
    activity: null,
    marks: [],
    locals: [],
    measures: null,
    notes: [name],
  }));
  const dump = (k: number): Dump => ({
    source: names[0]!,
    line: 1 + k,
    format: 'faulthandler',
    runtime: 'python',
    kind: 'snapshot',
    time: Date.UTC(2026, 10, 23, 9, 30, k),
    timeFrom: 'dump',
    timeZone: 'given',
    pid: 17,
    runtimeVersion: null,
    origin: null,
    reason: { kind: 'fatal', text: names[0]! },
    threads,
    threadsCut: false,
    notes: [],
  });
  const source = { path: names[0]!, dumps, bytes: 1, lines: 1, accounts: { dumps: 1, known: 0 }, asides: [], asideCount: 0 };
  return {
    frames,
    stacks,
    sources: [{ ...source, warnings: [{ line: null, code: 'odd', message: names[0]! }] }],
    unlistedSources: 0,
    dumps: Array.from({ length: dumps }, (_, k) => dump(k)),
  };
}

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
