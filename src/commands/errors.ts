/** The exit statuses of the contract. */
export const STATUS = { ok: 0, failedOn: 1, usage: 2, fault: 70, interrupted: 130 } as const;

/** An error that the user can do something about: one line on what is wrong, one on what to do. */
export class UserError extends Error {
  readonly exitCode: number;
  /** Stable word for scripts, e.g. `no-dump`. */
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string, exitCode: number = STATUS.usage) {
    super(message);
    this.name = 'UserError';
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
