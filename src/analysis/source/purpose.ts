import type { Asked, FrameFacts, LoopFact } from './facts.js';
import type { Standing } from './standing.js';

/**
 * What a wait is for, by where it stands in the program:
 *
 * | | |
 * | --- | --- |
 * | `work` | first in a round of a loop without end: the thread waits for the next piece of work |
 * | `period` | sleeps between two rounds of such a loop |
 * | `end` | until the program is told to stop, or for ever on something that nobody else has |
 * | `answer` | it asked another party for something just before: sent, submitted, started |
 * | `poll` | looks again and again until something is true, or tries until it succeeds |
 * | `inside` | in the middle of a round or over a collection: of work that was begun |
 * | `once` | no loop from here to where the source begins |
 */
export type Purpose = 'work' | 'period' | 'end' | 'answer' | 'poll' | 'inside' | 'once';

export interface PurposeFact {
  readonly purpose: Purpose;
  /** The frame and line that say so. */
  readonly facts: FrameFacts;
  readonly line: number;
  /** One answer after the other without a pause: a thread that goes on is met there too. */
  readonly tight: boolean;
  /** What it asked with, where it waits for an answer; else the loop's condition, where there is a loop. */
  readonly text: string;
}

/** Kinds of waits of which each takes the next of what comes, when they are first in a loop. */
const RECEIVING: ReadonlySet<string> = new Set([
  'queue',
  'condition',
  'event',
  'semaphore',
  'net-read',
  'net-accept',
  'file-io',
  'select',
  'signal',
  'input',
  'sleep',
  'unknown',
  'subprocess',
  'barrier',
]);

/** Names of events by which a program or thread is told to end. `running` and `done` are waited for as well, but for themselves. */
const TOLD_TO_STOP = /stop|shut|clos(?:e|ing)|quit|exit|term|kill|abort|interrupt|halt|forever/i;
/** Methods of clients and consumers that wait for what comes by itself; others ask first, and then wait for the answer. */
const TAKES =
  /^(?:b[lrz](?:[a-oq-z0-9_]|p(?!op))*pop\w*|blmove|xread\w*|listen|get_message|poll|consume\w*|start_consuming|basic_consume|recv\w*|receive\w*|read\w*|next\w*|pull|accept|select|wait\w*|take|watch|stream|subscribe|events?|serve\w*|run\w*|iter\w*|pop\w*|dequeue|getch|getevents)$/i;

/** What is made for one wait and given to whoever is to end it. */
const HANDED: ReadonlySet<string> = new Set(['event', 'condition', 'future', 'queue', 'semaphore']);

/** SQL that changes something, so it is not asking for the next piece of work. */
const WRITES = /\b(?:insert|update|delete|replace|merge|begin|commit|lock|create|alter)\b/i;

/** Names of functions that only let time pass. */
const PAUSES = /sleep|pause|delay|tick|throttle|idle|wait|pace/i;

/** Functions in which a program starts what it consists of. */
const MAIN = /^(?:<module>|main|_main|run|start_all|serve)$/;

/** By what another party is asked, for each kind of wait. A started thread is no answer to a `recv`. */
const ASKED_BY: Readonly<Record<string, RegExp>> = {
  'net-read': /^(?:send\w*|write|request|put\w*|flush|publish)$/,
  'file-io': /^(?:send\w*|write|flush|request|put\w*)$/,
  queue: /^(?:put\w*|submit|send\w*|apply_async|start|publish|delay)$/,
  event: /^(?:put\w*|submit|send\w*|apply_async|start|publish|delay|request|notify\w*)$/,
  condition: /^(?:put\w*|submit|send\w*|apply_async|start|publish|delay|request)$/,
};

/**
 * Walks from the innermost frame with source outwards, until a frame's loop, or what it did before, says what is waited
 * for. Null without source or without a wait.
 *
 * @param kind what the stack itself says that it waits for, where it says so: `client.blpop()` alone says little
 */
