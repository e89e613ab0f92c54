import { markdownText } from './markdown.js';
import type { ReportWriter } from './writer.js';

/** The Markdown that `buildkite-agent annotate` reads from its standard input; an annotation holds 1 MiB. */
export const buildkite: ReportWriter = {
  id: 'buildkite',
  title: 'an annotation, for buildkite-agent annotate',
  extension: 'md',
  write: (input, options) => markdownText(input, options),
};
