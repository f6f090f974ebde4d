// One player of the table, running: sound goes in, what it says of itself comes out. Writing to it never waits, and what it does not take
// does not pile up.

import { type ChildProcess, spawn } from 'node:child_process';
import { env, platform } from 'node:process';
import { BYTES_PER_FRAME } from '../../audio/live/pcm.js';
import type { PlayerKind, PlayerNews } from './players.js';

export interface PlayerHooks {
  news(news: PlayerNews): void;
  /** It is over, once. @param reason in its own words, or undefined where it is not installed */
  ended(reason: string | undefined): void;
}

/** Seconds of sound that may wait for a player that does not read. */
const MOST_WAITING = 0.1;
/** Characters of a line that are looked at. */
const LONGEST_LINE = 300;
/** What libraries say before the program itself says what is wrong. */
const PREAMBLE = /^(?:ALSA lib|W: |I: )/;
const NOT_INSTALLED = /failed to run command|is not installed/;

export class PlayerProcess {
  readonly #child: ChildProcess;
  readonly #hooks: PlayerHooks;
  readonly #most: number;
  #complaint: string | undefined;
  #last: string | undefined;
  #over = false;

  /** @param buffer seconds of sound it may hold */
  constructor(kind: PlayerKind, { rate, buffer, hooks }: { rate: number; buffer: number; hooks: PlayerHooks }) {
    this.#hooks = hooks;
    this.#most = MOST_WAITING * rate * BYTES_PER_FRAME;
    this.#child = spawn(kind.command, kind.args(rate, buffer), {
      stdio: ['pipe', 'pipe', 'pipe'],
      // In plain English, which is what the table understands.
      env: { ...env, LC_ALL: 'C' },
      windowsHide: true,
      // Not hit by a Ctrl-C that is meant for us. It ends with its input, whatever becomes of us.
      detached: platform !== 'win32',
    });
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on('error', () => {});
    for (const talk of [stdout, stderr]) talk && eachLine(talk, (line) => this.#hear(kind, line));
    this.#child.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code === 'ENOENT' ? undefined : error.message));
    this.#child.on('close', (code, signal) => {
      const end = `it ended (${signal ?? code})`;
      const words = this.#complaint ?? (signal === null ? this.#last : undefined) ?? end;
      this.#end(NOT_INSTALLED.test(words) ? undefined : words);
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it does not take what it was given: then it is not to be given more. */
  get full(): boolean {
    return (this.#child.stdin?.writableLength ?? 0) > this.#most;
  }

  /** Hands sound over. */
  write(bytes: Uint8Array): void {
    if (!this.#over && !this.full) this.#child.stdin?.write(bytes);
  }

  /** Ends it at once; what it holds is not heard any more. `ended` is not called. */
  kill(): void {
    this.#over = true;
    this.#child.kill('SIGKILL');
    this.#child.stdin?.destroy();
  }

  #hear(kind: PlayerKind, line: string): void {
    if (this.#over || line === '') return;
    const news = kind.hear(line);
    if (news !== undefined) {
      this.#hooks.news(news);
      return;
    }
    this.#last = line;
    if (
      !PREAMBLE.test(line) &&
      /error|fail|refused|cannot|can't|could not|unable|no such|not found|invalid|unrecognized|busy/i.test(line)
    ) {
      this.#complaint ??= line;
    }
  }

  #end(reason: string | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#hooks.ended(reason);
  }
}

/** Lines end with a line feed; those that are written over each other begin or end with a carriage return, and count as they stand. */
function eachLine(talk: NodeJS.ReadableStream, visit: (line: string) => void): void {
  let rest = '';
  talk.setEncoding('utf8');
  talk.on('error', () => {});
  talk.on('data', (text: string) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) visit(line.slice(0, LONGEST_LINE));
    if (text.includes('\r') && rest !== '') visit(rest);
  });
  talk.on('end', () => visit(rest));
}
