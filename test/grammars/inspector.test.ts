import assert from 'node:assert/strict';
import { ofText } from './dumps.js';

const parsed = (scriptId: string, url: string): object => ({ method: 'Debugger.scriptParsed', params: { scriptId, url, startLine: 0 } });
const paused = (...frames: readonly (readonly [string, string, number, number])[]): object => ({
  method: 'Debugger.paused',
  params: {
    callFrames: frames.map(([functionName, scriptId, lineNumber, columnNumber]) => ({
      functionName,
      location: { scriptId, lineNumber, columnNumber },
      url: '',
    })),
    reason: 'other',
  },
});
const fromWorker = (sessionId: string, message: object): object => ({
  method: 'NodeWorker.receivedMessageFromWorker',
  params: { sessionId, message: JSON.stringify(message) },
});
const attached = (sessionId: string, name: string): object => ({
  method: 'NodeWorker.attachedToWorker',
  params: { sessionId, workerInfo: { workerId: sessionId, type: 'worker', title: `[worker 7] ${name}`, url: 'file:///srv/app/pool.js' } },
});
const lines = (...messages: readonly object[]): string => messages.map((message) => JSON.stringify(message)).join('\n');

describe('messages of the inspector', () => {
  it('give a dump whenever the main thread pauses, with scripts by number and places from 1', async () => {
    const run = lines(parsed('81', 'file:///srv/app/spin.js'), paused(['lookup', '81', 7, 4], ['', '81', 18, 34]), { id: 3, result: {} });
    const dumps = await ofText(`${run}\n${run}\n`);
    assert.deepEqual(
      dumps.map(({ kind, threads }) => [kind, threads[0]!.id, threads[0]!.frames]),
      [1, 2].map(() => ['snapshot', '0', ['lookup file:///srv/app/spin.js:8:5', '- file:///srv/app/spin.js:19:35']]),
    );
  });

  it('of workers are threads of one dump, each with scripts of its own', async () => {
    const [dump, ...others] = await ofText(
      lines(
        fromWorker('1', parsed('5', 'file:///srv/app/a.js')),
        fromWorker('2', parsed('5', 'file:///srv/app/b.js')),
        attached('1', 'ingest'),
        attached('2', 'thumbs'),
        fromWorker('2', paused(['resize', '5', 0, 0])),
        fromWorker('1', paused(['parse', '5', 1, 1])),
      ),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(
      dump?.threads.map(({ name, frames }) => [name, frames]),
      [
        ['thumbs', ['resize file:///srv/app/b.js:1:1']],
        ['ingest', ['parse file:///srv/app/a.js:2:2']],
      ],
    );
  });

  it('that are no JSON give nothing', async () =>
    assert.deepEqual(await ofText('{"method":"Debugger.paused","params":{"callFrames":[{"functi\n'), []));
});
