import assert from 'node:assert/strict';
import { readText } from '../../src/index.js';
import { inWords } from './dumps.js';

const RULE = '='.repeat(80);
const title = (text: string): string => `${RULE}\n==== ${text} `.padEnd(161, '=');

const report = (event: string, stack: string): string => `${title('Node Report')}

Event: ${event}
Filename: node-report.20261123.033550.614.001.txt
Dump event time:  2026/11/23 03:35:50
Module load time: 2026/11/23 03:35:49
Process ID: 614
Command line: node -r node-report hang/spin.js

Node.js version: v10.24.1
(http_parser: 2.9.4, v8: 6.8.275.32-node.59, uv: 1.34.2, zlib: 1.2.11,
 brotli: 1.0.7, ares: 1.15.0, modules: 64, nghttp2: 1.41.0, napi: 7)

node-report version: 2.2.11 (built against Node.js v10.24.1, glibc 2.36, 64 bit)

${title('JavaScript Stack Trace')}

${stack}

${title('Native Stack Trace')}

 0: [pc=0x7fa3cd273359]  [/srv/app/node_modules/node-report/api.node]
 1: [pc=0xea4aef] v8::internal::StackGuard::HandleInterrupts() [node]

${title('Resource Usage')}

Process total resource usage:
  User mode CPU: 0.60 secs

Event loop thread resource usage:
  User mode CPU: 0.48 secs
  Kernel mode CPU: 0.03 secs

${title('Node.js libuv Handle Summary')}

(Flags: R=Ref, A=Active)
Flags  Type      Address
[RA]   tcp       0x0000000002cd0aa0  localhost:37682 connected to localhost:15432, send buffer size: 87040
[-A]   signal    0x0000000002cd0bb0  signum: 12 (SIGUSR2)
`;

const BUSY =
  'JavaScript VM state: <unknown>\n\n 0: [pc=0x2b046d66c7c6] lookup (/srv/app/hang/spin.js:8:5)\n 1: [pc=0x10b841e4f11a] /srv/app/hang/spin.js:19:35';

describe('a report of the node-report package', () => {
  it('shows the stack that a signal interrupted, the time in the zone that is asked for, CPU and handles', async () => {
    const set = await readText(report('SIGUSR2, location: "SignalDumpInterruptCallback"', BUSY), { zone: 'UTC' });
    const [dump] = set.dumps;
    assert.equal(new Date(dump!.time!).toISOString(), '2026-11-23T03:35:50.000Z');
    assert.deepEqual(
      [dump!.timeFrom, dump!.timeZone, dump!.pid, dump!.runtimeVersion, dump!.kind],
      ['dump', 'assumed', 614, 'v10.24.1', 'snapshot'],
    );
    assert.deepEqual(inWords(set)[0]?.threads[0], {
      id: null,
      name: null,
      frames: ['lookup /srv/app/hang/spin.js:8:5', '- /srv/app/hang/spin.js:19:35'],
      native: ['- /srv/app/node_modules/node-report/api.node', 'v8::internal::StackGuard::HandleInterrupts() node'],
    });
    // all but the empty lines and the first rule
    assert.deepEqual(set.sources[0]!.accounts, { dumps: 33, known: 0 });
    const { measures, activity } = dump!.threads[0]!;
    assert.equal(activity, 'running');
    assert.deepEqual([measures?.userCpu, measures?.kernelCpu], [0.48, 0.03]);
    assert.deepEqual(
      measures?.handles.map(({ type, active, referenced, details }) => [type, active, referenced, details]),
      [
        ['tcp', true, true, 'localhost:37682 connected to localhost:15432'],
        ['signal', true, false, 'signum: 12 (SIGUSR2)'],
      ],
    );
  });

  it('may say that the loop was idle, or be of an error; two in a file are two', async () => {
    const idle = report('SIGUSR2, location: "SignalDumpAsyncCallback"', 'Signal received when event loop idle, no stack trace available');
    const failed = report(
      'exception, location: "OnUncaughtException"',
      'OrderService.price (/srv/app/a.js:6:49)\norder.lines.reduce (/srv/app/a.js:5:70)',
    );
    const set = await readText(idle + failed);
    assert.deepEqual(
      set.dumps.map(({ kind, threads }) => [kind, threads[0]!.activity]),
      [
        ['snapshot', 'idle'],
        ['error', 'running'],
      ],
    );
    assert.deepEqual(inWords(set)[1]?.threads[0]?.frames, [
      'OrderService.price /srv/app/a.js:6:49',
      'order.lines.reduce /srv/app/a.js:5:70',
    ]);
  });
});
