import type { Signature } from '../analysis/index.js';
import { fit, paint, visible, wrap, type Screen } from './terminal.js';

/** A list of rules for people, library by library. */
export function* signaturesText(rules: readonly Signature[], screen: Screen): Generator<string> {
  let library: string | null = null;
  for (const rule of rules) {
    if (rule.library !== library) {
      if (library !== null) yield '';
      library = rule.library;
      yield paint(screen, 'strong', visible(library === '' ? 'own rules' : library));
    }
    yield `  ${paint(screen, 'title', visible(rule.id))}  ${rule.verdict}, ${rule.wait}: ${visible(rule.label)}`.slice(
      0,
      screen.colour ? undefined : screen.width,
    );
    for (const line of wrap(visible(rule.meaning), screen.width - 6)) yield paint(screen, 'dim', `      ${line}`);
    for (const { text } of rule.stacks) yield fit(`      ${visible(text)}`, screen.width);
  }
}
