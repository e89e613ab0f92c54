import { h } from './dom.js';
import type { Model } from './model.js';

/** Schemes that could act on the page itself. An editor's own is whatever the editor has registered. */
const ACTIVE = /^\s*(?:javascript|data|vbscript|blob):/i;

/** The address at which the user's editor opens a frame; null where there is no editor or no file. */
export function editorAddress(model: Model, frame: number): string | null {
  const { editor } = model.data;
  if (editor === null || ACTIVE.test(editor)) return null;
  const file = model.excerptOf(frame)?.path ?? model.fileOf(frame);
  // `<frozen os>`, `node:events` and relative paths are nothing an editor could open
  if (file === null || !/^(?:\/|[A-Za-z]:[\\/])/.test(file)) return null;
  const values: Record<string, string> = {
    file: file
      .split(/[\\/]/)
      .map(encodeURIComponent)
      .join('/')
      .replace(/^([A-Za-z])%3A/, '$1:'),
    line: String(model.lineOf(frame) ?? 1),
    column: String(model.columnOf(frame) ?? 1),
  };
  return editor.replaceAll(/\{(file|line|column)\}/g, (_, name: string) => values[name]!);
}

/** `file:line` of a frame, a link where the editor can be told to open it. */
export function placeLink(model: Model, frame: number, text = model.placeOf(frame)): HTMLElement {
  const address = editorAddress(model, frame);
  const label = softBreaks(text);
  const compiled = model.data.frames.compiled[frame];
  const title = [...(address === null ? [] : ['open in the editor']), ...(compiled === undefined ? [] : [`compiled to ${compiled}`])].join(
    '; ',
  );
  return address === null
    ? h('span', { class: 'place', title: title || false }, label)
    : h('a', { class: 'place', href: address, title }, label);
}

/** Long paths may be broken at their slashes. */
function softBreaks(text: string): Node {
  const fragment = document.createDocumentFragment();
  for (const [i, part] of text.split(/(?<=[/\\])/).entries()) {
    if (i > 0) fragment.append(document.createElement('wbr'));
    fragment.append(document.createTextNode(part));
  }
  return fragment;
}

/** A link to a thread, which opens its window. */
export function threadLink(model: Model, thread: number, text = model.nameOf(thread)): HTMLAnchorElement {
  return h('a', { class: 'thread', href: `#thread=${thread}`, title: model.fullNameOf(thread) }, text);
}
