import type { PageThreadVerdict, PageVerdict } from '../src/report/html/page-data.js';

export const VERDICT_TITLES: Readonly<Record<PageVerdict, string>> = {
  stuck: 'Stuck',
  suspect: 'Suspect',
  inconclusive: 'Inconclusive',
  clear: 'Clear',
};

/** Said beside the colour, for those who do not see it. */
export const VERDICT_SIGNS: Readonly<Record<PageThreadVerdict, string>> = {
  stuck: '■',
  suspect: '▲',
  unknown: '?',
  progressing: '▸',
  idle: '–',
};

export const VERDICT_MEANINGS: Readonly<Record<PageThreadVerdict, string>> = {
  stuck: 'stands still where it should not',
  suspect: 'may be stuck; the dumps do not prove it',
  unknown: 'stands still, but nothing tells whether it should',
  progressing: 'moves',
  idle: 'waits for work, as it should',
};
