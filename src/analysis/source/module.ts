import { ancestors, childOf, descendants, textOf, type SyntaxNode, type SyntaxTree } from './syntax.js';

/** Where a value comes into being: the expression, and the function (or null: the module or class body) it stands in. */
export interface Assigned {
  readonly value: SyntaxNode;
  readonly within: PyFunction | null;
  /** The value is one of what this expression iterates over or enters (`for x in …`, `with … as x`), not it itself. */
  readonly element: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly default: SyntaxNode | null;
  readonly annotation: SyntaxNode | null;
  /** `*args`, `**kwargs`, or a plain one. */
  readonly stars: '' | '*' | '**';
}

export interface PyFunction {
  readonly name: string;
  /** With its classes and outer functions: `Account.locked`, `audited.inner`. */
  readonly qualified: string;
  /** The function itself; its decorators stand above it. */
  readonly node: SyntaxNode;
  /** From the first decorator to the last statement. */
  readonly firstLine: number;
  readonly lastLine: number;
  readonly decorators: readonly SyntaxNode[];
  readonly parameters: readonly Parameter[];
  /** The class whose method it is. */
  readonly class: PyClass | null;
  /** The function it is defined in. */
  readonly outer: PyFunction | null;
  readonly module: PyModule;
  /** What its own names are set to, in the order of the text. */
  readonly locals: ReadonlyMap<string, readonly Assigned[]>;
}

export interface PyClass {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly module: PyModule;
  readonly bases: readonly SyntaxNode[];
  readonly methods: ReadonlyMap<string, PyFunction>;
  /** What `self.x` and class-level `x` are set to. */
  readonly attributes: ReadonlyMap<string, readonly Assigned[]>;
}

/** `import a.b as c` is `{ module: 'a.b', name: null }` under `c`; `from a import b` is `{ module: 'a', name: 'b' }` under `b`. */
export interface Imported {
  /** With leading dots where it is relative. */
  readonly module: string;
  readonly name: string | null;
}

/** One file, with what is defined in it. */
export interface PyModule {
  /** Where its source was read. */
  readonly file: string;
  readonly tree: SyntaxTree;
  readonly functions: readonly PyFunction[];
  readonly classes: ReadonlyMap<string, PyClass>;
  readonly globals: ReadonlyMap<string, readonly Assigned[]>;
  readonly imports: ReadonlyMap<string, Imported>;
}

type Store = Map<string, Assigned[]>;
interface OpenFunction extends PyFunction {
  readonly locals: Store;
}
interface OpenClass extends PyClass {
  readonly methods: Map<string, PyFunction>;
  readonly attributes: Store;
}

/** Reads a file's tree once and notes what it defines. */
export function indexModule(file: string, tree: SyntaxTree): PyModule {
  const functions: OpenFunction[] = [];
  const classes = new Map<string, OpenClass>();
  const globals: Store = new Map();
  const imports = new Map<string, Imported>();
  const module: PyModule = { file, tree, functions, classes, globals, imports };
  const functionOf = new Map<SyntaxNode, OpenFunction>();
  const classOf = new Map<SyntaxNode, OpenClass>();

  /** The innermost definition around a node. */
  const scopeOf = (node: SyntaxNode): OpenFunction | OpenClass | null => {
    for (const above of ancestors(node)) {
      const scope = functionOf.get(above) ?? classOf.get(above);
      if (scope) return scope;
    }
    return null;
  };

  for (const node of descendants(tree.root)) {
    if (node.kind === 'class_definition') {
      const name = nameOf(tree, node);
      const made: OpenClass = {
        name,
        node,
        module,
        bases: childOf(node, 'superclasses')?.children.filter((child) => child.kind !== 'keyword_argument') ?? [],
        methods: new Map(),
        attributes: new Map(),
      };
      classOf.set(node, made);
      classes.set(name, made);
    } else if (node.kind === 'function_definition') {
      const scope = scopeOf(node);
      const owner = scope !== null && 'methods' in scope ? scope : null;
      const outer = scope !== null && 'locals' in scope ? scope : owner === null ? null : functionAround(owner.node, functionOf);
      const name = nameOf(tree, node);
      const decorated = node.parent?.kind === 'decorated_definition' ? node.parent : node;
      const made: OpenFunction = {
        name,
        qualified: [outer?.qualified, owner?.name, name].filter((part) => part !== undefined).join('.'),
        node,
        firstLine: decorated.line,
        lastLine: node.lastLine,
        decorators: decorated === node ? [] : decorated.children.filter((child) => child.kind === 'decorator').flatMap((d) => d.children),
        parameters: parametersOf(tree, node),
        class: owner,
        outer,
        module,
        locals: new Map(),
      };
      functions.push(made);
      functionOf.set(node, made);
      owner?.methods.set(name, made);
    } else if (node.kind === 'import_statement' || node.kind === 'import_from_statement') {
      addImports(tree, node, imports);
    } else {
      const pairs = bindings(node);
      if (pairs.length === 0) continue;
      const scope = scopeOf(node);
      for (const { target, value, element } of pairs) {
        const within = scope !== null && 'locals' in scope ? scope : null;
        const assigned: Assigned = { value, within, element };
        if (target.kind === 'identifier') {
          const name = textOf(tree, target);
          const store =
            scope === null ? globals : 'attributes' in scope ? scope.attributes : isGlobalIn(tree, scope, name) ? globals : scope.locals;
          add(store, name, assigned);
        } else if (target.kind === 'attribute') {
          const owner = selfClass(tree, target, within);
          if (owner) add((owner as OpenClass).attributes, attributeName(tree, target), assigned);
        } else if (target.kind === 'subscript') {
          // `locks[name] = Lock()`: an element of the container
          const container = childOf(target, 'value');
          if (container?.kind === 'identifier')
            add(storeOf(textOf(tree, container), within) ?? globals, elementKey(textOf(tree, container)), assigned);
          else if (container?.kind === 'attribute') {
            const owner = selfClass(tree, container, within);
            if (owner) add((owner as OpenClass).attributes, elementKey(attributeName(tree, container)), assigned);
          }
        }
      }
    }
  }
  return module;
}

