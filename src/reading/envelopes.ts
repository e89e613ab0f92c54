/**
 * What log collectors put around the lines of a program, as data. A new one is one entry here and a test.
 *
 * An entry for text is a pattern for what stands before the line, tried at the line's beginning (and again behind another
 * envelope: `docker compose logs -t` puts a name before a time). Named groups tell what it holds:
 *
 *     time     when the line was written
 *     source   whose line it is: a service, pod, unit, worker; lines of two sources are read as two logs
 *     host     the machine, part of the source
 *     pid      the process, part of the source
 *     stream   standard output or error, part of the source but not of its name
 *     more     any text: the line goes on in the next record of the source
 *     joins    any text: the record continues the line before
 *
 * No pattern tells one digit from another: a log's lines that begin alike but for their digits are all in an envelope or all in none.
 *
 * A collector that writes nothing but a time needs no entry: a prefix without a source is learnt from the dump's first
 * line (`prefix.ts`). Those that are here stand before another envelope.
 */
export interface TextEnvelope {
  readonly id: string;
  readonly pattern: RegExp;
  /** Whether a record continues the line before it is known only when it has come, so lines wait for it. */
  readonly waits?: true;
  /** What the collector does to a line's text, undone. */
  readonly undo?: (line: string) => readonly string[];
}

const RFC3339 = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)`;
const SYSLOG_TIME = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?`;
/** `unit[pid]: ` of syslog and journald. */
const UNIT = String.raw`(?<source>[^\s\[\]:]+)(?:\[(?<pid>\d+)\])?:(?: |$)`;
const LEVEL = String.raw`(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b`;
const HOST = String.raw`(?<host>(?!${LEVEL})[\w.:-]+)`;

/** More than a frame that a recursion repeats, less than harm. */
const MOST_REPEATS = 1000;

