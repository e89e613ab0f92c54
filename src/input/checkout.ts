import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Longer paths are none of a checkout. */
const LONGEST_PATH = 4096;

/**
 * Files as dumps print them, found in a checkout: those below its folder, and those that have the end of their path in it, since
 * programs run in containers and from copies.
 *
 * @param root the checkout's folder, absolute, without symbolic links
 * @returns the path relative to the folder, with slashes; null when there is no such file
 */
export function checkoutLocator(root: string): (file: string) => string | null {
  const known = new Map<string, string | null>();
  return (file) => {
    let found = known.get(file);
    if (found === undefined) known.set(file, (found = locate(root, file)));
    return found;
  };
}

function locate(root: string, file: string): string | null {
  if (file.length > LONGEST_PATH || /^</.test(file) || file.includes('\0')) return null;
  const slashed = withoutScheme(file).replaceAll('\\', '/');
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  // such a path can lead out of the checkout
  if (parts.includes('..')) return null;
  const folder = root.replaceAll('\\', '/').replace(/\/$/, '');
  if (slashed.startsWith(`${folder}/`)) return slashed.slice(folder.length + 1);
  for (let from = 0; from < parts.length; from++) {
    const end = parts.slice(from).join('/');
    if (isFile(path.join(root, end))) return end;
  }
  return null;
}

function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function withoutScheme(file: string): string {
  if (!file.startsWith('file:')) return file.replace(/^(?:webpack|node):\/+/, '');
  try {
    return fileURLToPath(file.replace(/[?#].*$/s, ''));
  } catch {
    return file.slice('file:'.length);
  }
}
