/**
 * Messages of V8's inspector (Chrome DevTools Protocol: Debugger and NodeWorker domains), one JSON object a line, as clients
 * log them. Node 8 to 26.
 *
 *     {"method":"Debugger.scriptParsed","params":{"scriptId":"81","url":"file:///srv/app/hang/spin.js", …}}
 *     {"method":"Debugger.paused","params":{"callFrames":[{"functionName":"lookup","location":{"scriptId":"81",
 *         "lineNumber":7,"columnNumber":4},"url":"", …}, …],"reason":"other"}}
 *     {"method":"NodeWorker.attachedToWorker","params":{"sessionId":"2","workerInfo":{"title":"[worker 2] thumbs", …}}}
 *     {"method":"NodeWorker.receivedMessageFromWorker","params":{"sessionId":"2","message":"{\"method\":\"Debugger.paused\", …}"}}
 *
 * Lines and columns from 0 (made to count from 1 here). `url` is empty in current Node: scripts are known by earlier messages,
 * by numbers of each thread's own. Only threads that run JavaScript ever pause: one that is missing is idle. A dump is what
 * paused until a thread goes on, pauses again or workers are attached anew.
 */
import type { Frame, LineNumber } from '../src/model/index.js';
import type { PlacedDump, ReportedThread, StackGrammar, StackReader } from './grammar.js';
import { integer, list, object, parseJson, text, type Json } from './shared/json-values.js';

/** Other messages, and lines that are none, between two that matter. */
const FOREIGN_LINES = 64;
const MOST_SCRIPTS = 1 << 16;

interface Paused {
  readonly line: LineNumber;
  lines: number;
  readonly threads: Map<string, ReportedThread>;
}

class InspectorReader implements StackReader {
  /** Session and script id → URL. */
  readonly #scripts = new Map<string, string>();
  /** Session → the worker's number and name. */
  readonly #workers = new Map<string, { readonly id: string | null; readonly name: string | null }>();
  readonly #dumps: Paused[] = [];
  #open: Paused | null = null;
  #foreign = 0;

  feed(line: string, number: LineNumber): 'taken' | 'foreign' | 'ended' {
    const outer = parseJson(line);
    const known = outer !== null && this.#message(outer, '', number);
    if (known) {
      this.#foreign = 0;
      return 'taken';
    }
    return ++this.#foreign > FOREIGN_LINES ? 'ended' : 'foreign';
  }

  #message(message: Json, session: string, number: LineNumber): boolean {
    const params = object(message['params']);
    switch (message['method']) {
      case 'Debugger.scriptParsed':
        if (this.#scripts.size < MOST_SCRIPTS)
          this.#scripts.set(`${session}\n${text(params['scriptId']) ?? ''}`, text(params['url']) ?? '');
        return true;
      case 'Debugger.paused':
        this.#pause(
          session,
          list(params['callFrames']).map((frame) => this.#frame(object(frame), session)),
          number,
        );
        return true;
      case 'Debugger.resumed':
        this.#open = null;
        return true;
      case 'NodeWorker.attachedToWorker': {
        this.#open = null;
        const title = /^\[worker (\d+)\](?: (.*))?$/s.exec(text(object(params['workerInfo'])['title']) ?? '');
        if (this.#workers.size < MOST_SCRIPTS)
          this.#workers.set(text(params['sessionId']) ?? '', { id: title?.[1] ?? null, name: title?.[2] ?? null });
        return true;
      }
      case 'NodeWorker.receivedMessageFromWorker': {
        const inner = parseJson(text(params['message']) ?? '');
        // one level: a worker's own workers have messages of their own
        return session === '' && inner !== null && this.#message(inner, text(params['sessionId']) ?? '', number);
      }
      default:
        return false;
    }
  }

  #frame(frame: Json, session: string): Frame {
    const location = object(frame['location']);
    const url = text(frame['url']) || this.#scripts.get(`${session}\n${text(location['scriptId']) ?? ''}`);
    const [line, column] = [integer(location['lineNumber']), integer(location['columnNumber'])];
    return {
      function: text(frame['functionName']) || null,
      file: url === undefined || url === '' ? null : url,
      line: line === null ? null : line + 1,
      column: column === null ? null : column + 1,
    };
  }

  #pause(session: string, frames: readonly Frame[], number: LineNumber): void {
    let open = this.#open;
    if (open === null || open.threads.has(session)) {
      open = { line: number, lines: 0, threads: new Map() };
      this.#open = open;
      this.#dumps.push(open);
    }
    const worker = this.#workers.get(session);
    open.lines++;
    open.threads.set(session, {
      id: session === '' ? '0' : (worker?.id ?? null),
      name: worker?.name ?? null,
      current: false,
      truncated: false,
      main: session === '',
      activity: 'running',
      frames,
      nativeFrames: [],
      notes: [],
      measures: null,
    });
  }

  finish(): PlacedDump[] {
    return this.#dumps.map(({ line, lines, threads }) => ({
      line,
      lines,
      dump: {
        kind: 'snapshot',
        time: null,
        pid: null,
        runtimeVersion: null,
        reason: { kind: 'request', text: 'Debugger.paused' },
        threads: [...threads.values()],
        notes: [],
        warnings: [],
      },
    }));
  }
}

export const inspector: StackGrammar = {
  kind: 'stacks',
  id: 'inspector',
  title: 'inspector (DevTools protocol) messages',
  runtime: 'node',
  openings: ['"Debugger.scriptParsed"', '"Debugger.paused"', '"NodeWorker.attachedToWorker"', '"NodeWorker.receivedMessageFromWorker"'],
  glance: /^"(?:Debugger|NodeWorker)\.\w+"\s*,\s*"params"\s*:/,
  lead: /\{.*$/s,
  begin: () => new InspectorReader(),
  example: '{"method":"Debugger.paused","params":{"callFrames":[…]}}',
  how: 'a client of node --inspect: Debugger.enable, Debugger.pause, NodeWorker.enable',
};
