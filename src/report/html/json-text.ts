import { jsonText } from '../json-text.js';

/**
 * JSON for a `<script type="application/json">`: nothing in it can end the element or open a comment, since no `<`, `>` or
 * `&` is left, and no text of it is read as anything but JSON.
 */
export function jsonForHtml(value: unknown): string {
  return jsonText(value).replaceAll(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text in HTML, in an element or an attribute. */
export function htmlText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
