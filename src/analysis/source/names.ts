import { constructedKind, type ObjectKind } from './kinds.js';
import { classOfSelf, elementKey, type Assigned, type PyClass, type PyFunction, type PyModule } from './module.js';
import { isRepeated, lastName, type CallSite, type Program } from './program.js';
import { childOf, ownNodes, textOf, type SyntaxNode } from './syntax.js';

/**
 * How sure a statement about the source is. `read`: it stands there. `inferred`: follows from what stands there and how
 * programs are usually written (one class alone has an attribute of that name). `guessed`: one of several possibilities.
 */
export type Certainty = 'read' | 'inferred' | 'guessed';

/**
 * What an expression stands for. An object is known by the place it is kept in, not by itself: two accounts' locks have
 * the same key `accounts.py:Account.lock`, and `instances` says so.
 */
export interface Value {
  /** Places it may be kept in; one where that is certain, none for what is made and not kept. */
  readonly keys: readonly string[];
  readonly kind: ObjectKind;
  /** An object of this class of the program (or the class itself). */
  readonly class: PyClass | null;
  readonly isClass: boolean;
  /** A function of the program. */
  readonly function: PyFunction | null;
  /** A module of the program. */
  readonly module: PyModule | null;
  /** The full name of something outside the program: `threading.Lock`, `requests`. */
  readonly dotted: string | null;
  readonly instances: 'one' | 'several' | 'unknown';
  /** Slots of a semaphore, size of a queue, parties of a barrier, workers of an executor; null: not said or no limit. */
  readonly capacity: number | null;
  /** Functions that a thread or a future runs. */
  readonly runs: readonly PyFunction[];
  readonly made: { readonly file: string; readonly line: number } | null;
  readonly certainty: Certainty;
}

const NOTHING: Value = {
  keys: [],
  kind: 'unknown',
  class: null,
  isClass: false,
  function: null,
  module: null,
  dotted: null,
  instances: 'unknown',
  capacity: null,
  runs: [],
  made: null,
  certainty: 'read',
};

/** Steps from name to name that are followed: real code needs four. */
const MOST_STEPS = 12;
/** Calls of a function that are looked at to learn what its parameters stand for, values of one place, items of a container. */
const MOST_LOOKED_AT = 12;
/** Places that a value may be kept in before it is no longer known at all. */
const MOST_KEYS = 6;

const BUILTINS: ReadonlySet<string> = new Set(['open', 'input', 'raw_input', 'iter', 'next', 'print', 'super', 'getattr']);

/** Where something is kept: what is assigned to it, and to its elements. */
interface Kept {
  readonly key: string;
  readonly assigned: readonly Assigned[];
  readonly elements: readonly Assigned[];
  readonly module: PyModule;
}

/** Tells what names and expressions of a program stand for. Each expression is looked at once. */
export class Names {
  readonly #program: Program;
  readonly #values = new Map<SyntaxNode, Value | null>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** The calls that have a function run in a thread and wait for it: `await asyncio.to_thread(read)`. */
  awaitedRunsOf(fn: PyFunction): readonly CallSite[] {
    return AWAITED.flatMap(([starter, index]) =>
      this.#program
        .callsNamed(starter)
        .filter(({ node, module }) => lastName(module, positional(childOf(node, 'arguments'), index)) === fn.name),
    );
  }

  /** What an expression stands for. `within` is the function it stands in. Null: nothing is known. */
  valueOf(node: SyntaxNode, module: PyModule, within: PyFunction | null, steps = 0): Value | null {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    if (steps > MOST_STEPS) return null;
    // What comes back to itself is not known.
    this.#values.set(node, null);
    const value = this.#evaluate(node, module, within, steps + 1);
    this.#values.set(node, value);
    return value;
  }