/** rsyslog and syslogd: control characters as `#` and three octal digits, equal lines counted instead of written. */
function undoSyslog(line: string): readonly string[] {
  const plain = line.includes('#0')
    ? line.replaceAll(/#0(11|12|15|33)/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    : line;
  const repeated = /^message repeated (\d{1,9}) times: \[ ?(.*)\]$/.exec(plain);
  if (repeated) return Array.from({ length: Math.min(Number(repeated[1]), MOST_REPEATS) }, () => repeated[2]!);
  return plain.split('\n');
}

export const TEXT_ENVELOPES: readonly TextEnvelope[] = [
  // containerd and CRI-O, /var/log/pods: 2024-05-17T09:30:12.123456789Z stderr F text; P: the line goes on
  {
    id: 'cri',
    pattern: new RegExp(String.raw`(?<time>${RFC3339}) (?<stream>stdout|stderr) (?:(?<more>P)|F)(?: |$)`),
  },
  // GitLab runner with timestamps: 2024-05-17T09:30:12.123456Z 01E text; a + in place of the blank: the record before goes on
  { id: 'gitlab', pattern: new RegExp(String.raw`(?<time>${RFC3339}) (?<stream>[0-9a-f]{2}[OE])(?:(?<joins>\+)| |$)`), waits: true },
  // Heroku: 2024-05-17T09:30:12.123456+00:00 app[web.1]: text
  { id: 'heroku', pattern: new RegExp(String.raw`(?<time>${RFC3339}) (?<source>[a-z][\w-]*\[[\w.-]+\]):(?: |$)`) },
  // journalctl -o short-iso, rsyslog's high precision: 2024-05-17T09:30:12+0000 web-3 shop[1234]: text
  { id: 'syslog-iso', pattern: new RegExp(String.raw`(?:<\d{1,3}>)?(?<time>${RFC3339}) ${HOST} ${UNIT}`), undo: undoSyslog },
  // journalctl, syslog (RFC 3164): May 17 09:30:12 web-3 shop[1234]: text
  { id: 'syslog', pattern: new RegExp(String.raw`(?:<\d{1,3}>)?(?<time>${SYSLOG_TIME}) ${HOST} ${UNIT}`), undo: undoSyslog },
  // journalctl -o short-full: Fri 2024-05-17 09:30:12 UTC web-3 shop[1234]: text
  {
    id: 'journald-full',
    pattern: new RegExp(String.raw`(?<time>[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]{2,5}) ${HOST} ${UNIT}`),
  },
  // journalctl -o short-monotonic, short-unix: [ 1234.567890] web-3 shop[1234]: text
  { id: 'journald-monotonic', pattern: new RegExp(String.raw`(?:\[ *\d+\.\d{6}\]|\d{9,10}\.\d{6}) ${HOST} ${UNIT}`) },
  // syslog (RFC 5424): <11>1 2024-05-17T09:30:12.123456Z web-3 shop 1234 - - text
  {
    id: 'syslog-5424',
    pattern: new RegExp(
      String.raw`<\d{1,3}>\d{1,2} (?<time>${RFC3339}|-) ${HOST} (?<source>\S+) (?:(?<pid>\d+)|\S+) \S+ (?:-|(?:\[[^\]\n]*\])+)(?: (?:\xef\xbb\xbf)?|$)`,
    ),
    undo: undoSyslog,
  },
  // gh run view --log: job TAB step TAB 2024-05-17T09:30:12.1234567Z text
  {
    id: 'github-run-view',
    pattern: new RegExp(String.raw`(?<source>[^\t\n]+)\t[^\t\n]*\t(?:\xef\xbb\xbf)?(?<time>${RFC3339})(?: |$)`),
  },
  // kubectl logs --prefix: [pod/shop-6f7d8b9c5-x2x4q/app] text
  { id: 'kubectl', pattern: /\[pod\/(?<source>[\w.-]+\/[\w.-]+)\](?: |$)/ },
  // stern: shop-6f7d8b9c5-x2x4q app › text (a bar in version 1)
  {
    id: 'stern',
    pattern: /(?:[+-] )?(?<source>[a-z0-9][a-z0-9.-]*-[a-z0-9]{5,10} (?:›|\xe2\x80\xba|\|)? ?[a-z0-9.-]+) (?:›|\xe2\x80\xba|\|)(?: |$)/,
  },
  // pm2 logs: 0|orders   | text
  { id: 'pm2', pattern: /(?<source>\d{1,4}\|[\w.@/-]+) *\|(?: |$)/ },
  // docker compose, version 1 (shop_1   | text) and 2 (shop-1  | text); docker service logs (shop.1.id@node    | text)
  { id: 'docker-compose', pattern: /(?<source>[A-Za-z0-9][\w.@-]*) *\|(?: |$)/ },
  // torchrun, accelerate, vLLM, Ray: [rank0]: text, [default0]:text, (Worker pid=77) text, (train pid=77, ip=10.0.0.1) text
  { id: 'rank', pattern: /\[(?<source>(?:rank|default)\d+)\]:(?: |$)?/ },
  {
    id: 'worker-pid',
    pattern: /\((?<source>[\w.:-]+(?: rank=\d+)?) pid=(?<pid>\d+)(?:, ip=[\w.:]+)?\)(?: |$)/,
  },
  // pytest-xdist, concurrently, foreman's cousins: [gw0] text, [0] text, [api] text
  {
    id: 'bracketed-name',
    pattern: new RegExp(String.raw`\[(?!${LEVEL}|\d{4}-\d\d|\d\d:\d\d)(?<source>[A-Za-z0-9][\w:.@/-]*)\](?: |$)`, 'i'),
  },
  // a time alone, where another envelope follows
  { id: 'time', pattern: new RegExp(String.raw`(?<time>${RFC3339})(?:[ \t]|: )`) },
  { id: 'time-in-brackets', pattern: new RegExp(String.raw`\[(?<time>${RFC3339})\] `) },
];

/** Where a field of a JSON record may be, `.` for a field of a field. The first that is there counts. */
export type FieldPaths = readonly string[];

/**
 * An envelope whose lines are JSON records. The text is the string in which the dump was found; which of its other fields
 * tell what stands here.
 */
export interface RecordEnvelope {
  readonly id: string;
  /** Fields that a record of this envelope has, all of them. */
  readonly has: readonly string[];
  /** No other fields than these, when given. */
  readonly only?: readonly string[];
  readonly time: FieldPaths;
  readonly source: FieldPaths;
  readonly host: FieldPaths;
  readonly pid: FieldPaths;
  /** A text without a line feed at its end goes on in the next record of the source and stream. */
  readonly pieces?: true;
}

export const RECORD_ENVELOPES: readonly RecordEnvelope[] = [
  // docker's json-file driver: {"log":"text\n","stream":"stderr","time":"…"}; lines over 16 KiB are cut into pieces
  {
    id: 'docker-json-file',
    has: ['log', 'stream', 'time'],
    only: ['log', 'stream', 'time', 'attrs'],
    time: ['time'],
    source: ['attrs.com.docker.compose.service', 'attrs.tag'],
    host: [],
    pid: [],
    pieces: true,
  },
  // journalctl -o json: {"MESSAGE":"text","_PID":"1234","__REALTIME_TIMESTAMP":"1715938212123456"}
  {
    id: 'journald-json',
    has: ['MESSAGE'],
    time: ['_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP'],
    source: ['_SYSTEMD_UNIT', 'SYSLOG_IDENTIFIER', '_COMM'],
    host: ['_HOSTNAME'],
    pid: ['_PID', 'SYSLOG_PID'],
  },
  // application loggers (pino, winston, bunyan, structlog, python-json-logger), Fluent Bit, Loki, Cloud Logging
  {
    id: 'json-record',
    has: [],
    time: ['@timestamp', 'timestamp', 'time', 'ts', 'asctime', 'datetime', 'eventTime', 'receiveTimestamp', 'date', 't'],
    source: [
      'kubernetes.pod_name',
      'resource.labels.pod_name',
      'labels.pod',
      'container_name',
      'containerName',
      'service.name',
      'service',
      'app',
      'source',
    ],
    host: ['hostname', 'host.name', 'host'],
    pid: ['pid', 'process', 'process.pid', 'processId', 'process_id'],
  },
];
