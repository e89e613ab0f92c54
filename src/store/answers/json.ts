import { SCHEMA_VERSION, isoTime, jsonText } from '../../report/index.js';
import type { Hang, Hosts, Listing, News, Shown, Trend } from '../questions.js';
import type { Answer, HistoryStore, Sighting } from '../store.js';

/** The documents of `history … --json` (their schema: `schemas/history.schema.json`). */
function document(question: string, store: HistoryStore, answer: object): string {
  const head = {
    schemaVersion: SCHEMA_VERSION,
    question,
    store: store.place,
    ...(store.missing.length > 0 && { missing: store.missing }),
    ...(store.waiting > 0 && { waiting: store.waiting }),
  };
  return `${jsonText({ ...head, ...answer }, 1)}\n`;
}

export function listJson(store: HistoryStore, { extent, hangs, unlisted }: Listing): string {
  return document('list', store, { extent, unlisted, hangs: hangs.map(hangJson) });
}

export function showJson(store: HistoryStore, shown: Shown): string {
  const { hang, extent, builds, hosts, days, sightings, stack } = shown;
  return document('show', store, {
    extent,
    hang: hangJson(hang),
    builds,
    hosts: hosts.map(({ first, last, ...rest }) => ({ ...rest, first: isoTime(first), last: isoTime(last) })),
    days: days.map(dayJson),
    sightings: sightings.map(sightingJson),
    stack: stack === null ? null : { depth: stack.depth, frames: stack.frames.map(([fn, file, line]) => ({ function: fn, file, line })) },
  });
}

export function trendJson(store: HistoryStore, { extent, builds, days, hangs, unlisted }: Trend): string {
  return document('trend', store, {
    extent,
    builds,
    days: days.map(dayJson),
    unlisted,
    hangs: hangs.map(({ hang, times }) => ({ ...hangJson(hang), timesByBuild: times })),
  });
}

export function newsJson(store: HistoryStore, { since, before, builds, fresh, gone, back, still }: News): string {
  const [list, cameBack, left, there] = [fresh, back, gone, still].map((hangs) => hangs.map(hangJson));
  return document('new', store, { since, before, builds, new: list, back: cameBack, gone: left, still: there });
}

export function hostsJson(store: HistoryStore, { extent, hosts }: Hosts): string {
  return document('hosts', store, {
    extent,
    hosts: hosts.map(({ first, last, ahead, ...rest }) => ({
      ...rest,
      first: isoTime(first),
      last: isoTime(last),
      aheadSeconds: ahead / 1000,
    })),
  });
}

export function answerJson(store: HistoryStore, { columns, rows, cut }: Answer): string {
  return document('query', store, { columns, rows, cut });
}

/** The answer of `add`, `prune` and `import`. */
export function doneJson(question: 'add' | 'prune' | 'import', store: HistoryStore, sums: object): string {
  return document(question, store, sums);
}

/** A hang as the documents have it. */
function hangJson({ example, first, last, ...rest }: Hang): object {
  const { function: fn, file, line, wait, waitBy } = example.thread;
  return { ...rest, first: isoTime(first), last: isoTime(last), function: fn, file, line, wait, waitBy };
}

function sightingJson({ at, thread, dump, place, timeFrom, fingerprint: _, ...rest }: Sighting): object {
  return { ...rest, time: isoTime(at), timeFrom, dump, thread: { place, ...thread } };
}

function dayJson({ day, times, hangs }: { readonly day: number; readonly times: number; readonly hangs: number }): object {
  return { day: new Date(day * 86_400_000).toISOString().slice(0, 10), times, hangs };
}
