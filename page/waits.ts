import { count, h, svg } from './dom.js';
import { names } from './answer.js';
import { layered, type Point } from './graph-layout.js';
import type { Model } from './model.js';

/** Nodes drawn: beyond it lines cross too often to be followed. */
const MOST_NODES = 60;
/** Edges told as text. */
const MOST_LINES = 100;

const NODE = { width: 230, height: 54 };

/** Threads that wait for the same at the same place are one node. */
interface Node {
  readonly threads: number[];
  readonly to: Set<string>;
}

/** Who waits for whom; null where no thread is known to wait for another. */
export function waits(model: Model): HTMLElement | null {
  const nodes = nodesOf(model);
  if (nodes.size === 0) return null;
  const kept = new Map([...nodes].slice(0, MOST_NODES));
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'scroll graph', tabindex: 0, role: 'region', 'aria-label': 'graph of who waits for whom; the same follows as text' },
      picture(model, kept),
    ),
    nodes.size > kept.size ? h('p', { class: 'muted' }, `${kept.size} of ${count(nodes.size, 'node')} are drawn`) : null,
    h('details', {}, h('summary', {}, 'The same as text'), list(model, nodes)),
  );
}

function nodesOf(model: Model): Map<string, Node> {
  const inGraph = new Set<number>();
  for (const [t, { blockedBy }] of model.data.threads.entries()) {
    if (blockedBy.length === 0) continue;
    inGraph.add(t);
    for (const other of blockedBy) inGraph.add(other);
  }
  const keyOf = new Map<number, string>();
  for (const t of inGraph) {
    const { blockedBy, verdict, role } = model.thread(t);
    // one that others wait for stands for itself
    const own = model.blocks(t).length > 0 ? `#${t}` : '';
    keyOf.set(t, `${own} ${verdict} ${role ?? ''} ${model.lookAt(t)} ${blockedBy.join(',')}`);
  }
  const nodes = new Map<string, Node>();
  for (const t of [...inGraph].sort((a, b) => a - b)) {
    const key = keyOf.get(t)!;
    const node = nodes.get(key) ?? { threads: [], to: new Set<string>() };
    nodes.set(key, node);
    node.threads.push(t);
    for (const other of model.thread(t).blockedBy) node.to.add(keyOf.get(other)!);
  }
  return nodes;
}

function picture(model: Model, nodes: ReadonlyMap<string, Node>): SVGSVGElement {
  const edges = [...nodes].flatMap(([key, { to }]) => [...to].filter((other) => nodes.has(other)).map((other) => [key, other] as const));
  const placed = layered(nodes.keys(), edges, NODE);
  const { width, height } = placed;
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, class: 'waits' });
  drawing.append(
    svg(
      'defs',
      {},
      svg(
        'marker',
        { id: 'arrow', viewBox: '0 0 8 8', refX: 7.5, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse' },
        svg('path', { d: 'M0 0 L8 4 L0 8 z', class: 'arrow' }),
      ),
    ),
  );
  for (const { points } of placed.edges) drawing.append(svg('path', { d: smooth(points), class: 'edge', 'marker-end': 'url(#arrow)' }));
  for (const [key, node] of nodes) drawing.append(nodeView(model, node, placed.nodes.get(key)!));
  return drawing;
}

function nodeView(model: Model, { threads }: Node, { x, y }: Point): SVGElement {
  const [first] = threads as [number];
  const { verdict, role } = model.thread(first);
  const who = threads.length === 1 ? model.nameOf(first) : count(threads.length, 'thread');
  const frame = model.lookAt(first);
  const [left, top] = [x - NODE.width / 2, y - NODE.height / 2];
  return svg(
    'a',
    { href: `#thread=${first}`, class: `node v-${verdict}` },
    svg(
      'title',
      {},
      `${threads.length === 1 ? model.fullNameOf(first) : who}: ${verdict}${role === null ? '' : `, ${role}`}; ${frame === -1 ? '' : `${model.functionOf(frame)} ${model.placeOf(frame)}`}`,
    ),
    svg('rect', { x: left, y: top, width: NODE.width, height: NODE.height, rx: 6 }),
    svg('text', { x: left + 10, y: top + 21, class: 'who' }, cut(who, 18)),
    svg('text', { x: left + NODE.width - 8, y: top + 21, class: 'what' }, role ?? verdict),
    svg('text', { x: left + 10, y: top + 41, class: 'spot' }, cut(model.spotText(frame), 32)),
  );
}

/** A line through points, rounded at the inner ones. */
function smooth(points: readonly Point[]): string {
  const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${at(first)}`;
  for (const [i, point] of rest.entries()) {
    const next = rest[i + 1];
    if (next === undefined) path += ` L${at(point)}`;
    else path += ` Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  }
  return path;
}

function list(model: Model, nodes: ReadonlyMap<string, Node>): HTMLElement {
  const lines = [...nodes.values()].filter(({ to }) => to.size > 0);
  return h(
    'ul',
    {},
    ...lines.slice(0, MOST_LINES).map(({ threads, to }) =>
      h(
        'li',
        {},
        names(model, threads, 4),
        threads.length === 1 ? ' waits for ' : ' wait for ',
        names(
          model,
          [...to].flatMap((key) => nodes.get(key)?.threads ?? []),
          6,
        ),
        ` (${model.spotText(model.lookAt(threads[0]!))})`,
      ),
    ),
    lines.length > MOST_LINES ? h('li', { class: 'muted' }, `and ${lines.length - MOST_LINES} more`) : null,
  );
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
