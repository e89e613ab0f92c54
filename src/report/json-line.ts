/**
 * A value as JSON on one line that acts on nobody who prints it in a log: lone surrogates are escapes by themselves, and so is the
 * first sign of `##vso[` and its like here.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(/#(?=#(?:vso|teamcity)?\[)/g, '\\u0023');
}
