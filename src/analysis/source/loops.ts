import type { Asked, LoopFact, Operation } from './facts.js';
import { ASKING_METHODS } from './kinds.js';
import type { Place, PyModule } from './module.js';
import type { Names } from './names.js';
import { enteringOf, operationOf, shortened } from './operations.js';
import { lastName } from './program.js';
import { before, headerNodes, isDefinition } from './statements.js';
import { withItems } from './holds.js';
import { childOf, descendants, ownNodes, textOf, type SyntaxNode } from './syntax.js';

/** Flags and events by which a program is told to end. */
const TOLD =
  /stop|shut|clos|run|alive|quit|exit|terminat|kill|cancel|finish|die|dead|abort|active|enabled|should|(?:^|[._])(?:done|end|ended|live|up)\b/i;
/** Iterators that do not end. */
const ENDLESS_ITERATION = /^(?:itertools\.)?(?:count|cycle|repeat)\(|^iter\(.*,/s;
/** Conditions that time itself makes true. */
const CLOCK = /\b(?:time|monotonic|perf_counter|deadline|timeout|expires?|until)\b/i;
/** Calls that ask nobody for anything though they are called like it. */
const WRITING_FOR_PEOPLE = /(?:^|[._])(?:log|logger|logging|print|stdout|stderr|warnings|metrics|stats)\b/i;
/** Statements that are looked at before a place. */
const MOST_BEFORE = 60;

/** The loops of a place's own function around it, innermost first. */
export function loopsAt(names: Names, place: Place, statement: SyntaxNode): LoopFact[] {
  const loops: LoopFact[] = [];
  for (let at: SyntaxNode | null = statement; at !== null && at !== place.scope; at = at.parent) {
    if (at.kind !== 'while_statement' && at.kind !== 'for_statement') continue;
    const inHead = at === statement;
    loops.push({
      line: at.line,
      kind: kindOf(at, place.module),
      exit: exitOf(at, place.module),
      inHead,
      first: inHead || !waitsBefore(names, place, statement, at),
      gathers: gathers(at, statement, place.module),
      onlyWait: !inHead && isOnlyWait(names, place, statement, at),
      condition: conditionOf(at, place.module),
    });
  }
  return loops;
}

function conditionOf(loop: SyntaxNode, module: PyModule): string {
  const node = childOf(loop, loop.kind === 'while_statement' ? 'condition' : 'right');
  return node ? shortened(module, node) : '';
}

function kindOf(loop: SyntaxNode, module: PyModule): LoopFact['kind'] {
  const condition = conditionOf(loop, module);
  if (loop.kind === 'for_statement') return ENDLESS_ITERATION.test(condition) ? 'endless' : 'bounded';
  const node = childOf(loop, 'condition');
  if (node?.kind === 'true' || (node?.kind === 'integer' && condition !== '0')) return 'endless';
  if (CLOCK.test(condition)) return 'bounded';
  return TOLD.test(condition) ? 'until-told' : 'until-true';
}

/** `if item is None: break`, `if not data: return`, `if msg == STOP: break`. */
const SENTINEL = /\bis\b|==|^not \w+$|^\w+$/;

function exitOf(loop: SyntaxNode, module: PyModule): LoopFact['exit'] {
  let exit: LoopFact['exit'] = 'none';
  const own = (node: SyntaxNode): boolean => !['function_definition', 'class_definition', 'lambda'].includes(node.kind);
  for (const node of descendants(loop, own)) {
    const leaves = node.kind === 'return_statement' || (node.kind === 'break_statement' && loopAround(node) === loop);
    if (!leaves) continue;
    const branch = node.parent?.parent;
    const test = branch?.kind === 'if_statement' && node.parent?.field === 'consequence' ? childOf(branch, 'condition') : undefined;
    const first = branch?.children.length === 2 && node.parent?.children.length === 1;
    if (test && first && SENTINEL.test(textOf(module.tree, test)) && !textOf(module.tree, test).includes('('))
      exit = exit === 'some' ? 'some' : 'sentinel';
    else return 'some';
  }
  return exit;
}

function loopAround(node: SyntaxNode): SyntaxNode | null {
  for (let at = node.parent; at !== null; at = at.parent) if (at.kind === 'while_statement' || at.kind === 'for_statement') return at;
  return null;
}

/** Statements that run before one in the same round of `loop` (or, without a loop, in the same function), nearest first. */
function* earlier(statement: SyntaxNode, loop: SyntaxNode | null, scope: SyntaxNode): Generator<SyntaxNode> {
  let left = MOST_BEFORE;
  for (let at: SyntaxNode = statement; at !== loop && at !== scope && at.parent !== null; at = at.parent) {
    if (at.parent.kind !== 'block' && at.parent.kind !== 'module') continue;
    for (const sibling of before(at).toReversed()) {
      if (left-- <= 0) return;
      if (!isDefinition(sibling)) yield sibling;
    }
  }
}

function waitsBefore(names: Names, place: Place, statement: SyntaxNode, loop: SyntaxNode): boolean {
  // `while True: if not heap: cond.wait(); continue … cond.wait(due)` waits on one thing only
  const same = receiversIn(statement, place.module);
  for (const sibling of earlier(statement, loop, place.scope)) {
    if (sibling.kind === 'with_statement' && withItems(sibling).some((item) => enteringOf(names, item, place.module, place.function)))
      return true;
    for (const node of ownNodes(sibling)) {
      if (node.kind !== 'call') continue;
      const operation = operationOf(names, node, place.module, place.function);
      if (operation.kind !== 'call' && operation.object !== null && same.has(operation.object.text)) continue;
      if ((operation.kind !== 'call' && operation.limit.kind !== 'immediate') || asks(operation)) return true;
    }
  }
  return false;
}

/** What the methods called in a statement are called on. */
function receiversIn(statement: SyntaxNode, module: PyModule): ReadonlySet<string> {
  const called = [...headerNodes(statement)].flatMap((node) => (node.kind === 'call' ? (childOf(node, 'function') ?? []) : []));
  return new Set(called.flatMap((fn) => (fn.kind === 'attribute' ? [shortened(module, childOf(fn, 'object')!)] : [])));
}

/** The loop does nothing else that takes time: its thread always stands at this line, at work or not. */
function isOnlyWait(names: Names, place: Place, statement: SyntaxNode, loop: SyntaxNode): boolean {
  const body = childOf(loop, 'body');
  if (body === undefined) return false;
  let left = MOST_BEFORE;
  for (const node of ownNodes(body)) {
    if (node.kind !== 'call' || (node.start >= statement.start && node.end <= statement.end)) continue;
    if (left-- <= 0) return false;
    const operation = operationOf(names, node, place.module, place.function);
    if (operation.kind !== 'call' && operation.kind !== 'net-write' && operation.limit.kind !== 'immediate') return false;
  }
  return true;
}

/** By what another party was asked for something, last before the place; `earlier` before the outermost loop. */
export function askedBefore(place: Place, statement: SyntaxNode): { readonly asked: Asked | null; readonly earlier: Asked | null } {
  let inner: SyntaxNode | null = null;
  let outer: SyntaxNode | null = null;
  for (let at: SyntaxNode | null = statement; at !== null && at !== place.scope; at = at.parent) {
    if ((at.kind !== 'while_statement' && at.kind !== 'for_statement') || at === statement) continue;
    inner ??= at;
    outer = at;
  }
  const asked = askedIn(earlier(statement, inner, place.scope), place.module);
  return { asked, earlier: outer === null ? asked : askedIn(earlier(outer, null, place.scope), place.module) };
}

function askedIn(statements: Iterable<SyntaxNode>, module: PyModule): Asked | null {
  let isNext = true;
  for (const statement of statements) {
    const calls = [...ownNodes(statement)].filter((node) => node.kind === 'call').toReversed();
    for (const call of calls) {
      const name = lastName(module, childOf(call, 'function'));
      const text = shortened(module, call);
      if (name !== null && ASKING_METHODS.has(name) && !isForPeople(text)) return { text, name, line: call.line, isNext };
    }
    isNext = false;
  }
  return null;
}

/**
 * Who else gets what a line waits on, when the function made it itself (`done = Event(); loop.call(done.set); done.wait()`):
 * the call that it is given to, false when it stays with the function, null when it was not made here.
 */
export function handedOver(place: Place, object: string): Asked | false | null {
  const made = place.function?.locals.get(object)?.[0];
  if (!place.function || made === undefined || made.element || made.value.kind !== 'call') return null;
  for (const node of descendants(place.function.node)) {
    if (node.kind !== 'identifier' || textOf(place.module.tree, node) !== object) continue;
    const given = givenTo(node, place.function.node);
    if (given === null) continue;
    const inner = place.module.functions.find((fn) => fn.node === given);
    // a parameter of the same name is something else
    if (inner?.parameters.some((parameter) => parameter.name === object)) continue;
    const text = inner?.name ?? shortened(place.module, given);
    if (given.kind === 'call' && ANNOUNCED_TO.test(text)) continue;
    const name = given.kind === 'call' ? (lastName(place.module, childOf(given, 'function')) ?? '') : object;
    return { text, name, line: given.line, isNext: false };
  }
  return false;
}

/** The call, function or value by which others get what a name stands for; null where it is only used. */
function givenTo(name: SyntaxNode, within: SyntaxNode): SyntaxNode | null {
  let [inLambda, isUsed] = [false, false];
  for (let at = name.parent; at !== null && at !== within; at = at.parent) {
    // a function inside that uses it has it, wherever it is called
    if (at.kind === 'function_definition') return at;
    if (isUsed) continue;
    if (at.kind === 'argument_list' && at.parent?.kind === 'call') return at.parent;
    if (at.kind === 'return_statement') return at;
    if (at.kind === 'assignment') {
      if (inLambda || childOf(at, 'right') === name) return at;
      isUsed = true;
    } else if (at.kind === 'lambda') inLambda = true;
    else if (at.kind.endsWith('_statement')) {
      if (inLambda) return at;
      isUsed = true;
    }
  }
  return null;
}

/** Calls that tell of something that may happen to the program, not ask for anything. */
const ANNOUNCED_TO = /^(?:signal\.signal|atexit\.register|[\w.]*add_signal_handler|[\w.]*on_signal)\(/;

const GATHERING = /^(?:append|extend|write|update|add|put|push|feed|join|insert)$/;

/** The rest of a loop's body only keeps what the statement got. */
function gathers(loop: SyntaxNode, statement: SyntaxNode, module: PyModule): boolean {
  const body = childOf(loop, 'body');
  if (body === undefined || statement === loop || statement.parent !== body) return false;
  const rest = body.children.filter((node) => node !== statement);
  const expression = statement.children[0];
  const target = expression?.kind === 'assignment' ? childOf(expression, 'left') : undefined;
  const got = new Set(
    (target ? [...ownNodes(target)] : []).filter(({ kind }) => kind === 'identifier').map((node) => textOf(module.tree, node)),
  );
  return rest.some((node) => !isExit(node)) && rest.every((node) => isExit(node) || keeps(node, got, module));
}

const isExit = (node: SyntaxNode): boolean => node.kind === 'if_statement' && node.children.length === 2;

/** `chunks.append(chunk)`, `size += len(chunk)`, `yield line`. */
function keeps(statement: SyntaxNode, got: ReadonlySet<string>, module: PyModule): boolean {
  if (![...ownNodes(statement)].some((node) => node.kind === 'identifier' && got.has(textOf(module.tree, node)))) return false;
  const expression = statement.kind === 'expression_statement' ? statement.children[0] : undefined;
  if (expression?.kind === 'yield' || expression?.kind === 'augmented_assignment') return true;
  if (expression?.kind === 'assignment')
    return ![...ownNodes(expression)].some((node) => node.kind === 'call' && lastName(module, childOf(node, 'function')) !== 'len');
  return expression?.kind === 'call' && GATHERING.test(lastName(module, childOf(expression, 'function')) ?? '');
}

const isForPeople = (text: string): boolean => WRITING_FOR_PEOPLE.test(text.slice(0, text.indexOf('(')));

function asks(operation: Operation): boolean {
  return ASKING_METHODS.has(operation.name) && !isForPeople(operation.text);
}
