import fs from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Debian's Chromium, or the one that CHROMIUM names. Playwright itself downloads none. */
const CHROMIUM = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path !== '' && fs.existsSync(path),
);

/** Null where there is no browser; in CI that is an error. */
export async function openBrowser(): Promise<Browser | null> {
  if (CHROMIUM === undefined) {
    if (process.env['CI']) throw new Error('no Chromium: install it (.ci/run does) or name it in CHROMIUM');
    return null;
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
