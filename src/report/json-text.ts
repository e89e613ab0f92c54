import { CI_COMMAND, UNSEEN } from '../model/index.js';

/**
 * What `visible` shows as marks (terminal.ts), but for what JSON escapes by itself: controls below a blank and lone surrogates. A
 * line of JSON begins with a sign of JSON's own, so that `::error::` cannot stand first on one.
 */
const ACTING = new RegExp(`${UNSEEN}|${CI_COMMAND}`);
const EACH = new RegExp(ACTING, 'g');
/** One of the UTF-16 units of a text. */
const UNIT = /[\s\S]/g;

/**
 * A value as JSON that acts on nobody who prints it, on a terminal or in the log of a CI service, and says the same: what would act is
 * escaped. All JSON that is printed is made by this.
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  if (!ACTING.test(text)) return text;
  return text.replaceAll(EACH, (sign) => sign.replaceAll(UNIT, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
