/**
 * Reports of the packages `nodereport` 1.x and `node-report` 2.x, the forerunners of Node's diagnostic report, Node 4 to 12
 * (src/node_report.cc of the package). Unlike it, they interrupt JavaScript that runs, so they show where the main thread
 * hangs.
 *
 *     ================================================================================
 *     ==== Node Report ===============================================================
 *
 *     Event: SIGUSR2, location: "SignalDumpInterruptCallback"
 *     Dump event time:  2026/11/23 03:35:50                       local time
 *     Process ID: 614
 *     Node.js version: v10.24.1
 *
 *     ================================================================================
 *     ==== JavaScript Stack Trace ====================================================
 *
 *     JavaScript VM state: <unknown>                              a guess of V8's
 *
 *      0: [pc=0x2b046d66c7c6] lookup (/srv/app/hang/spin.js:8:5)  a signal in JavaScript
 *     Object.run (/srv/app/crasher.js:1:1)                        an exception, a call
 *     Signal received when event loop idle, no stack trace available
 *     No stack trace available                                    a fatal error
 *
 * Then sections of native frames, the exception's details, heap, resource usage, libuv's handles, system information.
 */
import P from 'parsimmon';
import type { Reason } from '../src/model/index.js';
import { fields, firstOf, type StackGrammar } from './grammar.js';
import { lineOf, readByModes, type About, type ModeToken } from './shared/modes.js';
import { addressedFrame, addressedNativeFrame, plainFrame } from './shared/v8-frames.js';

const about = (value: About): ModeToken => ({ is: 'about', about: value });
const inside: ModeToken = { is: 'inside' };

/** The sections whose lines are more than words, and how their lines are read. */
const SECTIONS: Readonly<Record<string, string>> = {
  'JavaScript Stack Trace': 'script',
  'Native Stack Trace': 'native',
  'Resource Usage': 'usage',
  'Node.js libuv Handle Summary': 'handles',
};

const section: P.Parser<ModeToken> = firstOf<ModeToken>(
  P.regexp(/={80}$/).result(inside),
  P.regexp(/==== Node ?Report =+$/).result<ModeToken>({ is: 'part', part: 'report', mode: 'head' }),
  fields(/==== (\S.*?) =+$/).map(([title]) => ({ is: 'inside', mode: SECTIONS[title!] ?? 'words' })),
);

const EVENTS: readonly (readonly [RegExp, Reason['kind']])[] = [
  [/^SIG[A-Z0-9]+$/, 'signal'],
  [/^JavaScript API$/, 'request'],
  [/^exception$/, 'exception'],
];

const head = lineOf(
  section,
  fields(/Event: (.*), location: "(.*)$/).chain(([event, rest]) => {
    if (!rest!.endsWith('"')) return P.fail('a place');
    const location = rest!.slice(0, -1);
    return P.succeed(
      about({
        reason: {
          kind: EVENTS.find(([pattern]) => pattern.test(event!))?.[1] ?? 'fatal',
          text: EVENTS.some(([pattern]) => pattern.test(event!)) ? event! : `${location} ${event!}`,
        },
      }),
    );
  }),
  fields(/Dump event time: +(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d)$/).map(([time]) => about({ timeText: time!.replaceAll('/', '-') })),
  fields(/Process ID: (\d{1,10})$/).map(([pid]) => about({ pid: Number(pid) })),
  fields(/Node\.js version: (v\S+)$/).map(([version]) => about({ runtimeVersion: version! })),
  P.regexp(/(?:[A-Za-z][\w .-]*:| *\(?[\w.]+: |\().*$/s).result(inside),
);

const script = lineOf(
  section,
  P.regexp(/JavaScript VM state: .*$/).result(inside),
  P.regexp(/Signal received when event loop idle, no stack trace available$/).result(about({ activity: 'idle' })),
  P.regexp(/No stack trace available$/).result(about({ activity: 'unknown' })),
  addressedFrame.map((frame): ModeToken => ({ is: 'frame', frame })),
  plainFrame.map((frame): ModeToken => ({ is: 'frame', frame })),
);

const native = lineOf(
  section,
  addressedNativeFrame.map((frame): ModeToken => ({ is: 'native', frame })),
);

const usage = (mode: string, cpu: (field: 'userCpu' | 'kernelCpu', seconds: number) => ModeToken): P.Parser<ModeToken> =>
  lineOf(
    section,
    P.regexp(/Event loop thread resource usage:.*$/).result<ModeToken>({ is: 'inside', mode: 'loop-usage' }),
    fields(/ +(User|Kernel) mode CPU: ([\d.]+) secs$/).map(([kind, seconds]) =>
      cpu(kind === 'User' ? 'userCpu' : 'kernelCpu', Number(seconds)),
    ),
    P.regexp(/(?: +\S.*|\S.*:)$/s).result<ModeToken>({ is: 'inside', mode }),
  );

/** `[RA]   tcp       0x31d7bf0  localhost:37682 connected to localhost:15432, …`; 1.x has a third flag for internal handles. */
const handle: P.Parser<ModeToken> = fields(/\[([RA-])([RA-])[I-]?\] +(\w+) +(0x[0-9a-f]+)(?: +(.*))?$/).map(
  ([referenced, active, type, address, details]) =>
    about({
      measures: {
        handles: [
          {
            type: type!,
            active: active === 'A',
            referenced: referenced === 'R',
            address: address!,
            // read and write queues say nothing of what is waited for
            details: details?.split(/, (?:send|recv|write|read|fd)/)[0] ?? null,
          },
        ],
      },
    }),
);

/** Sections of words: `Key: value`, `KEY=value`, what is indented. */
const words = lineOf(
  section,
  P.regexp(/(?:\s.*|[A-Za-z_][\w ().-]*[:=].*|[A-Za-z][\w ()/.-]* {2,}.*|[A-Z][a-z]+ [a-z]+)$/s).result(inside),
  P.lookahead(plainFrame).then(P.all).result(inside),
);

export const nodeReportText: StackGrammar = {
  kind: 'stacks',
  id: 'node-report-text',
  title: 'report of the node-report package',
  runtime: 'node',
  openings: ['==== Node Report ====', '==== NodeReport ===='],
  glance: /^/,
  begin: readByModes({
    modes: {
      start: lineOf(section),
      head,
      script,
      native,
      usage: usage('usage', () => inside),
      'loop-usage': usage('loop-usage', (field, seconds) => about({ measures: { [field]: seconds } })),
      handles: lineOf(section, handle, P.regexp(/(?:\(|[A-Z]).*$/s).result(inside)),
      words,
    },
    bridged: 2,
    blanks: 3,
    conclude: ({ parts, about: { reason } }) =>
      parts.has('report') ? { kind: reason?.kind === 'exception' || reason?.kind === 'fatal' ? 'error' : 'snapshot' } : null,
  }),
  example: '==== Node Report ====\nEvent: SIGUSR2, location: "SignalDumpInterruptCallback"',
  how: 'node -r node-report app.js (Node 4 to 12), then kill -USR2 PID',
};