  #evaluate(node: SyntaxNode, module: PyModule, within: PyFunction | null, steps: number): Value | null {
    switch (node.kind) {
      case 'identifier':
        return this.#named(textOf(module.tree, node), module, within, steps);
      case 'attribute':
        return this.#attribute(node, module, within, steps);
      case 'subscript': {
        const container = childOf(node, 'value');
        return container ? this.#element(container, module, within, steps) : null;
      }
      case 'call':
        return this.#call(node, module, within, steps);
      case 'parenthesized_expression':
      case 'await':
      case 'as_pattern':
      case 'type':
        return node.children[0] ? this.valueOf(node.children[0], module, within, steps) : null;
      case 'named_expression': {
        const value = childOf(node, 'value');
        return value ? this.valueOf(value, module, within, steps) : null;
      }
      case 'boolean_operator':
      case 'conditional_expression':
        // `x or Lock()`, `a if b else c`: the first that is known
        for (const child of node.children) {
          const value = this.valueOf(child, module, within, steps);
          if (value && (value.kind !== 'unknown' || value.class)) return { ...value, certainty: weaker(value.certainty, 'inferred') };
        }
        return null;
      default:
        return null;
    }
  }

  #named(name: string, module: PyModule, within: PyFunction | null, steps: number): Value | null {
    for (let fn = within; fn !== null; fn = fn.outer) {
      const assigned = fn.locals.get(name);
      if (assigned) return this.#stored(assigned, `${module.file}:${fn.qualified}.${name}`, module, 'unknown', steps);
      const cls = classOfSelf(name, fn);
      if (cls && fn.class === cls) return { ...NOTHING, class: cls, instances: this.#program.instancesOf(cls) };
      const parameter = fn.parameters.findIndex((candidate) => candidate.name === name);
      if (parameter !== -1) return this.#parameter(fn, parameter, steps);
    }
    const global = module.globals.get(name);
    if (global) return this.#stored(global, `${module.file}:${name}`, module, 'one', steps);
    const cls = module.classes.get(name);
    if (cls) return { ...NOTHING, class: cls, isClass: true };
    const fn = module.functions.find((candidate) => candidate.name === name && candidate.outer === null && candidate.class === null);
    if (fn) return { ...NOTHING, function: fn };
    const inner = within && module.functions.find((candidate) => candidate.name === name && candidate.outer === within);
    if (inner) return { ...NOTHING, function: inner };
    return this.#imported(name, module, steps) ?? (BUILTINS.has(name) ? { ...NOTHING, dotted: name } : null);
  }

  #imported(name: string, module: PyModule, steps: number): Value | null {
    const imported = module.imports.get(name);
    if (!imported) return null;
    const full = imported.name === null ? imported.module : joined(imported.module, imported.name);
    const target = this.#program.moduleNamed(imported.module, module);
    if (imported.name === null) return { ...NOTHING, module: target, dotted: full };
    const inside = target && target !== module && this.#named(imported.name, target, null, steps);
    if (inside) return inside;
    const submodule = this.#program.moduleNamed(full, module);
    return { ...NOTHING, module: submodule, dotted: full };
  }

  /** What is kept at one place, by all that is assigned to it. */
  #stored(assigned: readonly Assigned[], key: string, module: PyModule, instances: Value['instances'], steps: number): Value | null {
    let best: Value | null = null;
    const keys = new Set<string>();
    for (const { value: node, within, element } of assigned.slice(0, MOST_LOOKED_AT)) {
      if (node.kind === 'none') continue;
      const value = this.#assignedValue(node, module, within, element, steps);
      if (value === null) continue;
      for (const one of value.keys) keys.add(one);
      if (best === null || rank(value) > rank(best)) best = value;
    }
    if (best === null) return { ...NOTHING, keys: [key], instances, certainty: 'inferred' };
    // an alias goes by the name of what it stands for
    if (keys.size > 0 && keys.size <= MOST_KEYS) return { ...best, keys: [...keys], certainty: keys.size > 1 ? 'guessed' : best.certainty };
    if (best.isClass || best.function || best.module) return best;
    const place = assigned[0]!.value;
    const inLoop = isRepeated(place);
    return { ...best, keys: [key], instances: best.class && !inLoop && instances === 'one' ? 'one' : inLoop ? 'several' : instances };
  }

  #assignedValue(node: SyntaxNode, module: PyModule, within: PyFunction | null, element: boolean, steps: number): Value | null {
    if (!element) return this.valueOf(node, module, within, steps);
    if (node.parent?.kind !== 'as_pattern') return this.#element(node, module, within, steps);
    const entered = this.valueOf(node, module, within, steps);
    return entered?.function ? null : entered;
  }

  #attribute(node: SyntaxNode, module: PyModule, within: PyFunction | null, steps: number): Value | null {
    const object = childOf(node, 'object');
    const nameNode = childOf(node, 'attribute');
    if (!object || !nameNode) return null;
    const name = textOf(module.tree, nameNode);
    const owner = this.valueOf(object, module, within, steps);
    if (owner?.class) {
      const found = this.#member(owner.class, name, steps);
      if (found) return found;
    }
    if (owner?.module) {
      const found = this.#named(name, owner.module, null, steps);
      if (found) return found;
    }
    if (owner?.dotted)
      return { ...NOTHING, dotted: `${owner.dotted}.${name}`, module: this.#program.moduleNamed(`${owner.dotted}.${name}`, module) };
    if (owner && owner.kind !== 'unknown') return null;
    return this.#byName(name, owner, module, steps);
  }

  /** An attribute or method of a class or of those it derives from. */
  #member(cls: PyClass, name: string, steps: number, seen = new Set<PyClass>()): Value | null {
    seen.add(cls);
    const assigned = cls.attributes.get(name);
    if (assigned) {
      const shared = assigned.every(({ within }) => within === null);
      return this.#stored(
        assigned,
        `${cls.module.file}:${cls.name}.${name}`,
        cls.module,
        shared ? 'one' : this.#program.instancesOf(cls),
        steps,
      );
    }
    const method = cls.methods.get(name);
    if (method) return { ...NOTHING, function: method };
    for (const base of cls.bases) {
      const value = this.valueOf(base, cls.module, null, steps);
      if (!value?.class || seen.has(value.class)) continue;
      const found = this.#member(value.class, name, steps, seen);
      if (found) return found;
    }
    return null;
  }

  /** An attribute of something unknown: that of the classes of the program which have one of that name. */
  #byName(name: string, owner: Value | null, module: PyModule, steps: number): Value | null {
    const classes = this.#program.classesWith(name).slice(0, MOST_KEYS + 1);
    const found = classes.flatMap((cls) => {
      const value = this.#member(cls, name, steps);
      return value ? [value] : [];
    });
    const known = found.filter((value) => value.kind !== 'unknown' || value.class);
    const values = known.length > 0 ? known : found;
    if (values.length === 0 || values.length > MOST_KEYS) {
      const keys = owner?.keys.length ? owner.keys.map((key) => `${key}.${name}`) : [`${module.file}:?.${name}`];
      return { ...NOTHING, keys, certainty: 'guessed' };
    }
    const first = values[0]!;
    if (values.length === 1) return { ...first, certainty: weaker(first.certainty, 'inferred') };
    const sameKind = values.every((value) => value.kind === first.kind);
    return {
      ...NOTHING,
      kind: sameKind ? first.kind : 'unknown',
      keys: [...new Set(values.flatMap(({ keys }) => keys))],
      certainty: 'guessed',
    };
  }

  /** One of what a container holds: `self._locks[name]`. */
  #element(container: SyntaxNode, module: PyModule, within: PyFunction | null, steps: number): Value | null {
    const place = this.#placeOf(container, module, within, steps);
    if (place === null) return null;
    const values: Value[] = [];
    for (const { value: node, within: fn } of place.elements.slice(0, MOST_LOOKED_AT)) {
      const value = this.valueOf(node, place.module, fn, steps);
      if (value) values.push(value);
    }
    for (const { value: node, within: fn } of place.assigned.slice(0, MOST_LOOKED_AT)) {
      for (const item of itemsOf(node, place.module).slice(0, MOST_LOOKED_AT)) {
        const value = this.valueOf(item.node, place.module, fn, steps);
        const made = value && item.isFactory ? this.#madeBy(value, place.module, item.node, steps) : value;
        if (made) values.push(made);
      }
    }
    const best = values.sort((a, b) => rank(b) - rank(a))[0];
    const keys = [elementKey(place.key)];
    if (best === undefined) return { ...NOTHING, keys, instances: 'several', certainty: 'inferred' };
    return { ...best, keys: best.keys.length > 0 ? best.keys : keys, instances: 'several', certainty: weaker(best.certainty, 'inferred') };
  }

  /** Where a name or attribute is kept: what is assigned to it, and to its elements. */
  #placeOf(node: SyntaxNode, module: PyModule, within: PyFunction | null, steps: number): Kept | null {
    const kept = (store: ReadonlyMap<string, readonly Assigned[]>, name: string, key: string, home: PyModule): Kept | null => {
      const [assigned, elements] = [store.get(name) ?? [], store.get(elementKey(name)) ?? []];
      return assigned.length + elements.length > 0 ? { key, assigned, elements, module: home } : null;
    };
    if (node.kind === 'identifier') {
      const name = textOf(module.tree, node);
      for (let fn = within; fn !== null; fn = fn.outer) {
        const found = kept(fn.locals, name, `${module.file}:${fn.qualified}.${name}`, module);
        if (found) return found;
      }
      const found = kept(module.globals, name, `${module.file}:${name}`, module);
      if (found) return found;
      const imported = module.imports.get(name);
      const home = imported?.name ? this.#program.moduleNamed(imported.module, module) : null;
      return home && imported?.name ? kept(home.globals, imported.name, `${home.file}:${imported.name}`, home) : null;
    }
    const [object, nameNode] = [childOf(node, 'object'), childOf(node, 'attribute')];
    if (node.kind !== 'attribute' || !object || !nameNode) return null;
    const name = textOf(module.tree, nameNode);
    const owner = this.valueOf(object, module, within, steps);
    if (owner?.module) return kept(owner.module.globals, name, `${owner.module.file}:${name}`, owner.module);
    const classes = owner?.class ? [owner.class] : this.#program.classesWith(name).length === 1 ? this.#program.classesWith(name) : [];
    for (const cls of classes) {
      const found = kept(cls.attributes, name, `${cls.module.file}:${cls.name}.${name}`, cls.module);
      if (found) return found;
    }
    return null;
  }

  #call(node: SyntaxNode, module: PyModule, within: PyFunction | null, steps: number): Value | null {
    const called = childOf(node, 'function');
    if (!called) return null;
    const value = this.valueOf(called, module, within, steps);
    const made = value && this.#madeBy(value, module, node, steps);
    if (made && (made.kind !== 'unknown' || made.class || made.keys.length > 0)) return made;
    const [object, method] = called.kind === 'attribute' ? [childOf(called, 'object'), lastName(module, called)] : [undefined, null];
    if (!object || method === null) return made;
    if (method === 'get' || method === 'setdefault' || method === 'pop') {
      const element = this.#element(object, module, within, steps);
      if (element && element.kind !== 'unknown') return element;
    }
    const owner = this.valueOf(object, module, within, steps);
    const kind = derivedKind(owner, method);
    if (kind === 'connection') return { ...owner!, certainty: 'inferred' };
    const first = childOf(node, 'arguments')?.children[0];
    const runs = kind === 'future' && first ? (this.valueOf(first, module, within, steps)?.function ?? null) : null;
    if (kind !== null)
      return { ...NOTHING, kind, runs: runs ? [runs] : [], made: { file: module.file, line: node.line }, certainty: 'inferred' };
    // `engine.connect()` has no place of its own, but all of them come from one place
    const from = owner && owner.keys.length > 0 ? owner.keys : owner?.dotted ? [owner.dotted] : [];
    const keys = from.map((key) => `${key}.${method}()`);
    return keys.length > 0 ? { ...(made ?? NOTHING), keys, instances: 'several', certainty: 'inferred' } : made;
  }

  /** What a call of `value` gives. `node` is the call, or where the function stands that is called later. */
  #madeBy(value: Value, module: PyModule, node: SyntaxNode, steps: number): Value | null {
    const place = { file: module.file, line: node.line };
    const within = this.#program.functionAround(node);
    if (value.class && value.isClass) {
      const base = this.#outsideBase(value.class, steps);
      const run = value.class.methods.get('run');
      return {
        ...NOTHING,
        class: value.class,
        kind: (base === null ? null : constructedKind(base)) ?? 'unknown',
        runs: run ? [run] : [],
        instances: this.#program.instancesOf(value.class),
        made: place,
      };
    }
    if (value.function) return this.#returned(value.function, steps);
    // `multiprocessing.get_context('fork').Pool()`
    const kind = value.dotted === null ? null : constructedKind(value.dotted.replace('.get_context().', '.'));
    if (kind === null) return value.dotted !== null ? { ...NOTHING, keys: [], dotted: `${value.dotted}()` } : null;
    const args = childOf(node, 'arguments');
    const target = kind === 'thread' || kind === 'process' ? keyword(module, args, 'target') : undefined;
    const runs = target ? this.valueOf(target, module, within, steps)?.function : null;
    const to = kind === 'connection' ? positional(args, 0) : undefined;
    const shared = kind === 'condition' ? (keyword(module, args, 'lock') ?? positional(args, 0)) : undefined;
    return {
      ...NOTHING,
      kind,
      // a condition made on a lock is that lock to whoever wants it
      keys: shared
        ? (this.valueOf(shared, module, within, steps)?.keys ?? [])
        : to
          ? [this.#database(to, value.dotted!, module, within, steps)]
          : [],
      capacity: capacityOf(module, kind, args),
      runs: runs ? [runs] : [],
      made: place,
    };
  }

  /** A database has no name in the program but what connections are made with: connections made alike lead to one. */
  #database(to: SyntaxNode, by: string, module: PyModule, within: PyFunction | null, steps: number): string {
    const key = this.valueOf(to, module, within, steps)?.keys[0];
    return `${by}(${key ?? textOf(module.tree, to)})`;
  }

  #outsideBase(cls: PyClass, steps: number, seen = new Set<PyClass>()): string | null {
    seen.add(cls);
    for (const base of cls.bases) {
      const value = this.valueOf(base, cls.module, null, steps);
      if (value?.class && !seen.has(value.class)) {
        const found = this.#outsideBase(value.class, steps, seen);
        if (found) return found;
      } else if (value?.dotted) return value.dotted;
    }
    return null;
  }

  #returned(fn: PyFunction, steps: number): Value | null {
    let best: Value | null = null;
    for (const node of ownNodes(fn.node)) {
      const expression = node.kind === 'return_statement' ? node.children[0] : undefined;
      const value = expression && this.valueOf(expression, fn.module, fn, steps);
      if (value && (best === null || rank(value) > rank(best))) best = value;
    }
    return best && { ...best, certainty: weaker(best.certainty, 'inferred') };
  }

  /** What a parameter stands for: by its annotation, by the calls of the function, by its default. */
  #parameter(fn: PyFunction, index: number, steps: number): Value | null {
    const parameter = fn.parameters[index]!;
    if (parameter.stars !== '') return null;
    const values: Value[] = [];
    for (const { node, module, within } of argumentsFor(this.#program, fn, index).slice(0, MOST_LOOKED_AT)) {
      const value = this.valueOf(node, module, within, steps);
      if (value && (value.keys.length > 0 || rank(value) > 0)) values.push(value);
    }
    const best = values.sort((a, b) => rank(b) - rank(a))[0];
    if (best) {
      const keys = [...new Set(values.flatMap((value) => value.keys))];
      return keys.length > MOST_KEYS
        ? { ...best, keys: [], instances: 'several', certainty: 'guessed' }
        : {
            ...best,
            keys,
            instances: keys.length > 1 ? 'several' : best.instances,
            certainty: keys.length > 1 ? 'guessed' : weaker(best.certainty, 'inferred'),
          };
    }
    const key = `${fn.module.file}:${fn.qualified}.${parameter.name}`;
    if (parameter.default && parameter.default.kind !== 'none') {
      const value = this.valueOf(parameter.default, fn.module, fn.outer, steps);
      if (value)
        return {
          ...value,
          keys: value.keys.length > 0 ? value.keys : [key],
          instances: 'one',
          certainty: weaker(value.certainty, 'inferred'),
        };
    }
    const type = parameter.annotation?.children[0];
    const annotated = type && this.valueOf(type, fn.module, fn.outer, steps);
    if (annotated?.class) return { ...NOTHING, class: annotated.class, instances: 'several', certainty: 'inferred' };
    const kind = annotated?.dotted ? constructedKind(annotated.dotted) : null;
    return { ...NOTHING, kind: kind ?? 'unknown', keys: [key], instances: 'several', certainty: 'guessed' };
  }
}

