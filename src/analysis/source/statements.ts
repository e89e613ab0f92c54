import { lineText, type Place } from './module.js';
import { DEFINITIONS, childOf, type SyntaxNode } from './syntax.js';

/** Children of a compound statement that are not its header. */
const BODIES: ReadonlySet<string> = new Set([
  'block',
  'elif_clause',
  'else_clause',
  'except_clause',
  'except_group_clause',
  'finally_clause',
  'case_clause',
]);

/**
 * The statement that a frame stands in: of compound statements the innermost whose header holds the line. For a lambda or
 * comprehension that is itself.
 */
export function statementAt(place: Place): SyntaxNode {
  const { scope, line } = place;
  let at = scope;
  let statement = scope;
  for (;;) {
    // of several on one line the last: the body of `with lock: work()`
    const next = at.children.filter((child) => child.line <= line && line <= child.lastLine).at(-1);
    if (next === undefined) return statement;
    if (at.kind === 'block' || at.kind === 'module') statement = next;
    if (isDefinition(next)) return statement;
    at = next;
  }
}

/** What stands in it does not run where it stands. */
export const isDefinition = (node: SyntaxNode): boolean => DEFINITIONS.has(node.kind) || node.kind === 'decorated_definition';

/** The nodes of a statement that run with it, in the order of the text: of a compound one only its header. */
export function* headerNodes(statement: SyntaxNode): Generator<SyntaxNode> {
  const waiting: SyntaxNode[] = [statement];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    yield at;
    if (at !== statement && DEFINITIONS.has(at.kind)) continue;
    for (let i = at.children.length - 1; i >= 0; i--) if (!BODIES.has(at.children[i]!.kind)) waiting.push(at.children[i]!);
  }
}

/** The calls of a frame's statement that its line speaks of, in the order in which they run: arguments first. */
export function callsAt(place: Place, statement: SyntaxNode): SyntaxNode[] {
  // `a(); b()`: a line of several statements is all of them
  const onLine = (statement.parent?.children ?? [statement]).filter(
    (one) => one === statement || (isOnLine(one, place.line) && isSimple(one)),
  );
  const calls = onLine.flatMap((one) => [...headerNodes(one)].filter((node) => node.kind === 'call')).sort((a, b) => a.end - b.end);
  // CPython reports the line on which a call begins, 3.11 and later that of the method's name in a chain over several lines;
  // before 3.8 it was the last line of its arguments.
  const there = calls.filter((call) => call.line === place.line || methodLine(call) === place.line);
  if (there.length > 0) return there;
  const over = calls.filter((call) => call.line <= place.line && place.line <= call.lastLine);
  return over.length > 0 ? over : calls;
}

const isOnLine = (node: SyntaxNode, line: number): boolean => node.line <= line && line <= node.lastLine;
const isSimple = (node: SyntaxNode): boolean =>
  node.kind === 'expression_statement' || /^(?:return|assert|raise|delete|print)_statement$/.test(node.kind);

function methodLine(call: SyntaxNode): number {
  const called = childOf(call, 'function');
  const name = called?.kind === 'attribute' ? childOf(called, 'attribute') : undefined;
  return (name ?? call).line;
}

/** Statements before one in its own block, in the order of the text. */
export function before(statement: SyntaxNode): readonly SyntaxNode[] {
  const siblings = statement.parent?.children ?? [];
  return siblings.slice(0, siblings.indexOf(statement));
}

/** The statement that a block belongs to (`with`, `if`, …), and the clause between them where there is one. */
export function ownerOf(block: SyntaxNode): { readonly owner: SyntaxNode | null; readonly clause: SyntaxNode | null } {
  const above = block.parent;
  if (above === null) return { owner: null, clause: null };
  return above.kind.endsWith('_clause') ? { owner: above.parent, clause: above } : { owner: above, clause: null };
}

/** A frame's line for people. */
const MOST_TEXT = 160;
export function shownLine(place: Place): string {
  const text = lineText(place.module.tree, place.line);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
