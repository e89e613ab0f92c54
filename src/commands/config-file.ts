/**
 * The configuration file: `standstill.config.json`, or the key `standstill` of a package.json. Looked up from the working
 * directory upwards, then in the user's configuration directory, whose settings hold where the other says nothing.
 * Schema: `schemas/config.schema.json`.
 *
 * A file may be in any folder that somebody works in, so it is data from outside: only regular files, of bounded size, and
 * keys that load code only from the user's own directory or a file named with `--config`.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../model/index.js';
import { UserError } from './errors.js';
import { NO_CONFIGURATION, holdsConfiguration, parseConfiguration, type Configuration, type Names } from './config-text.js';

export const CONFIG_NAME = 'standstill.config.json';

/** A configuration of a megabyte is no configuration. */
const MOST_BYTES: Bytes = 1 << 20;

export interface Places {
  readonly cwd: string;
  /** The user's configuration directory. */
  readonly userDirectory: string;
  /** `--config`: this file, and no other. */
  readonly explicit?: string | undefined;
}

/**
 * Reads the configuration.
 *
 * @throws UserError `bad-config` with the file and line, for what is there and cannot be read or understood
 */
export function readConfiguration(places: Places, names: Names): Configuration {
  if (places.explicit !== undefined) {
    const text = readSmall(places.explicit);
    if (text === null)
      throw new UserError('bad-config', `${places.explicit}: there is no such file`, 'name a configuration file, or leave --config out');
    return parseConfiguration(text, places.explicit, names, path.basename(places.explicit) === 'package.json', true);
  }
  const own = path.join(places.userDirectory, CONFIG_NAME);
  const project = inProject(places.cwd, own, names);
  const text = readSmall(own);
  const user = text === null ? NO_CONFIGURATION : parseConfiguration(text, own, names, false, true);
  return project === null ? user : merged(user, project);
}

function inProject(cwd: string, own: string, names: Names): Configuration | null {
  const trusted = trustedOwners(cwd);
  for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
    const file = path.join(folder, CONFIG_NAME);
    const text = file === own ? null : readSmall(file, trusted);
    if (text !== null) return parseConfiguration(text, file, names, false, false);
    const manifest = path.join(folder, 'package.json');
    const found = inPackage(manifest, trusted);
    if (found !== null) return parseConfiguration(found, manifest, names, true, false);
    if (folder === path.dirname(folder)) return null;
  }
}

/**
 * Whose files are believed on the way up: this user's, root's, and those of whoever owns the working directory. Anybody may
 * put a file into /tmp, for others who work below it.
 */
function trustedOwners(cwd: string): ReadonlySet<number> | undefined {
  const own = process.getuid?.();
  const stat = fs.statSync(cwd, { throwIfNoEntry: false });
  return own === undefined || stat === undefined ? undefined : new Set([own, 0, stat.uid]);
}

/** A package.json that is for us; whatever is wrong with another one is not our business. */
function inPackage(file: string, trusted: ReadonlySet<number> | undefined): string | null {
  try {
    const text = readSmall(file, trusted);
    return text !== null && holdsConfiguration(text) ? text : null;
  } catch {
    return null;
  }
}

/**
 * The text of a regular file of bounded size; null when there is none, or none of a trusted owner. Never waits for a FIFO.
 *
 * @throws UserError `bad-config`
 */
export function readSmall(file: string, trusted?: ReadonlySet<number>): string | null {
  const refuse = (why: string): never => {
    throw new UserError('bad-config', `${file}: ${why}`, 'correct the file, or do without it: --no-config');
  };
  let fd: number;
  try {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || (trusted && !trusted.has(stat.uid))) return null;
    if (!stat.isFile()) return refuse('not a regular file');
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? null
      : refuse(code === 'EACCES' ? 'may not be read' : `cannot be read (${code ?? 'error'})`);
  }
  try {
    // looked at again: between the two somebody may have put another one in its place
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) return refuse('not a regular file');
    if (trusted && !trusted.has(stat.uid)) return null;
    if (stat.size > MOST_BYTES) return refuse(`too large for a configuration (${Math.round(stat.size / 2 ** 20)} MiB)`);
    const bytes = Buffer.alloc(stat.size);
    return bytes
      .subarray(0, fs.readSync(fd, bytes, 0, bytes.length, 0))
      .toString('utf8')
      .replace(/^\ufeff/, '');
  } finally {
    fs.closeSync(fd);
  }
}

/** The second one's settings over the first one's; folders of both. */
function merged(base: Configuration, over: Configuration): Configuration {
  const commands = new Map(base.commands);
  for (const [name, flags] of over.commands) commands.set(name, new Map([...(commands.get(name) ?? []), ...flags]));
  return {
    files: [...base.files, ...over.files],
    flags: new Map([...base.flags, ...over.flags]),
    commands,
    appRoots: [...over.appRoots, ...base.appRoots],
    libraryRoots: [...over.libraryRoots, ...base.libraryRoots],
    signatures: [...over.signatures, ...base.signatures],
    grammars: [...over.grammars, ...base.grammars],
    notes: [...over.notes, ...base.notes],
  };
}
