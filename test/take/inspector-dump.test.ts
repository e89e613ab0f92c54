import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { dumpThroughInspector } from '../../src/take/index.js';

/** What Node 22 answers whose main thread is halted in a function that a timer called, and that writes a report when asked. */
const ANSWERS: Readonly<Record<string, { readonly result?: unknown; readonly events?: readonly unknown[] }>> = {
  'Debugger.enable': { events: [{ method: 'Debugger.scriptParsed', params: { scriptId: '10', url: 'node:internal/timers' } }] },
  'Debugger.pause': {
    events: [
      {
        method: 'Debugger.paused',
        params: {
          callFrames: [{ functionName: 'processTimers', location: { scriptId: '10', lineNumber: 506, columnNumber: 4 }, url: '' }],
          reason: 'other',
        },
      },
    ],
  },
  'Runtime.evaluate': { result: { result: { value: JSON.stringify({ header: { threadId: 0 } }) } } },
};

describe('a dump through the inspector, of a thread that is halted in a timer', () => {
  let server: WebSocketServer;
  beforeEach(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const { id, method } = JSON.parse(data.toString()) as { id: number; method: string };
        const { result = {}, events = [] } = ANSWERS[method] ?? {};
        for (const message of [...events, { id, result }]) socket.send(JSON.stringify(message));
      });
    });
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const kindWhen = async (...polling: boolean[]): Promise<unknown> => {
    const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return (await dumpThroughInspector(address, { polls: () => polling.shift() ?? false })).kind;
  };

  it('is a report where the thread waited for events just before, or does a moment later', async () => {
    assert.equal(await kindWhen(true), 'report');
    assert.equal(await kindWhen(false, true), 'report');
  });

  it('is the stack where the thread does not come back from it', async () => {
    assert.equal(await kindWhen(false, false), 'stacks');
  });
});
