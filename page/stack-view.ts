import type { PageExcerpt } from '../src/report/html/page-data.js';
import { count, h } from './dom.js';
import { placeLink } from './links.js';
import type { Model } from './model.js';

export interface StackOptions {
  /** The frame to look at, marked. */
  readonly look?: number | null;
  /** Its source is open. */
  readonly open?: boolean;
  /** Frames named by the search. */
  readonly marks?: (frame: number) => boolean;
  /** Variables, by depth. */
  readonly locals?: readonly { readonly depth: number; readonly variables: readonly (readonly [string, string])[] }[] | undefined;
}

/** Longer stacks show their ends first. */
const MOST_FRAMES = 60;

/**
 * A stack, most recent call first. Runs of frames that are not the application's are folded, but for the most recent frame,
 * which says what the thread is doing.
 */
export function stackView(model: Model, stack: number, options: StackOptions = {}): HTMLElement {
  const frames = model.framesOf(stack);
  if (frames.length === 0) return h('p', { class: 'muted' }, 'no stack');
  const list = h('ol', { class: 'stack' });
  let folded: [number, number][] = [];
  const flush = (): void => {
    if (folded.length > 0) list.append(foldedFrames(model, folded, options));
    folded = [];
  };
  const middle = frames.length > MOST_FRAMES ? [MOST_FRAMES - 15, frames.length - 15] : null;
  for (const [depth, frame] of frames.entries()) {
    if (middle && depth >= middle[0]! && depth < middle[1]!) {
      if (depth === middle[0]) {
        flush();
        list.append(hiddenMiddle(model, frames, middle[0], middle[1]!, options));
      }
      continue;
    }
    const shown = depth === 0 || model.isApplication(frame) || options.marks?.(frame) === true || hasLocals(options, depth);
    if (!shown) folded.push([depth, frame]);
    else {
      flush();
      list.append(frameLine(model, frame, depth, options));
    }
  }
  flush();
  return list;
}

const hasLocals = ({ locals }: StackOptions, depth: number): boolean => locals?.some((each) => each.depth === depth) ?? false;

function frameLine(model: Model, frame: number, depth: number, options: StackOptions): HTMLLIElement {
  const excerpt = model.excerptOf(frame);
  const look = options.look === frame;
  const own = model.isApplication(frame);
  const line = h(
    'li',
    { class: `${own ? 'own' : 'lib'}${look ? ' look' : ''}` },
    h('span', { class: 'function' }, options.marks?.(frame) === true ? h('mark', {}, model.functionOf(frame)) : model.functionOf(frame)),
    ' ',
    placeLink(model, frame),
    look ? h('span', { class: 'here' }, 'look here') : null,
  );
  const variables = options.locals?.find((each) => each.depth === depth)?.variables ?? [];
  if (variables.length > 0) {
    line.append(
      h(
        'details',
        { class: 'locals', open: look },
        h('summary', {}, count(variables.length, 'variable')),
        h('dl', {}, ...variables.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
      ),
    );
  }
  if (excerpt !== null) {
    line.append(
      h(
        'details',
        { class: 'source', open: look && options.open === true },
        h('summary', {}, 'source'),
        excerptView(excerpt, model.lineOf(frame) ?? -1),
      ),
    );
  }
  return line;
}

/** Lines of source with their numbers; those around the frame's line only, where an excerpt is long. */
export function excerptView(excerpt: PageExcerpt, line: number, around = 4): HTMLElement {
  const lines = excerpt.lines.flatMap((text, i) => {
    const number = excerpt.from + i;
    if (Math.abs(number - line) > around) return [];
    return h(
      'span',
      { class: number === line ? 'line at' : 'line' },
      h('span', { class: 'number', 'aria-hidden': 'true' }, String(number).padStart(5)),
      ` ${text}\n`,
    );
  });
  return h('pre', { class: 'excerpt', tabindex: 0, role: 'region', 'aria-label': `source around line ${line}` }, ...lines);
}

function foldedFrames(model: Model, folded: readonly [number, number][], options: StackOptions): HTMLLIElement {
  const modules = [...new Set(folded.map(([, frame]) => moduleOf(model.fileOf(frame))))];
  const inner = h('ol', { class: 'stack' });
  const more = h(
    'details',
    {},
    h('summary', {}, `${count(folded.length, 'frame')} in ${modules.slice(0, 4).join(', ')}${modules.length > 4 ? ' …' : ''}`),
    inner,
  );
  more.addEventListener('toggle', () => {
    if (inner.childElementCount === 0) for (const [depth, frame] of folded) inner.append(frameLine(model, frame, depth, options));
  });
  return h('li', { class: 'folded' }, more);
}

function hiddenMiddle(model: Model, frames: readonly number[], from: number, to: number, options: StackOptions): HTMLLIElement {
  const inner = h('ol', { class: 'stack' });
  const more = h('details', {}, h('summary', {}, count(to - from, 'more frame')), inner);
  more.addEventListener('toggle', () => {
    if (inner.childElementCount === 0)
      for (let depth = from; depth < to; depth++) inner.append(frameLine(model, frames[depth]!, depth, options));
  });
  return h('li', { class: 'folded' }, more);
}

/** A file as people name it: its last folder and name. */
function moduleOf(file: string | null): string {
  if (file === null) return '?';
  const parts = file.split(/[\\/]/);
  const name = parts.at(-1)!.replace(/\.pyc?$/, '');
  return name === '__init__' ? (parts.at(-2) ?? name) : name;
}
