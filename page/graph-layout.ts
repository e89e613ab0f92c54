import * as dagre from '@dagrejs/dagre';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Middle of each node. */
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: readonly { readonly points: readonly Point[] }[];
}

/** What is used of the library; its own types name a package's inner file that `nodenext` does not find. */
interface Dagre {
  readonly Graph: new () => {
    setGraph(options: object): void;
    setDefaultEdgeLabel(label: () => object): void;
    setNode(name: string, size: object): void;
    setEdge(from: string, to: string): void;
    graph(): { readonly width?: number; readonly height?: number };
    node(name: string): Point;
    edges(): readonly unknown[];
    edge(edge: unknown): { readonly points: readonly Point[] };
  };
  readonly layout: (graph: object) => void;
}

const { Graph, layout } = dagre as unknown as Dagre;

/** Places nodes of one size in columns, so that edges go from left to right as far as there is no cycle. */
export function layered(
  names: Iterable<string>,
  edges: Iterable<readonly [string, string]>,
  size: { readonly width: number; readonly height: number },
): Layout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 56, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  const all = [...names];
  for (const name of all) graph.setNode(name, { ...size });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: new Map(all.map((name) => [name, graph.node(name)])),
    edges: graph.edges().map((edge) => graph.edge(edge)),
  };
}
