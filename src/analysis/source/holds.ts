import type { HeldFact, ObjectFact } from './facts.js';
import { HELD_KINDS } from './kinds.js';
import type { Place, PyFunction, PyModule } from './module.js';
import { positional, weaker, type Certainty, type Names } from './names.js';
import { factOf, objectFact, shortened } from './operations.js';
import { lastName, type Program } from './program.js';
import { before, isDefinition, ownerOf, statementAt } from './statements.js';
import { childOf, ownNodes, textOf, type SyntaxNode } from './syntax.js';

/** `with locked(a):` leads to the function behind `@contextmanager`, which may use another: so many levels are followed. */
const MOST_LEVELS = 4;
/** What one frame holds; nobody holds more by hand. */
const MOST_HELD = 20;
/** Methods that give back what a call of another gave. */
const GIVING_BACK: ReadonlySet<string> = new Set([
  'release',
  'close',
  'putconn',
  'put',
  'put_nowait',
  'checkin',
  'return_connection',
  'give_back',
]);

const NOW = { earlierRound: false, roundsFrom: null, onItsLine: false } as const;

/** SQL that locks something until the transaction ends, and what ends it. */
const LOCKS_ROWS = /^\W*(?:begin|insert|update|delete|replace|lock|select\b.*\bfor\s+update)\b/is;
const ENDS = /^\W*(?:commit|rollback|end)\b/i;
const TRANSACTION = ' transaction';

