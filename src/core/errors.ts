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

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** The same error with the place it is about, such as a path, before its words. */
  at(place: string): MstError {
    return new MstError(this.code, `${place}: ${this.message}`, { hint: this.hint, cause: this });
  }
}

/** Runs `action`. @throws MstError as it does, with the place before its words */
export function atPlace<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof MstError ? error.at(place) : error;
  }
}
