type Child = Node | string | number | null | undefined | false;

interface Attributes {
  readonly class?: string;
  readonly on?: { readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };
  readonly [attribute: string]: unknown;
}

/**
 * An element. Texts become text nodes, never markup; handlers are functions; so no text of a dump acts on the page.
 *
 * @param attributes set as they are; `false`, null and undefined are left out, `true` is the empty value
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  set(element, attributes);
  append(element, children);
  return element;
}

/** The same in SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  set(element, attributes);
  append(element, children);
  return element;
}

function set(element: Element, { on, ...attributes }: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    // a script in an attribute is text to us
    if (name.startsWith('on')) continue;
    if (typeof value === 'string' || typeof value === 'number') element.setAttribute(name, String(value));
    else if (value === true) element.setAttribute(name, '');
  }
  for (const [name, handler] of Object.entries(on ?? {})) element.addEventListener(name, handler as EventListener);
}

function append(element: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces what is in an element. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}

/** `1 thread`, `2,000 threads`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** A length of time for people: `45 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toFixed(1))} h`;
}

/** What a canvas is drawn in: a colour of the style sheet as it is in this scheme. */
export function colour(name: string): string {
  // the property itself is read as it is written, `light-dark(…)`
  const probe = document.getElementById('live')!;
  probe.style.setProperty('color', `var(--${name})`);
  return getComputedStyle(probe).color;
}

/** A canvas of this size in CSS pixels, sharp on this screen, with its context scaled to them. */
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.setProperty('width', `${width}px`);
  canvas.style.setProperty('height', `${height}px`);
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** Says something to those who listen to the page. */
export function announce(text: string): void {
  document.getElementById('live')!.textContent = text;
}
