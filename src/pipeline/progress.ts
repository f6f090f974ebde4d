// How long work tells what it is doing, without knowing about terminals. The cli draws it; tests and --quiet let it go.

export interface Progress {
  /** Counted work begins: `total` items of `unit` ("files", "steps"); undefined when nobody knows how many. */
  start(total: number | undefined, unit: string): void;
  /** `done` items are behind us (not a difference); `info` is a few words shown beside the bar. */
  update(done: number, info?: string): void;
  /** One line worth keeping, such as a warning or a figure. */
  note(text: string): void;
}

/** Progress nobody watches. */
export const silent: Progress = { start() {}, update() {}, note() {} };