function sqlOf(module: PyModule, call: SyntaxNode): string {
  const first = positional(childOf(call, 'arguments'), 0);
  return first?.kind === 'string' ? textOf(module.tree, first).replace(/^\w*["']+/, '') : '';
}

/** Finds what a thread holds because of where it stands. */
export class Holds {
  readonly #program: Program;
  readonly #names: Names;

  constructor(program: Program, names: Names) {
    this.#program = program;
    this.#names = names;
  }

  /**
   * What is held at a place by its own function: by the `with` statements around it, by an `acquire()` before it that
   * nothing before it gives back, by contexts entered on an `ExitStack`, by a checked-out resource that a `finally` returns.
   */
  at(place: Place, levels = MOST_LEVELS): HeldFact[] {
    const { scope } = place;
    if (scope.kind !== 'function_definition' && scope.kind !== 'module') return [];
    const found: HeldFact[] = [];
    const released = new Set<string>();
    for (let statement: SyntaxNode = statementAt(place); statement !== scope && statement.parent !== null;) {
      if (found.length >= MOST_HELD) break;
      const block = statement.parent;
      if (block.kind !== 'block' && block.kind !== 'module') {
        statement = block;
        continue;
      }
      for (const earlier of before(statement).toReversed()) this.#takenBy(earlier, place, released, found, levels);
      const { owner, clause } = ownerOf(block);
      if (owner === null || owner === scope || owner.kind === 'module') break;
      if (owner.kind === 'with_statement') this.#entered(owner, place, found, levels);
      if (owner.kind === 'if_statement' && clause === null) this.#takenByTest(owner, place, released, found);
      if (owner.kind === 'for_statement' || owner.kind === 'while_statement') this.#earlierRounds(owner, place, found, levels);
      statement = owner;
    }
    return found.slice(0, MOST_HELD);
  }

  /** What is held when the body of a `with` runs whose item is a call of a function behind `@contextmanager`. */
  #yielding(fn: PyFunction, levels: number): HeldFact[] {
    if (levels <= 0) return [];
    for (const node of ownNodes(fn.node)) {
      if (node.kind !== 'yield') continue;
      return this.at({ module: fn.module, function: fn, scope: fn.node, line: node.line }, levels - 1);
    }
    return [];
  }

  /** What a context manager takes when it is entered. `node` is the expression. */
  context(node: SyntaxNode, module: PyModule, within: PyFunction | null, by: HeldFact['by'], levels: number): HeldFact[] {
    const value = this.#names.valueOf(node, module, within);
    const taken = (held: HeldFact, certainty: Certainty): HeldFact => ({ ...held, by, certainty: weaker(held.certainty, certainty) });
    if (node.kind === 'call') {
      const manager = this.contextManager(node, module, within);
      if (manager) return this.#yielding(manager.function, levels).map((held) => taken(held, manager.certainty));
    }
    if (value?.class) {
      const enter = value.class.methods.get('__enter__');
      if (enter && levels > 0) {
        const found: HeldFact[] = [];
        const end = { module: enter.module, function: enter, scope: enter.node, line: enter.lastLine };
        const body = childOf(enter.node, 'body');
        for (const statement of body?.children ?? []) this.#takenBy(statement, end, new Set(), found, levels - 1);
        if (found.length > 0) return found.map((held) => taken(held, 'inferred'));
      }
    }
    const object = factOf(value, shortened(module, node));
    if (!HELD_KINDS.has(object.kind) || object.keys.length === 0) return [];
    const resource: ObjectFact = object.kind === 'unknown' ? { ...object, kind: 'resource' } : object;
    return [{ object: resource, file: module.file, line: node.line, by, ...NOW, certainty: object.certainty }];
  }

  /** The function behind `@contextmanager` that a call calls. */
  contextManager(call: SyntaxNode, module: PyModule, within: PyFunction | null): { function: PyFunction; certainty: Certainty } | null {
    const called = childOf(call, 'function');
    const value = called && this.#names.valueOf(called, module, within);
    if (value?.function) return isContextManager(value.function) ? { function: value.function, certainty: value.certainty } : null;
    const name = lastName(module, called);
    const candidates = name === null ? [] : this.#program.methodsNamed(name);
    const only = candidates.length === 1 ? candidates[0] : undefined;
    return called?.kind === 'attribute' && only && isContextManager(only) ? { function: only, certainty: 'inferred' } : null;
  }

  #entered(statement: SyntaxNode, place: Place, found: HeldFact[], levels: number): void {
    for (const item of withItems(statement).toReversed()) {
      const onItsLine = item.line <= place.line && place.line <= item.lastLine;
      for (const held of this.context(item, place.module, place.function, 'with', levels)) found.push({ ...held, onItsLine });
    }
  }

  /** `x.acquire()` and the like in a statement that ran before the place. */
  #takenBy(statement: SyntaxNode, place: Place, released: Set<string>, found: HeldFact[], levels: number): void {
    const { module } = place;
    if (isDefinition(statement)) return;
    const calls = [...ownNodes(statement)].filter((node) => node.kind === 'call').toReversed();
    for (const call of calls) {
      const called = childOf(call, 'function');
      const receiver = called?.kind === 'attribute' ? childOf(called, 'object') : undefined;
      const method = lastName(module, called);
      if (!receiver || method === null) continue;
      const text = textOf(module.tree, receiver);
      if (method === 'release') released.add(text);
      else if (method === 'commit' || method === 'rollback' || (method === 'execute' && ENDS.test(sqlOf(module, call))))
        released.add(TRANSACTION);
      else if (method === 'execute' && LOCKS_ROWS.test(sqlOf(module, call))) {
        if (released.has(TRANSACTION)) continue;
        released.add(TRANSACTION);
        const object = objectFact(this.#names, receiver, module, place.function);
        if (object.keys.length > 0)
          found.push({ object, file: module.file, line: call.line, by: 'transaction', ...NOW, certainty: 'guessed' });
      } else if (method === 'acquire') {
        // what may give up is only held if its answer was looked at, which the statement's kind does not tell
        if (released.has(text) || isRefused(statement, call)) continue;
        const object = objectFact(this.#names, receiver, module, place.function);
        if (object.kind === 'async') continue;
        const sure = statement.kind === 'expression_statement' && statement.children[0] === call;
        found.push({
          object,
          file: module.file,
          line: call.line,
          by: 'acquire',
          ...NOW,
          certainty: weaker(object.certainty, sure ? 'read' : 'inferred'),
        });
      } else if (method === 'enter_context') {
        const argument = positional(childOf(call, 'arguments'), 0);
        if (argument) found.push(...this.context(argument, module, place.function, 'exit-stack', levels));
      }
    }
    this.#checkedOut(statement, place, found);
  }

  /** `c = pool.getconn()` before a `try` around the place whose `finally` gives `c` back. */
  #checkedOut(statement: SyntaxNode, place: Place, found: HeldFact[]): void {
    const assignment = statement.kind === 'expression_statement' ? statement.children[0] : undefined;
    const [left, right] = assignment?.kind === 'assignment' ? [childOf(assignment, 'left'), childOf(assignment, 'right')] : [];
    if (left?.kind !== 'identifier' || right?.kind !== 'call') return;
    const name = textOf(place.module.tree, left);
    for (let at: SyntaxNode | null = statementAt(place); at !== null && at !== place.scope; at = at.parent) {
      if (at.kind !== 'try_statement') continue;
      const last = at.children.find((child) => child.kind === 'finally_clause');
      if (!last || !givesBack(place.module, last, name)) continue;
      const object = objectFact(this.#names, right, place.module, place.function);
      if (object.keys.length === 0 || !HELD_KINDS.has(object.kind)) return;
      const resource: ObjectFact = object.kind === 'unknown' ? { ...object, kind: 'resource' } : object;
      found.push({ object: resource, file: place.module.file, line: right.line, by: 'checkout', ...NOW, certainty: 'inferred' });
      return;
    }
  }

  /** In the branch of `if x.acquire(timeout=3):`. */
  #takenByTest(owner: SyntaxNode, place: Place, released: Set<string>, found: HeldFact[]): void {
    const test = childOf(owner, 'condition');
    if (!test || test.kind === 'not_operator') return;
    for (const node of ownNodes(test)) {
      const called = node.kind === 'call' ? childOf(node, 'function') : undefined;
      const receiver = called?.kind === 'attribute' ? childOf(called, 'object') : undefined;
      if (!receiver || lastName(place.module, called) !== 'acquire' || released.has(textOf(place.module.tree, receiver))) continue;
      const object = objectFact(this.#names, receiver, place.module, place.function);
      found.push({ object, file: place.module.file, line: node.line, by: 'acquire', ...NOW, certainty: object.certainty });
    }
  }

  /** Contexts that earlier rounds of a loop around the place have put on an ExitStack, which lives longer than the round. */
  #earlierRounds(loop: SyntaxNode, place: Place, found: HeldFact[], levels: number): void {
    for (const node of ownNodes(loop)) {
      const called = node.kind === 'call' ? childOf(node, 'function') : undefined;
      if (!called || lastName(place.module, called) !== 'enter_context' || node.line < loop.line) continue;
      const argument = positional(childOf(node, 'arguments'), 0);
      if (!argument) continue;
      for (const held of this.context(argument, place.module, place.function, 'exit-stack', levels)) {
        found.push({ ...held, earlierRound: true, roundsFrom: variadicOver(loop, place), certainty: 'guessed' });
      }
    }
  }
}