/** Under this name stands what a container's elements are set to. */
export const elementKey = (name: string): string => `${name}[]`;

const nameOf = (tree: SyntaxTree, node: SyntaxNode): string => {
  const name = childOf(node, 'name');
  return name ? textOf(tree, name) : '?';
};

const attributeName = (tree: SyntaxTree, node: SyntaxNode): string => {
  const name = childOf(node, 'attribute');
  return name ? textOf(tree, name) : '?';
};

function add(store: Store, name: string, assigned: Assigned): void {
  const before = store.get(name);
  if (before) before.push(assigned);
  else store.set(name, [assigned]);
}

function functionAround(node: SyntaxNode, functionOf: ReadonlyMap<SyntaxNode, OpenFunction>): OpenFunction | null {
  for (const above of ancestors(node)) {
    const found = functionOf.get(above);
    if (found) return found;
  }
  return null;
}

/** The class whose object `self.x` speaks of, where `self` is the first parameter of a method around it. */
function selfClass(tree: SyntaxTree, attribute: SyntaxNode, within: PyFunction | null): PyClass | null {
  const object = childOf(attribute, 'object');
  if (object?.kind !== 'identifier') return null;
  return classOfSelf(textOf(tree, object), within);
}

/** The class that a name stands for an object of, because it is the first parameter of a method: `self`, `cls`. */
export function classOfSelf(name: string, within: PyFunction | null): PyClass | null {
  for (let at = within; at !== null; at = at.outer) {
    if (at.class !== null && at.parameters[0]?.name === name) return at.class;
    if (at.parameters.some((parameter) => parameter.name === name)) return null;
  }
  return null;
}

/** Where the container of that name is kept that is filled in a function: in it, in one around it, or (null) in the module. */
function storeOf(name: string, within: OpenFunction | null): Store | null {
  for (let fn = within; fn !== null; fn = fn.outer as OpenFunction | null)
    if (fn.locals.has(name) || fn.parameters.some((parameter) => parameter.name === name)) return fn.locals;
  return null;
}

const globalsOf = new WeakMap<PyFunction, ReadonlySet<string>>();

/** Whether a function says `global name`. */
function isGlobalIn(tree: SyntaxTree, fn: PyFunction, name: string): boolean {
  let names = globalsOf.get(fn);
  if (names === undefined) {
    const statements = childOf(fn.node, 'body')?.children.filter((child) => child.kind === 'global_statement') ?? [];
    globalsOf.set(fn, (names = new Set(statements.flatMap(({ children }) => children.map((id) => textOf(tree, id))))));
  }
  return names.has(name);
}

/** What a statement or clause binds: `a, b = x, y` binds two. Only simple shapes; others bind nothing that is known. */
function bindings(node: SyntaxNode): { target: SyntaxNode; value: SyntaxNode; element: boolean }[] {
  switch (node.kind) {
    case 'assignment':
    case 'named_expression': {
      const target = childOf(node, 'left') ?? childOf(node, 'name');
      let value = childOf(node, 'right') ?? childOf(node, 'value');
      // `x = y = value`
      while (value?.kind === 'assignment') value = childOf(value, 'right');
      return target && value ? pairs(target, value) : [];
    }
    case 'as_pattern': {
      const value = node.children[0];
      const target = childOf(node, 'alias')?.children[0];
      return value && target && node.parent?.kind === 'with_item' ? [{ target, value, element: true }] : [];
    }
    case 'for_statement':
    case 'for_in_clause': {
      const [target, value] = [childOf(node, 'left'), childOf(node, 'right')];
      return target && value ? [{ target, value, element: true }] : [];
    }
    default:
      return [];
  }
}

const LISTS: ReadonlySet<string> = new Set(['pattern_list', 'tuple_pattern', 'list_pattern', 'expression_list', 'tuple', 'list']);

