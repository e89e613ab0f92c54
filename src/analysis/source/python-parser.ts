import type { Node, TreeCursor } from 'web-tree-sitter';
import type { Parse, SyntaxNode } from './syntax.js';

/** The parser's own code and the grammar of Python, as WebAssembly. */
export interface ParserFiles {
  readonly engine: Uint8Array;
  readonly grammar: Uint8Array;
}

/** A file of 2 MB takes half a second; one made to be hard (ten thousand open brackets) may take for ever. */
const PARSE_MS = 2_000;
/** Levels of the tree that are kept: real programs stay under 60. What lies deeper is not known. */
const MOST_LEVELS = 300;

/** Nodes that may stand anywhere and mean nothing. */
const UNSEEN: ReadonlySet<string> = new Set(['comment', 'line_continuation']);

/** web-tree-sitter is started once in a process. */
let started: Promise<unknown> | undefined;

/**
 * Loads tree-sitter, a parser that never fails (what it cannot read becomes a node of kind `ERROR`) and knows the
 * grammar of Python 2.7 to 3.13. It is loaded here and not at the head of a file, since most runs need none.
 *
 * @example
 * const parse = await loadPythonParser(pythonParserFiles());
 * parse('with lock:\n    pass\n')?.root.children[0].kind // 'with_statement'
 */
export async function loadPythonParser(files: ParserFiles): Promise<Parse> {
  const { Language, Parser } = await import('web-tree-sitter');
  await (started ??= Parser.init({ wasmBinary: files.engine }));
  const parser = new Parser();
  parser.setLanguage(await Language.load(files.grammar));
  return (text) => {
    const end = performance.now() + PARSE_MS;
    // The callback's answer ends the parsing, though its type says that it has none.
    const tree = parser.parse(text, null, { progressCallback: () => performance.now() > end });
    if (tree === null) {
      parser.reset();
      return null;
    }
    try {
      return { text, root: plainTree(tree.rootNode) };
    } finally {
      tree.delete();
    }
  };
}

interface OpenNode extends SyntaxNode {
  readonly children: OpenNode[];
}

/** Copies the tree out of the parser's memory, in one walk with its cursor. */
function plainTree(root: Node): SyntaxNode {
  const cursor = root.walk();
  try {
    const top = nodeAt(cursor, null);
    let parent = top;
    let levels = 1;
    let descending = cursor.gotoFirstChild();
    while (descending) {
      const isNamed = cursor.nodeIsNamed && !UNSEEN.has(cursor.nodeType);
      if (isNamed || cursor.nodeType === 'async') {
        const node = nodeAt(cursor, parent);
        parent.children.push(node);
        if (isNamed && levels < MOST_LEVELS && cursor.gotoFirstChild()) {
          parent = node;
          levels++;
          continue;
        }
      }
      while (!cursor.gotoNextSibling()) {
        if (levels === 1 || !cursor.gotoParent()) {
          descending = false;
          break;
        }
        parent = parent.parent as OpenNode;
        levels--;
      }
    }
    return top;
  } finally {
    cursor.delete();
  }
}

function nodeAt(cursor: TreeCursor, parent: OpenNode | null): OpenNode {
  return {
    kind: cursor.nodeType,
    field: cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    line: cursor.startPosition.row + 1,
    lastLine: cursor.endPosition.row + 1,
    parent,
    children: [],
  };
}