/** Where the `*args` begin that a loop goes over (`for name in names`, `enumerate(names)`); null when it goes over something else. */
function variadicOver(loop: SyntaxNode, place: Place): number | null {
  const over = loop.kind === 'for_statement' ? childOf(loop, 'right') : undefined;
  const variadic = place.function?.parameters.find(({ stars }) => stars === '*');
  if (!over || !variadic || !place.function) return null;
  const named = [...ownNodes(over)].some((node) => node.kind === 'identifier' && textOf(place.module.tree, node) === variadic.name);
  return named ? place.function.parameters.indexOf(variadic) - (place.function.class ? 1 : 0) : null;
}

export function isContextManager(fn: PyFunction): boolean {
  return fn.decorators.some((node) => /(?:^|\.)contextmanager$/.test(textOf(fn.module.tree, node)));
}

/** The expressions that a `with` statement enters, in their order. */
export function withItems(statement: SyntaxNode): SyntaxNode[] {
  const clause = statement.children.find((child) => child.kind === 'with_clause');
  return (clause?.children ?? []).flatMap((item) => {
    const value = item.kind === 'with_item' ? childOf(item, 'value') : undefined;
    const expression = value?.kind === 'as_pattern' ? value.children[0] : value;
    return expression ? [expression] : [];
  });
}

/** `if not x.acquire(): return`, `while not x.acquire(): …`: behind it `x` is held; within it is not. `if x.acquire():` ends with its block. */
function isRefused(statement: SyntaxNode, call: SyntaxNode): boolean {
  if (statement.kind !== 'if_statement' && statement.kind !== 'while_statement') return false;
  const test = childOf(statement, 'condition');
  if (!test || call.start < test.start || call.end > test.end) return true;
  return test.kind !== 'not_operator';
}

function givesBack(module: PyModule, clause: SyntaxNode, name: string): boolean {
  for (const node of ownNodes(clause)) {
    const called = node.kind === 'call' ? childOf(node, 'function') : undefined;
    const method = lastName(module, called);
    if (method === null || !GIVING_BACK.has(method)) continue;
    const receiver = called?.kind === 'attribute' ? childOf(called, 'object') : undefined;
    const first = positional(childOf(node, 'arguments'), 0);
    if ([receiver, first].some((part) => part?.kind === 'identifier' && textOf(module.tree, part) === name)) return true;
  }
  return false;
}
