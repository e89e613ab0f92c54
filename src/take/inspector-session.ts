/** A conversation with V8's inspector (Chrome DevTools Protocol) in a Node process: the main thread's, and those of its workers within it. */
import type { RawData, WebSocket as Socket } from 'ws';
import { TakeError } from './errors.js';

/** A message's fields; the protocol's values are looked at where they are used. */
export type Params = Readonly<Record<string, unknown>>;
type Milliseconds = number;

/** The conversation with one thread. */
export interface ThreadSession {
  /** `main`, or the id that the main thread gave the worker's session. */
  readonly id: string;
  /**
   * Calls a method.
   *
   * @returns its result; null when no answer came in time, or the conversation ended
   */
  call(method: string, params?: Params, within?: Milliseconds): Promise<Params | null>;
  /** Is told the thread's events from now on. */
  onEvent(listener: (method: string, params: Params) => void): void;
}

/** Connecting is answered by a thread of Node's own, also when the program is stuck. */
const CONNECT_MS = 5000;
/** A stack of ten thousand frames with what the protocol says of each. */
const MOST_MESSAGE = 256 * 2 ** 20;

export class Inspector {
  readonly #main: Session;
  readonly #socket: Socket;
  readonly #sessions = new Map<string, Session>();
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const main = new Session('main', (text) => this.#send(text));
    this.#main = main;
    socket.on('message', (data: RawData) => main.receive(textOf(data)));
    socket.on('close', () => this.#end());
    // `close` follows
    socket.on('error', () => undefined);
    main.onEvent((method, params) => {
      if (method === 'NodeWorker.receivedMessageFromWorker')
        this.#sessions.get(String(params['sessionId']))?.receive(String(params['message']));
      if (method === 'NodeWorker.detachedFromWorker') this.#sessions.get(String(params['sessionId']))?.end();
    });
  }

  /**
   * @param address `ws://127.0.0.1:9229/…`
   * @throws TakeError `not-taken`
   */
  static async connect(address: string): Promise<Inspector> {
    const { WebSocket } = await import('ws');
    const socket = new WebSocket(address, { perMessageDeflate: false, handshakeTimeout: CONNECT_MS, maxPayload: MOST_MESSAGE });
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(new Inspector(socket)));
      socket.once('error', (error) =>
        reject(new TakeError('not-taken', `the inspector at ${address} cannot be reached: ${error.message}`, 'has the process ended?')),
      );
    });
  }

  get main(): ThreadSession {
    return this.#main;
  }

  /** The conversation with a worker that was attached (`NodeWorker.attachedToWorker`). */
  worker(id: string): ThreadSession {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = new Session(id, (message) => {
      void this.main.call('NodeWorker.sendMessageToWorker', { sessionId: id, message });
    });
    if (this.#ended) session.end();
    this.#sessions.set(id, session);
    return session;
  }

  /** Ends the conversation; Node then undoes what it has asked for. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.close();
    const cut = setTimeout(() => this.#socket.terminate(), CONNECT_MS);
    await closed;
    clearTimeout(cut);
  }

  #send(text: string): void {
    if (!this.#ended) this.#socket.send(text);
  }

  #end(): void {
    this.#ended = true;
    for (const session of [this.#main, ...this.#sessions.values()]) session.end();
  }
}

class Session implements ThreadSession {
  readonly id: string;
  readonly #send: (text: string) => void;
  readonly #waiting = new Map<number, (result: Params | null) => void>();
  readonly #listeners: ((method: string, params: Params) => void)[] = [];
  #last = 0;
  #ended = false;

  constructor(id: string, send: (text: string) => void) {
    this.id = id;
    this.#send = send;
  }

  async call(method: string, params: Params = {}, within: Milliseconds = Infinity): Promise<Params | null> {
    if (this.#ended) return null;
    const id = ++this.#last;
    const answer = new Promise<Params | null>((resolve) => this.#waiting.set(id, resolve));
    const late = Number.isFinite(within) ? setTimeout(() => this.#answer(id, null), within) : undefined;
    this.#send(JSON.stringify({ id, method, params }));
    const result = await answer;
    clearTimeout(late);
    return result;
  }

  onEvent(listener: (method: string, params: Params) => void): void {
    this.#listeners.push(listener);
  }

  receive(text: string): void {
    let message: Params;
    try {
      message = JSON.parse(text) as Params;
    } catch {
      return;
    }
    const { id, method, params, result } = message;
    if (typeof id === 'number') this.#answer(id, typeof result === 'object' && result !== null ? (result as Params) : {});
    else if (typeof method === 'string') for (const listener of this.#listeners) listener(method, (params ?? {}) as Params);
  }

  end(): void {
    this.#ended = true;
    for (const id of [...this.#waiting.keys()]) this.#answer(id, null);
  }

  #answer(id: number, result: Params | null): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]).toString('utf8');
}
