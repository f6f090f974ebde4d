// The one output sink. Results go to stdout, talk to stderr. Modes: human; json, where stdout carries one JSON document and nothing else and
// stderr one JSON object a line, {"warning"} or {"error"}; quiet, where only errors are said. Colours are mst's own alone: what else in a text
// would steer a terminal is shown, not done.

import { randomUUID } from 'node:crypto';
import { MstError } from '../core/errors.js';
import { printable, printableJson } from './printable.js';

export type Mode = 'human' | 'json' | 'quiet';

/** A stream that is written to: process.stdout, process.stderr, or a test's. */
export type Stream = NodeJS.WriteStream;

const styles = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  cyan: ['36', '39'],
  // White on black whatever the terminal's colours are.
  code: ['97;40', '0'],
} as const;
export type Style = keyof typeof styles;

/** Stands before a colour of mst's own until it is written: nobody else's text can hold it. */
const OWN = `<${randomUUID()}>`;
const ownColor = new RegExp(`${OWN}(\\[[\\d;]+m)`);

export class Output {
  readonly mode: Mode;
  /** Where talk goes, for those who draw on it. */
  readonly stderr: Stream;
  /** Whether there is someone to draw moving bars for. */
  readonly animated: boolean;
  readonly #stdout: Stream;
  readonly #color: boolean;
  #resultGiven = false;
  #drawing: ((line: string) => void) | undefined;

  constructor({ stdout, stderr, mode, color }: { stdout: Stream; stderr: Stream; mode: Mode; color: boolean }) {
    this.#stdout = stdout;
    this.stderr = stderr;
    this.mode = mode;
    this.#color = color;
    this.animated = mode === 'human' && stderr.isTTY === true && stderr.columns >= 40;
  }

  /**
   * What the command was asked for, once: `value` as JSON with --json, else `text`.
   */
  result(value: unknown, text: string): void {
    if (this.#resultGiven) throw new Error('a command has one result');
    this.#resultGiven = true;
    if (this.mode === 'json') this.#stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);
    else if (this.mode === 'human') this.#stdout.write(shown(text.endsWith('\n') ? text : `${text}\n`));
  }

  /** Talk: one line for a person. */
  note(text: string): void {
    if (this.mode === 'human') this.#say(text);
  }

  /** Something the user should know although the work goes on. */
  warn(text: string): void {
    if (this.mode === 'human') this.#say(`${this.talkStyle('yellow', 'Note:')} ${text}`);
    else if (this.mode === 'json') this.stderr.write(`${printableJson(JSON.stringify({ warning: text }))}\n`);
  }

  /** Why the command failed, and what to do next. With `debug` (MST_DEBUG=1) the stack too. */
  error(error: unknown, { debug = false }: { debug?: boolean } = {}): void {
    const known = error instanceof MstError ? error : undefined;
    const message = known?.message ?? `Something went wrong inside mst: ${firstLine(error)}`;
    const hint = known === undefined && !debug ? 'To see where, run it again with MST_DEBUG=1.' : known?.hint;
    if (this.mode === 'json') {
      this.stderr.write(`${printableJson(JSON.stringify({ error: { code: known?.code ?? 'unexpected', message, hint } }))}\n`);
    } else {
      this.stderr.write(shown(`${this.talkStyle('red', 'mst:')} ${message}\n${hint === undefined ? '' : `${indent(hint)}\n`}`));
    }
    if (debug && error instanceof Error) this.stderr.write(shown(`${error.stack ?? ''}\n`));
  }

  /** Columns of the terminal that results go to; undefined where they go anywhere else. */
  get columns(): number | undefined {
    return this.#stdout.isTTY === true ? Math.max(40, this.#stdout.columns || 80) : undefined;
  }

  /** Text for stdout in a style, plain where colours are off; to be written by `result`. */
  style(style: Style, text: string): string {
    return paint(style, text, this.#color && this.#stdout.isTTY === true);
  }

  /** Text for stderr in a style, plain where colours are off; to be written by `note`, `warn` or `error`. */
  talkStyle(style: Style, text: string): string {
    return paint(style, text, this.#color && this.stderr.isTTY === true);
  }

  /** While `draw` is set, lines of talk go to it instead of in between what is being drawn. */
  drawWith(draw: ((line: string) => void) | undefined): void {
    this.#drawing = draw;
  }

  #say(text: string): void {
    if (this.#drawing !== undefined) this.#drawing(shown(text));
    else this.stderr.write(`${shown(text)}\n`);
  }
}

function paint(style: Style, text: string, on: boolean): string {
  const [open, close] = styles[style];
  return on ? `${OWN}[${open}m${text}${OWN}[${close}m` : text;
}

/** A text as it is written: colours of mst's own are done, whatever else would steer a terminal is shown. */
function shown(text: string): string {
  // Split by a pattern with a group, every other part is a colour.
  return text
    .split(ownColor)
    .map((part, i) => (i % 2 === 1 ? `\u001b${part}` : printable(part)))
    .join('');
}

function indent(text: string): string {
  return text.replace(/^/gm, '     ');
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0] ?? text;
}
