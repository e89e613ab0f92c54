import type { Limit, ObjectFact, Operation } from './facts.js';
import { HELD_KINDS, waitingFunction, waitingMethod, type ObjectKind } from './kinds.js';
import type { PyFunction, PyModule } from './module.js';
import { keyword, positional, weaker, type Names, type Value } from './names.js';
import { lastName } from './program.js';
import { childOf, textOf, type SyntaxNode } from './syntax.js';

/** Names that people give to locks, for those whose construction is not in sight. */
const LOCK_NAME = /(?:^|_)(?:r?lock|mutex|guard|latch|sem(?:aphore)?|cond(?:ition)?|cv)s?(?:$|_|\d)/i;
const CAMEL_LOCK_NAME = /[a-z]Lock$/;
const MOST_TEXT = 80;

/** What an expression of the program stands for, as plain data. */
export function objectFact(names: Names, node: SyntaxNode, module: PyModule, within: PyFunction | null): ObjectFact {
  const value = names.valueOf(node, module, within);
  return factOf(value, shortened(module, node));
}

export function factOf(value: Value | null, text: string): ObjectFact {
  const kind = value?.kind ?? 'unknown';
  const name = text.slice(text.lastIndexOf('.') + 1);
  const byName = kind === 'unknown' && value?.class == null && (LOCK_NAME.test(name) || CAMEL_LOCK_NAME.test(name));
  return {
    text,
    keys: value?.keys ?? [],
    kind: byName ? 'lock' : kind,
    instances: value?.instances ?? 'unknown',
    capacity: value?.capacity ?? null,
    made: value?.made ?? null,
    certainty: byName || value === null ? 'guessed' : value.certainty,
  };
}

/** What a call does. */
export function operationOf(names: Names, call: SyntaxNode, module: PyModule, within: PyFunction | null): Operation {
  const called = childOf(call, 'function');
  const args = childOf(call, 'arguments');
  const name = lastName(module, called) ?? '';
  const splat = args?.kind !== 'argument_list' || args.children.some((child) => child.kind === 'list_splat');
  const base = {
    text: shortened(module, call),
    name,
    line: called?.lastLine ?? call.line,
    runs: [],
    gives: names.valueOf(call, module, within)?.keys ?? [],
    given: splat ? null : args.children.filter(({ kind }) => kind !== 'keyword_argument' && kind !== 'dictionary_splat').length,
  };
  const outside = called && names.valueOf(called, module, within);
  const waits = outside?.dotted ? waitingFunction(outside.dotted) : null;
  if (waits !== null) return { ...base, kind: waits, object: null, limit: limitOf(module, name, args, waits), certainty: 'read' };
  const receiver = called?.kind === 'attribute' ? childOf(called, 'object') : undefined;
  if (receiver === undefined) return { ...base, kind: 'call', object: null, limit: { kind: 'none' }, certainty: 'read' };
  const value = names.valueOf(receiver, module, within);
  const object = factOf(value, shortened(module, receiver));
  // a method of the program itself says what it does in its own frame
  const own = outside?.function != null && object.kind === 'unknown';
  const method = own || receiver.kind === 'string' ? null : (waitingMethod(name, object.kind) ?? unknownJoin(name, object.kind, args));
  const certainty = weaker(object.certainty, method?.sure === false ? 'inferred' : 'read');
  const runs = value?.runs.map((fn) => fn.qualified) ?? [];
  return { ...base, kind: method?.kind ?? 'call', object, runs, limit: limitOf(module, name, args, method?.kind ?? 'call'), certainty };
}

/** `x.join()` and `x.get()` of something unknown wait when they are called as only threads and queues are. */
function unknownJoin(name: string, kind: ObjectKind, args: SyntaxNode | undefined): { kind: Operation['kind']; sure: boolean } | null {
  if (kind !== 'unknown') return null;
  const plain = args?.children.every((child) => child.kind === 'keyword_argument') ?? false;
  if (name === 'join' && plain) return { kind: 'join', sure: false };
  if (name === 'get' && plain) return { kind: 'queue', sure: false };
  return null;
}

/** What entering a `with` item does: null when the item is a call of the program's own, whose frames say it. */
export function enteringOf(names: Names, item: SyntaxNode, module: PyModule, within: PyFunction | null): Operation | null {
  const value = names.valueOf(item, module, within);
  const object = factOf(value, shortened(module, item));
  if (item.kind === 'call' && !HELD_KINDS.has(object.kind)) return null;
  if (value?.class) return null;
  const method = item.kind === 'call' && object.kind === 'unknown' ? null : waitingMethod('__enter__', object.kind);
  if (method === null) return null;
  return {
    kind: object.kind === 'unknown' ? 'unknown' : method.kind,
    text: `with ${object.text}`,
    name: '__enter__',
    object,
    limit: { kind: 'none' },
    line: item.line,
    runs: [],
    gives: [],
    given: null,
    certainty: object.certainty,
  };
}

/** What a `for` does to get its next item. */
export function iterationOf(loop: SyntaxNode, module: PyModule): Operation {
  const over = childOf(loop, 'right');
  return {
    kind: 'unknown',
    text: `next of ${over ? shortened(module, over) : '?'}`,
    name: '__next__',
    object: null,
    limit: { kind: 'none' },
    line: loop.line,
    runs: [],
    gives: [],
    given: null,
    certainty: 'guessed',
  };
}

/** Where a method's time limit stands among its positional arguments, and where its `blocking` flag. */
const LIMITS: Readonly<Record<string, { readonly limit?: number; readonly flag?: number }>> = {
  acquire: { limit: 1, flag: 0 },
  wait: { limit: 0 },
  wait_for: { limit: 1 },
  join: { limit: 0 },
  result: { limit: 0 },
  get: { limit: 1, flag: 0 },
  put: { limit: 2, flag: 1 },
  select: { limit: 3 },
  sleep: { limit: 0 },
  urlopen: { limit: 2 },
  create_connection: { limit: 1 },
};

function limitOf(module: PyModule, name: string, args: SyntaxNode | undefined, kind: Operation['kind']): Limit {
  const known = LIMITS[name];
  if (kind === 'call' || args === undefined) return { kind: 'none' };
  const flag = keyword(module, args, 'blocking') ?? keyword(module, args, 'block') ?? positional(args, known?.flag ?? -1);
  if (flag?.kind === 'false' || (flag?.kind === 'integer' && textOf(module.tree, flag) === '0')) return { kind: 'immediate' };
  const limit = keyword(module, args, 'timeout') ?? positional(args, known?.limit ?? -1);
  if (limit === undefined || limit.kind === 'none' || limit.kind === 'unary_operator') return { kind: 'none' };
  const seconds = limit.kind === 'integer' || limit.kind === 'float' ? Number(textOf(module.tree, limit).replaceAll('_', '')) : NaN;
  if (Number.isNaN(seconds)) return { kind: 'given' };
  return seconds === 0 ? { kind: 'immediate' } : { kind: 'seconds', seconds };
}

export function shortened(module: PyModule, node: SyntaxNode): string {
  const text = textOf(module.tree, node).slice(0, 400).replace(/\s+/g, ' ');
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
