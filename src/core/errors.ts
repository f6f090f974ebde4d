// The one error class. A message says what was wrong with which input; the hint says what to do next.

/** Stable codes; `usage` exits 2, `interrupted` 130, every other 1 (see cli/main.ts). */
export type ErrorCode =
  | 'usage'
  | 'interrupted'
  | 'not-found'
  | 'no-input'
  | 'no-melody'
  | 'exists'
  | 'bad-midi'
  | 'bad-abc'
  | 'bad-musicxml'
  | 'bad-soundfont'
  | 'bad-sequence'
  | 'bad-record'
  | 'bad-archive'
  | 'bad-checkpoint'
  | 'bad-model'
  | 'bad-primer'
  | 'diverged'
  | 'engine'
  | 'storage';

/** An error meant for the user: printed as `message` then `hint`, without a stack trace. */
export class MstError extends Error {
  override readonly name = 'MstError';
  readonly code: ErrorCode;
  /** What to do next, ideally the command that fixes it. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
