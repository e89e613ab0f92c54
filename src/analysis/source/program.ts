import type { PyClass, PyFunction, PyModule } from './module.js';
import { ancestors, childOf, descendants, textOf, type SyntaxNode } from './syntax.js';

/** A call in the program. */
export interface CallSite {
  readonly node: SyntaxNode;
  readonly module: PyModule;
  readonly within: PyFunction | null;
}

/** The files of a program that were parsed, and where what is defined in them is used. */
export class Program {
  readonly modules: readonly PyModule[];
  readonly #calls = new Map<string, CallSite[]>();
  readonly #classesWith = new Map<string, PyClass[]>();
  readonly #methodsNamed = new Map<string, PyFunction[]>();
  readonly #functionAt = new Map<SyntaxNode, PyFunction>();
  readonly #imported = new Map<string, PyModule | null>();

  constructor(modules: readonly PyModule[]) {
    this.modules = modules;
    for (const module of modules) {
      for (const fn of module.functions) {
        this.#functionAt.set(fn.node, fn);
        if (fn.class) push(this.#methodsNamed, fn.name, fn);
      }
      for (const cls of module.classes.values()) for (const name of cls.attributes.keys()) push(this.#classesWith, name, cls);
      for (const node of descendants(module.tree.root)) {
        if (node.kind !== 'call') continue;
        const name = lastName(module, childOf(node, 'function'));
        if (name !== null) push(this.#calls, name, { node, module, within: this.functionAround(node) });
      }
    }
  }

  /** The calls whose function is called so, whatever it is a method of. */
  callsNamed(name: string): readonly CallSite[] {
    return this.#calls.get(name) ?? [];
  }

  /** The classes that have an attribute of that name. */
  classesWith(attribute: string): readonly PyClass[] {
    return this.#classesWith.get(attribute) ?? [];
  }

  methodsNamed(name: string): readonly PyFunction[] {
    return this.#methodsNamed.get(name) ?? [];
  }

  /** The function that a node stands in. */
  functionAround(node: SyntaxNode): PyFunction | null {
    for (const above of ancestors(node)) {
      const fn = this.#functionAt.get(above);
      if (fn) return fn;
    }
    return null;
  }

  /** The module of the program that an import names; relative names are looked up beside the importing file. */
  moduleNamed(dotted: string, from: PyModule): PyModule | null {
    const key = `${from.file}\0${dotted}`;
    let found = this.#imported.get(key);
    if (found === undefined) this.#imported.set(key, (found = this.#findModule(dotted, from)));
    return found;
  }

  #findModule(dotted: string, from: PyModule): PyModule | null {
    const wanted = modulePaths(dotted, from.file);
    let best: PyModule | null = null;
    for (const module of this.modules) {
      const file = slashes(module.file);
      if (!wanted.some((end) => file === end || file.endsWith(`/${end}`))) continue;
      // of several (every service has a `config.py`) the one nearest to the importing file
      if (best === null || commonStart(file, slashes(from.file)) > commonStart(slashes(best.file), slashes(from.file))) best = module;
    }
    return best;
  }

  /**
   * How many objects of a class there are: one when the only call that makes one runs once, at a module's own level. What
   * is made in a function may be one or many.
   */
  instancesOf(cls: PyClass): 'one' | 'several' | 'unknown' {
    const sites = this.callsNamed(cls.name);
    if (sites.length > 1) return 'several';
    const site = sites[0];
    if (site === undefined) return 'unknown';
    if (isRepeated(site.node)) return 'several';
    return site.within === null && ![...ancestors(site.node)].some(({ kind }) => kind === 'lambda') ? 'one' : 'unknown';
  }
}

const REPEATING: ReadonlySet<string> = new Set([
  'for_statement',
  'while_statement',
  'list_comprehension',
  'set_comprehension',
  'dictionary_comprehension',
  'generator_expression',
]);

/** Whether a node runs more than once each time that its function runs. */
export function isRepeated(node: SyntaxNode): boolean {
  for (const above of ancestors(node)) {
    if (REPEATING.has(above.kind)) return true;
    if (above.kind === 'function_definition' || above.kind === 'lambda') return false;
  }
  return false;
}

/** The last part of `a.b.c`. */
export function lastName(module: PyModule, node: SyntaxNode | undefined): string | null {
  if (node?.kind === 'identifier') return textOf(module.tree, node);
  const name = node?.kind === 'attribute' ? childOf(node, 'attribute') : undefined;
  return name ? textOf(module.tree, name) : null;
}

const slashes = (file: string): string => file.replaceAll('\\', '/');

/** Ends of the paths at which a module may lie. */
export function modulePaths(dotted: string, from: string): string[] {
  const dots = /^\.*/.exec(dotted)![0].length;
  const rest = dotted
    .slice(dots)
    .split('.')
    .filter((part) => part !== '');
  const folder = slashes(from).split('/').slice(0, -1);
  const parts = dots === 0 ? rest : [...folder.slice(0, folder.length - (dots - 1)), ...rest];
  const stem = parts.join('/').replace(/^\//, '');
  return stem === '' ? [] : [`${stem}.py`, `${stem}/__init__.py`];
}

function commonStart(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
