/** Why a dump could not be taken; a stable word for scripts. */
export type TakeErrorCode =
  | 'not-linux'
  | 'no-process'
  | 'not-permitted'
  | 'not-caught'
  | 'no-way'
  | 'not-taken'
  | 'process-ended'
  | 'not-found'
  | 'not-started'
  | 'unanswered'
  | 'bad-signal'
  | 'not-writable';

/** What stands in the way of a dump, and what the user can do instead. */
export class TakeError extends Error {
  readonly code: TakeErrorCode;
  /** What to do, as a sentence without its full stop. */
  readonly hint: string;

  constructor(code: TakeErrorCode, message: string, hint: string) {
    super(message);
    this.name = 'TakeError';
    this.code = code;
    this.hint = hint;
  }
}
