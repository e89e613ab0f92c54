/**
 * A Python file as a plain tree, whatever parser made it. Kinds and fields are those of tree-sitter-python's grammar
 * (`with_statement`, `call`, field `function`, …); tokens (commas, keywords) are left out, except `async`.
 */
export interface SyntaxNode {
  readonly kind: string;
  /** What the node is to its parent (`body`, `condition`, …). */
  readonly field: string | null;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** 1-based lines of its first and last character. */
  readonly line: number;
  readonly lastLine: number;
  readonly parent: SyntaxNode | null;
  readonly children: readonly SyntaxNode[];
}

export interface SyntaxTree {
  readonly text: string;
  readonly root: SyntaxNode;
}

/** Turns a file's text into its tree; null when that would take too long. Errors in the text are nodes of kind `ERROR`. */
export type Parse = (text: string) => SyntaxTree | null;

export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field);
}

export function textOf(tree: SyntaxTree, node: SyntaxNode): string {
  return tree.text.slice(node.start, node.end);
}

/** The nodes above, nearest first. */
export function* ancestors(node: SyntaxNode): Generator<SyntaxNode> {
  for (let at = node.parent; at !== null; at = at.parent) yield at;
}

/** A node and all below it, in the order of the text; nodes for which `enter` is false are given but not entered. */
export function* descendants(node: SyntaxNode, enter: (node: SyntaxNode) => boolean = () => true): Generator<SyntaxNode> {
  const waiting = [node];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    yield at;
    if (at !== node && !enter(at)) continue;
    for (let i = at.children.length - 1; i >= 0; i--) waiting.push(at.children[i]!);
  }
}

/** Functions and classes are worlds of their own: what stands in them does not run where they stand. */
export const DEFINITIONS: ReadonlySet<string> = new Set(['function_definition', 'class_definition', 'lambda']);

/** The nodes that run when `node` runs: not what is defined in it. */
export function ownNodes(node: SyntaxNode): Generator<SyntaxNode> {
  return descendants(node, (inner) => !DEFINITIONS.has(inner.kind));
}
