/** Why an input could not be opened; a stable word for scripts. */
export type InputErrorCode = 'not-found' | 'not-readable' | 'not-a-regular-file';

/** An input of which nothing can be read. What fails after the first byte is a warning instead. */
export class InputError extends Error {
  readonly code: InputErrorCode;
  /** The input as given. */
  readonly path: string;
  /** What the user can do, or null. */
  readonly hint: string | null;

  constructor(code: InputErrorCode, path: string, message: string, hint: string | null = null) {
    super(message);
    this.name = 'InputError';
    this.code = code;
    this.path = path;
    this.hint = hint;
  }
}

/** The `InputError` for what the file system answered when `path` was opened or first read. */
export function openingError(path: string, error: unknown): InputError {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE': // a path with a NUL character in it
      return new InputError('not-found', path, `${path}: no such file`);
    case 'EISDIR':
      return new InputError('not-a-regular-file', path, `${path}: is a directory`);
    case 'ENXIO':
      return new InputError('not-a-regular-file', path, `${path}: is a socket or a device`);
    case 'ELOOP':
      return new InputError('not-readable', path, `${path}: its symbolic links go in a circle`);
    case 'EACCES':
    case 'EPERM':
      return new InputError(
        'not-readable',
        path,
        `${path}: permission denied`,
        'Run as the owner of the file, or copy it and read the copy.',
      );
    default:
      return new InputError('not-readable', path, `${path}: cannot be read: ${reasonOf(error)}`);
  }
}

/** `EACCES` and the like, or null where the error has no such word. */
export function systemCode(error: unknown): string | null {
  // No `instanceof`: the error of a `vm` timeout is of another realm.
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** One line that says what went wrong. */
export function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
