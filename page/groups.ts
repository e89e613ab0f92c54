import type { PageGroup } from '../src/report/html/page-data.js';
import { count, fill, h } from './dom.js';
import type { Filter } from './filter.js';
import { names } from './answer.js';
import type { Model } from './model.js';
import { stackView } from './stack-view.js';
import { verdictBadge } from './timeline.js';

/** Groups shown before the reader asks for more. */
const STEP = 20;

const KINDS: Readonly<Record<PageGroup['kind'], string>> = {
  crashed: 'crashed',
  application: '',
  'waiting-for-work': 'waits for work',
  idle: 'idle',
  background: 'background',
};

/** Threads of the newest dumps that stand in the same place, those worth a look first. */
export function groups(model: Model, filter: Filter): HTMLElement {
  const body = h('div', {});
  let most = STEP;
  const render = (): void => {
    const shown = model.data.groups.flatMap((group) => {
      const threads = group.threads.filter((thread) => filter.has(thread));
      return threads.length === 0 ? [] : [{ group, threads }];
    });
    fill(
      body,
      shown.length === 0 ? h('p', { class: 'muted' }, 'no group matches') : null,
      ...shown.slice(0, most).map(({ group, threads }) => groupView(model, filter, group, threads)),
      shown.length > most ? h('button', { type: 'button', on: { click: more } }, `Show more of ${count(shown.length, 'group')}`) : null,
    );
  };
  const more = (): void => {
    most += 5 * STEP;
    render();
  };
  filter.onChange(render);
  render();
  return body;
}

function groupView(model: Model, filter: Filter, group: PageGroup, threads: readonly number[]): HTMLElement {
  const [first] = threads as [number];
  const { verdict } = model.thread(first);
  const stack = group.stacks[0]!;
  const folded = group.kind === 'idle' || group.kind === 'background';
  const title = [group.title, group.moves ? 'moving' : '', KINDS[group.kind]].filter(Boolean).join(' · ');
  const body = h('div', {});
  const details = h(
    'details',
    { class: `group v-${verdict}`, open: !folded },
    h(
      'summary',
      {},
      verdictBadge(verdict),
      h('strong', {}, ` ${count(threads.length, 'thread')} `),
      h('span', { class: 'spot' }, model.spotText(model.spotOf(stack))),
      title === '' ? null : h('span', { class: 'muted' }, ` · ${title}`),
    ),
    body,
  );
  const open = (): void => {
    if (body.childElementCount > 0 || !details.open) return;
    fill(
      body,
      h('p', {}, names(model, threads, 12)),
      stackView(model, stack, {
        look: verdict === 'stuck' || verdict === 'suspect' ? model.thread(first).frame : null,
        marks: (frame) => filter.marks(frame),
      }),
      group.stacks.length > 1
        ? h(
            'p',
            { class: 'muted' },
            `${group.stacks.length}${group.stacks.length === 8 ? ' or more' : ''} different stacks: the same functions at other lines`,
          )
        : null,
    );
  };
  details.addEventListener('toggle', open);
  open();
  return details;
}
