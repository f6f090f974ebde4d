// The terminal while a session runs: keys come one by one, the screen is ours, and whatever happens it is left as it was found.

import { writeSync } from 'node:fs';
import type { KeyEvent } from '../keyboard/key-reader.js';
import { KeyReader } from '../keyboard/key-reader.js';

/** What is used of process.stdin. */
export interface KeySource {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** What is used of process.stdout. */
export interface Picture {
  readonly isTTY?: boolean;
  readonly fd?: number;
  write(text: string): unknown;
}

export interface TerminalOptions {
  readonly keys: KeySource;
  readonly picture: Picture;
  /** Whether to take the whole screen; without, only keys are read. */
  readonly screen: boolean;
  /** Told of each key. */
  readonly onKey: (key: KeyEvent) => void;
}

/** Tell keys apart, tell what they do, where they are on a US keyboard, and tell all of them so. */
const KITTY_FLAGS = 1 | 2 | 4 | 8;
const ASK_KITTY = '\x1b[?u';
/** Every terminal answers this, also those that do not know the question before. */
const ASK_ATTRIBUTES = '\x1b[c';
const KITTY_ON = `\x1b[>${KITTY_FLAGS}u`;
const KITTY_OFF = '\x1b[<u';
const SCREEN_ON = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const SCREEN_OFF = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const PLAIN = '\x1b[0m';
/** A terminal far away may take so long to answer, in milliseconds. */
const ANSWER_MS = 250;
/** After this long, an Escape that nothing followed was the key itself. */
const ESCAPE_MS = 40;

export class Terminal {
  readonly #options: TerminalOptions;
  readonly #reader = new KeyReader();
  #state: 'new' | 'open' | 'closed' = 'new';
  #kitty = false;
  #answered: (() => void) | undefined;
  #escape: NodeJS.Timeout | undefined;

  /** Nothing happens before `open`. */
  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** Whether keys that are let go are told of. Known once `open` is done. */
  get tellsReleases(): boolean {
    return this.#kitty;
  }

  /** Takes the terminal and finds out what it can; waits a quarter of a second at most. Where keys do not come from a terminal it does nothing. */
  async open(): Promise<void> {
    const { keys, picture, screen } = this.#options;
    if (this.#state !== 'new') return;
    this.#state = 'open';
    if (picture.isTTY && screen) picture.write(SCREEN_ON);
    if (!keys.isTTY) return;
    keys.setRawMode?.(true);
    keys.on('data', this.#read);
    keys.resume();
    if (!picture.isTTY) return;
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    picture.write(ASK_KITTY + ASK_ATTRIBUTES);
    const timer = setTimeout(() => this.#answered?.(), ANSWER_MS);
    await answered;
    clearTimeout(timer);
  }

  /** Leaves the terminal as it was. Works at once, also while the process ends; more than once does no harm. */
  close(): void {
    const { keys, picture, screen } = this.#options;
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    clearTimeout(this.#escape);
    this.#answered?.();
    if (picture.isTTY) this.#writeNow((this.#kitty ? KITTY_OFF : '') + PLAIN + (screen ? SCREEN_OFF : ''));
    if (!keys.isTTY) return;
    keys.off('data', this.#read);
    keys.setRawMode?.(false);
    keys.pause();
  }

  #read = (bytes: Uint8Array): void => {
    clearTimeout(this.#escape);
    this.#tell(this.#reader.read(bytes));
    if (this.#reader.unfinished) this.#escape = setTimeout(() => this.#tell(this.#reader.flush()), ESCAPE_MS);
  };

  #tell(events: ReturnType<KeyReader['read']>): void {
    for (const event of events) {
      if (this.#state !== 'open') return;
      if (event.type === 'key') {
        this.#options.onKey(event);
      } else if (event.type === 'attributes') {
        this.#answered?.();
      } else if (!this.#kitty) {
        this.#kitty = true;
        this.#options.picture.write(KITTY_ON);
      }
    }
  }

  /** Writes past the stream's queue, which a process that ends does not wait for. */
  #writeNow(text: string): void {
    const { fd, write } = { fd: this.#options.picture.fd, write: (rest: string) => this.#options.picture.write(rest) };
    if (fd === undefined) {
      write(text);
      return;
    }
    try {
      writeSync(fd, text);
    } catch {
      // The terminal is gone, or does not take anything now; the stream may still.
      write(text);
    }
  }
}
