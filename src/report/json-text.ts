/**
 * What `visible` shows as marks (terminal.ts), but for what JSON escapes by itself: controls below a blank and lone surrogates. A
 * line of JSON begins with a sign of JSON's own, so that `::error::` cannot stand first on one.
 */
const ACTING = /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|#(?=#(?:vso|teamcity)?\[)/;
const EACH = new RegExp(ACTING, 'g');

/**
 * A value as JSON that acts on nobody who prints it, on a terminal or in the log of a CI service, and says the same: what would act is
 * escaped. All JSON that is printed is made by this.
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  if (!ACTING.test(text)) return text;
  return text.replaceAll(EACH, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
