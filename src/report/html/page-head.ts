import { createHash } from 'node:crypto';
import { htmlText } from './json-text.js';

export interface PageHead {
  readonly title: string;
  readonly style: string;
  /** The only one that may run. Default: none may. */
  readonly script?: string;
  /** Of standstill. */
  readonly version: string;
}

/**
 * A page up to its body: one file that asks for nothing over the network and runs nothing but its own script, which its content
 * security policy names by hash, as it does the style.
 */
export function pageHead({ title, style, script, version }: PageHead): string {
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="standstill ${htmlText(version)}">
<title>${htmlText(title)}</title>
<style>${style}</style>
</head>
<body>
`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