/** The expressions that calls in the program give for a parameter: by calls, and by what starts functions elsewhere. */
function argumentsFor(
  program: Program,
  fn: PyFunction,
  index: number,
): { node: SyntaxNode; module: PyModule; within: PyFunction | null }[] {
  const found: { node: SyntaxNode; module: PyModule; within: PyFunction | null }[] = [];
  const name = fn.name === '__init__' && fn.class ? fn.class.name : fn.name;
  const isMethod = fn.class !== null && !fn.decorators.some((node) => textOf(fn.module.tree, node) === 'staticmethod');
  const at = index - (isMethod ? 1 : 0);
  const wanted = fn.parameters[index]!.name;
  for (const site of program.callsNamed(name)) {
    const args = childOf(site.node, 'arguments');
    const node = keyword(site.module, args, wanted) ?? positional(args, at);
    if (node) found.push({ ...site, node });
  }
  // Thread(target=fn, args=(a, b)) and pool.submit(fn, a, b)
  for (const [starter, skipped] of STARTERS) {
    for (const site of program.callsNamed(starter)) {
      const args = childOf(site.node, 'arguments');
      const target = skipped === null ? keyword(site.module, args, 'target') : positional(args, skipped);
      if (lastName(site.module, target) !== name) continue;
      const given = skipped === null ? keyword(site.module, args, 'args') : args;
      const items = given?.children.filter((child) => child.kind !== 'keyword_argument') ?? [];
      const node = items[at + (skipped === null ? 0 : skipped + 1)];
      if (node) found.push({ ...site, node });
    }
  }
  return found;
}

