import { FrameTable, StackTable, type Dump, type DumpSet, type Thread } from '../../src/index.js';

/** Names that would act on a reader, if they were read as markup, as script or by a terminal. */
export const HOSTILE = [
  ']]>',
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