function pairs(target: SyntaxNode, value: SyntaxNode): { target: SyntaxNode; value: SyntaxNode; element: boolean }[] {
  if (!LISTS.has(target.kind)) return [{ target, value, element: false }];
  if (!LISTS.has(value.kind) || target.children.length !== value.children.length) return [];
  return target.children.map((one, i) => ({ target: one, value: value.children[i]!, element: false }));
}

function parametersOf(tree: SyntaxTree, fn: SyntaxNode): Parameter[] {
  return (childOf(fn, 'parameters')?.children ?? []).flatMap((node): Parameter[] => {
    const named = node.kind === 'identifier' ? node : (childOf(node, 'name') ?? node.children[0]);
    if (named === undefined) return [];
    const text = textOf(tree, named);
    return [
      {
        name: text.replace(/^\*+/, ''),
        default: childOf(node, 'value') ?? null,
        annotation: childOf(node, 'type') ?? null,
        stars:
          node.kind === 'dictionary_splat_pattern' || text.startsWith('**')
            ? '**'
            : node.kind === 'list_splat_pattern' || text.startsWith('*')
              ? '*'
              : '',
      },
    ];
  });
}

function addImports(tree: SyntaxTree, node: SyntaxNode, imports: Map<string, Imported>): void {
  const from = childOf(node, 'module_name');
  for (const child of node.children) {
    if (child === from) continue;
    const name = child.kind === 'aliased_import' ? childOf(child, 'name') : child.kind === 'dotted_name' ? child : undefined;
    if (name === undefined) continue;
    const dotted = textOf(tree, name).replace(/\s+/g, '');
    const alias = child.kind === 'aliased_import' ? childOf(child, 'alias') : undefined;
    if (from) imports.set(alias ? textOf(tree, alias) : dotted, { module: textOf(tree, from).replace(/\s+/g, ''), name: dotted });
    // `import a.b` binds `a`; the rest is said where it is used
    else if (alias) imports.set(textOf(tree, alias), { module: dotted, name: null });
    else imports.set(dotted.split('.')[0]!, { module: dotted.split('.')[0]!, name: null });
  }
}

const COMPREHENSIONS: Readonly<Record<string, string>> = {
  '<listcomp>': 'list_comprehension',
  '<setcomp>': 'set_comprehension',
  '<dictcomp>': 'dictionary_comprehension',
  '<genexpr>': 'generator_expression',
  '<lambda>': 'lambda',
};

/** Where a frame stands in a file. */
export interface Place {
  readonly module: PyModule;
  /** Null: in the module's own code or a class body. */
  readonly function: PyFunction | null;
  /** The lambda or comprehension whose frame it is, else the function or module itself. */
  readonly scope: SyntaxNode;
  readonly line: number;
}

/**
 * The place of a frame: the innermost function of that name that encloses the line. Null when there is none, as when the
 * file is another version of what ran.
 */
export function placeOf(module: PyModule, functionName: string, line: number): Place | null {
  const { tree, functions } = module;
  if (line < 1 || line > tree.root.lastLine || !hasCode(tree, line)) return null;
  const name = functionName.slice(functionName.lastIndexOf('.') + 1);
  const around = functions.filter((fn) => fn.firstLine <= line && line <= fn.lastLine);
  const innermost = around.reduce<PyFunction | null>((best, fn) => (best === null || fn.node.start >= best.node.start ? fn : best), null);
  const kind = COMPREHENSIONS[name];
  if (kind !== undefined) {
    const scope = [...descendants(tree.root)].filter((node) => node.kind === kind && node.line <= line && line <= node.lastLine).at(-1);
    return scope === undefined ? null : { module, function: innermost, scope, line };
  }
  if (name === '<module>')
    return innermost === null || line <= innermost.node.line ? { module, function: null, scope: tree.root, line } : null;
  const fn = around.filter((candidate) => candidate.name === name).at(-1);
  if (fn) return { module, function: fn, scope: fn.node, line };
  // the frame of a class body is called by the class's name
  const cls = module.classes.get(name);
  return cls && cls.node.line <= line && line <= cls.node.lastLine ? { module, function: innermost, scope: cls.node, line } : null;
}

const lineStarts = new WeakMap<SyntaxTree, number[]>();

/** The text of a line, without the spaces around it. */
export function lineText(tree: SyntaxTree, line: number): string {
  let starts = lineStarts.get(tree);
  if (starts === undefined) {
    starts = [0];
    for (let at = tree.text.indexOf('\n'); at !== -1; at = tree.text.indexOf('\n', at + 1)) starts.push(at + 1);
    lineStarts.set(tree, starts);
  }
  const start = starts[line - 1];
  return start === undefined ? '' : tree.text.slice(start, (starts[line] ?? tree.text.length + 1) - 1).trim();
}

function hasCode(tree: SyntaxTree, line: number): boolean {
  const text = lineText(tree, line);
  return text !== '' && !text.startsWith('#');
}
