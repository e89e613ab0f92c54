/** Where a Node process listens for debuggers: told by the kernel, so that nothing has to be guessed or sent. */
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { environmentOf, openFilesOf, readProc, type ProcessInfo } from './process.js';

/** A TCP port that a process listens on. */
export interface ListeningPort {
  /** An address by which it is reached from this machine, e.g. `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
}

/** TCP_LISTEN (include/net/tcp_states.h) as /proc/net/tcp writes it. */
const LISTENING = '0A';
/** `--inspect` without a port; each worker of a cluster takes the next (lib/internal/cluster/primary.js). */
const DEFAULT_PORT = 9229;
const CLUSTER_PORTS = 100;
/** The answer to the question which targets there are comes from a thread of its own, also when the program is stuck. */
const ANSWER_MS = 3000;
const MOST_ANSWER = 1 << 16;

/** The ports that a process listens on; null where this user may not know its open files. */
export function listeningPorts(pid: number): ListeningPort[] | null {
  const files = openFilesOf(pid);
  if (files === null) return null;
  const sockets = new Set(files.flatMap(({ target }) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  return ['net/tcp', 'net/tcp6'].flatMap((table) =>
    (readProc(pid, table) ?? '')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
        if (state !== LISTENING || local === undefined || !sockets.has(inode ?? '')) return [];
        const [address, port] = local.split(':');
        return [{ host: reachable(address ?? ''), port: parseInt(port ?? '', 16) }];
      }),
  );
}

/** The kernel writes addresses as words in the machine's order, which on all machines that Node runs on is the lowest byte first. */
function reachable(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)));
  if (bytes.every((byte) => byte === 0)) return bytes.length === 4 ? '127.0.0.1' : '::1';
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16));
  return words.join(':');
}

/**
 * The address of a process' inspector, or null when none is open.
 *
 * Only ports that can be one are asked, since a question may disturb who did not expect it: the port that the options name, and
 * the default one with those after it; where the options leave the port open, those that other machines do not reach.
 */
export async function inspectorOf(info: ProcessInfo): Promise<string | null> {
  const ports = listeningPorts(info.pid) ?? [];
  const named = namedPorts(info);
  const likely = ports.filter(
    ({ host, port }) =>
      named.has(port) ||
      (port >= DEFAULT_PORT && port < DEFAULT_PORT + CLUSTER_PORTS) ||
      (named.has(0) && /^(?:127\.|0*:.*:0*1$|::1$)/.test(host)),
  );
  for (const port of likely) {
    const address = await askForTarget(port);
    if (address !== null) return address;
  }
  return null;
}

/** Ports of `--inspect`, `--inspect-brk`, `--inspect-port` and their like, of the arguments and NODE_OPTIONS; 0 is "any". */
function namedPorts({ pid, commandLine }: ProcessInfo): Set<number> {
  const options = [...commandLine, ...(environmentOf(pid)?.get('NODE_OPTIONS') ?? '').split(/\s+/)];
  return new Set(
    options.flatMap((option, i) => {
      const [, name, value] = /^--(inspect(?:-brk|-wait|-port)?|debug-port)(?:=(.*))?$/.exec(option) ?? [];
      const port = /(?:^|:)(\d{1,5})$/.exec((name?.endsWith('-port') ? (value ?? options[i + 1]) : value) ?? '')?.[1];
      return port === undefined ? [] : [Number(port)];
    }),
  );
}

/** Asks a port for its first target, as `GET /json/list` of the inspector's HTTP interface; null when it is no inspector. */
export async function askForTarget({ host, port }: ListeningPort): Promise<string | null> {
  const at = net.isIPv6(host) ? `[${host}]` : host;
  const text = await new Promise<string | null>((resolve) => {
    const request = http.get(`http://${at}:${port}/json/list`, { timeout: ANSWER_MS, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
        if (body.length > MOST_ANSWER) request.destroy();
      });
      response.on('end', () => resolve(body));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
  const id = /"webSocketDebuggerUrl":\s*"ws:\/\/[^"/]*\/([\w.-]+)"/.exec(text ?? '')?.[1];
  // the address that was asked, not the one it names: that may be the name of another machine
  return id === undefined ? null : `ws://${at}:${port}${path.posix.join('/', id)}`;
}