/** Calls that run a function later: which positional argument it is, or null for `target=`. */
const STARTERS: readonly (readonly [string, number | null])[] = [
  ['Thread', null],
  ['Process', null],
  ['submit', 0],
  ['apply_async', 0],
  ['to_thread', 0],
  ['run_in_executor', 1],
];

/** Those that a coroutine waits for. */
const AWAITED: readonly (readonly [string, number])[] = [
  ['to_thread', 0],
  ['run_in_executor', 1],
];

export function keyword(module: PyModule, args: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  const found = args?.children.find((child) => {
    const key = child.kind === 'keyword_argument' ? childOf(child, 'name') : undefined;
    return key !== undefined && textOf(module.tree, key) === name;
  });
  return found && childOf(found, 'value');
}

export function positional(args: SyntaxNode | undefined, index: number): SyntaxNode | undefined {
  if (args?.kind !== 'argument_list' || index < 0) return undefined;
  const before = args.children.slice(0, index + 1);
  // after `*args` nobody can count
  if (before.some((child) => child.kind === 'list_splat')) return undefined;
  const node = args.children[index];
  return node?.kind === 'keyword_argument' || node?.kind === 'dictionary_splat' ? undefined : node;
}

const CAPACITIES: Partial<Readonly<Record<ObjectKind, string>>> = {
  semaphore: 'value',
  queue: 'maxsize',
  barrier: 'parties',
  executor: 'max_workers',
  pool: 'processes',
};