export function purposeOf(standing: Standing, kind?: string): PurposeFact | null {
  const { waits, facts } = standing;
  if (waits === null) return null;
  const { operation } = waits;
  const waitsFor = operation.kind === 'call' || operation.kind === 'unknown' ? (kind ?? operation.kind) : operation.kind;
  const at = (purpose: Purpose, frame: FrameFacts, line = frame.line, text = ''): PurposeFact => ({
    purpose,
    facts: frame,
    line,
    text,
    tight: false,
  });
  const askedBy = (frame: FrameFacts, asked: Asked | null): PurposeFact | null =>
    // threads that a main program starts are its work, not an answer; one started for this wait alone stands next to it
    asked && (ASKED_BY[waitsFor]?.test(asked.name) ?? false) && (asked.name !== 'start' || (asked.isNext && !MAIN.test(frame.function)))
      ? at('answer', frame, asked.line, asked.text)
      : null;
  const timed = operation.limit.kind !== 'none';
  const sleeps = waitsFor === 'sleep';
  // `requests.get()` and `client.query()` ask and wait at once; `get()` without a word on what is a queue's
  const asksItself = operation.kind === 'call' || (waitsFor === 'net-read' && operation.object === null);
  const takes = !asksItself || TAKES.test(operation.name) || (operation.name === 'get' && operation.given === 0);
  // a sleep is a pause between rounds where the loop itself sleeps, or calls what is named after it
  const paces = (depth: number): boolean => depth === waits.depth || PAUSES.test(waits.facts.function);
  const { handedOver } = waits.facts;
  if (handedOver && HANDED.has(waitsFor) && !TOLD_TO_STOP.test(operation.object?.text ?? ''))
    return at('answer', waits.facts, handedOver.line, handedOver.text);
  if (waitsFor === 'signal') return at('end', waits.facts);
  if (waitsFor === 'event' || waitsFor === 'condition') {
    const nobodyElses = handedOver === false || (operation.object?.keys.length === 0 && operation.object.kind === 'event');
    if (TOLD_TO_STOP.test(operation.object?.text ?? '')) return at('end', waits.facts);
    // so a thread stays there for ever on purpose; within a round, as of a server's requests, it is a mistake
    if (nobodyElses) return roundAround(standing, at) ?? at('end', waits.facts);
  }
  if (waitsFor === 'call') return null;
  // what waits for work holds no lock meanwhile
  const busy = standing.holds.some(
    ({ object, certainty }) => (object.kind === 'lock' || object.kind === 'rlock') && certainty !== 'guessed',
  );
  let polled = null as PurposeFact | null;
  let last = waits.facts;
  let bare = 0;
  for (let depth = waits.depth; depth < facts.length && bare <= MOST_WITHOUT_SOURCE; depth++) {
    const frame = facts[depth];
    bare = frame ? 0 : bare + 1;
    if (!frame) continue;
    last = frame;
    for (const loop of frame.loops) {
      // `for line in response.lines():` may be a download or a subscription
      if (loop.kind === 'bounded' && loop.inHead && depth === waits.depth) return null;
      if (loop.kind === 'bounded') return polled ?? at('inside', frame, loop.line, loop.condition);
      if (isService(loop)) {
        const reading = loop.gathers && (waitsFor === 'net-read' || waitsFor === 'file-io');
        if (reading && loop.first) continue;
        if (depth === waits.depth && polled === null && frame.asked) {
          const answer = askedBy(frame, frame.asked);
          if (answer) return loop.onlyWait ? { ...answer, tight: true } : answer;
        }
        if (sleeps && polled === null && paces(depth)) return at('period', frame, loop.line, loop.condition);
        if (
          loop.first &&
          !busy &&
          (!sleeps || paces(depth)) &&
          ((takes && RECEIVING.has(waitsFor)) || (waitsFor === 'db' && !WRITES.test(operation.text))) &&
          (polled === null || !polled.text.includes('('))
        )
          return at('work', frame, loop.line, loop.condition);
        return polled ?? at('inside', frame, loop.line, loop.condition);
      }
      // `while self.step():` goes round as often as something comes
      if (loop.inHead && polled === null && !timed && !sleeps && takes && RECEIVING.has(waitsFor) && !loop.condition.startsWith('not '))
        return busy ? at('inside', frame, loop.line, loop.condition) : at('work', frame, loop.line, loop.condition);
      // a loop until something is true: a poll, or the check that belongs to a condition
      if (polled === null && (sleeps || timed)) polled = at('poll', frame, loop.line, loop.condition);
      if (!loop.first) return polled ?? at('inside', frame, loop.line, loop.condition);
    }
    if (polled === null) {
      const answer = askedBy(frame, frame.loops.length === 0 ? frame.asked : frame.askedEarlier);
      if (answer) return answer;
    }
  }
  const awaiting = last.startedIn.find((loop) => isService(loop) && loop.first);
  if (awaiting && polled === null && !busy && takes && RECEIVING.has(waitsFor)) return at('work', last, awaiting.line, awaiting.condition);
  return polled ?? at('once', last);
}

/** A round of a loop without end that the function which waits was called in the middle of. */
function roundAround(
  { waits, facts }: Standing,
  at: (purpose: Purpose, frame: FrameFacts, line: number, text: string) => PurposeFact,
): PurposeFact | null {
  for (const frame of facts.slice(waits!.depth + 1)) {
    const round = frame?.loops.find((loop) => isService(loop) && !loop.first);
    if (frame && round) return at('inside', frame, round.line, round.condition);
  }
  return null;
}

/** Frames without source that may lie between two with source of one piece of work. */
const MOST_WITHOUT_SOURCE = 4;

/** A loop that a service stays in: without end, or until it is told, and left only by a marker. */
function isService(loop: LoopFact): boolean {
  return loop.kind === 'until-told' || (loop.kind === 'endless' && loop.exit !== 'some');
}