function capacityOf(module: PyModule, kind: ObjectKind, args: SyntaxNode | undefined): number | null {
  const name = CAPACITIES[kind];
  if (name === undefined) return null;
  const node = keyword(module, args, name) ?? positional(args, 0);
  const value = node?.kind === 'integer' ? Number(textOf(module.tree, node)) : NaN;
  return value > 0 ? value : kind === 'semaphore' && node === undefined ? 1 : null;
}

/** The kind of what a method of something gives. */
function derivedKind(owner: Value | null, method: string): ObjectKind | null {
  if (method === 'submit' || method === 'apply_async' || method === 'map_async') return 'future';
  if (method === 'makefile') return 'file';
  if (owner?.kind === 'connection' && method === 'cursor') return 'connection';
  return null;
}

interface Item {
  readonly node: SyntaxNode;
  /** The node is what makes the items (`defaultdict(Lock)`), not an item. */
  readonly isFactory: boolean;
}

/** What is in a container as it is written. */
function itemsOf(node: SyntaxNode, module: PyModule): Item[] {
  const item = (found: SyntaxNode | undefined): Item[] => (found ? [{ node: found, isFactory: false }] : []);
  switch (node.kind) {
    case 'list':
    case 'tuple':
    case 'set':
      return node.children.flatMap((child) => item(child));
    case 'dictionary':
      return node.children.flatMap((pair) => item(childOf(pair, 'value')));
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression':
      return item(childOf(node, 'body'));
    case 'dictionary_comprehension': {
      const body = childOf(node, 'body');
      return item(body && childOf(body, 'value'));
    }
    case 'call': {
      const factory = lastName(module, childOf(node, 'function')) === 'defaultdict' ? positional(childOf(node, 'arguments'), 0) : undefined;
      return factory ? [{ node: factory, isFactory: true }] : [];
    }
    default:
      return [];
  }
}

/** How much is known of a value. */
function rank(value: Value): number {
  return value.kind !== 'unknown' ? 3 : value.class ? 2 : value.function || value.module || value.dotted ? 1 : 0;
}

const ORDER: readonly Certainty[] = ['read', 'inferred', 'guessed'];

export function weaker(a: Certainty, b: Certainty): Certainty {
  return ORDER[Math.max(ORDER.indexOf(a), ORDER.indexOf(b))]!;
}

const joined = (module: string, name: string): string => (module.endsWith('.') ? `${module}${name}` : `${module}.${name}`);
