// What a terminal sends for keys, bytes to key events: the kitty keyboard protocol, which also tells of keys let go, and the older ways,
// which do not. Pure; a sequence may come in pieces.

/** A key that did something. */
export interface KeyEvent {
  readonly type: 'key';
  /** The character it types without shift, as on the keyboard's own layout, or a name such as `up`, `escape`, `space`, `f1`. */
  readonly key: string;
  /** The same key on a US keyboard, where the terminal tells: the place of a key matters more to a pianist than its letter. */
  readonly place: string;
  readonly action: 'press' | 'repeat' | 'release';
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/** What a terminal answers when it is asked about itself. */
export type TerminalAnswer =
  /** It speaks the kitty keyboard protocol. */
  | { readonly type: 'kitty' }
  /** It has answered what every terminal answers; whatever was asked before is answered, too, or never will be. */
  | { readonly type: 'attributes' };

const ESC = '\x1b';
/** A sequence longer than this is none. */
const LONGEST = 64;
const ACTIONS = ['press', 'press', 'repeat', 'release'] as const;

/** Keys by the letter their sequence ends with. */
const BY_LETTER: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
/** Keys by the number before a `~`. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};
/** Keys that type no visible character, by their code point. */
const BY_CODE: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
};
/** Characters of a US keyboard that need shift, and those of the same keys without. */
const SHIFTED = '~!@#$%^&*()_+{}|:"<>?';
const UNSHIFTED = "`1234567890-=[]\\;',./";

export class KeyReader {
  #rest = '';
  readonly #decoder = new TextDecoder();

  /** Reads what has come, and keeps an unfinished sequence for the next time. */
  read(bytes: Uint8Array): (KeyEvent | TerminalAnswer)[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const found: (KeyEvent | TerminalAnswer)[] = [];
    let at = 0;
    while (at < text.length) {
      const length = sequenceLength(text, at);
      if (length === undefined) break;
      const event = interpret(text.slice(at, at + length));
      if (event !== undefined) found.push(event);
      at += length;
    }
    this.#rest = text.slice(at);
    return found;
  }

  /** Whether a sequence has begun: if nothing follows for a while, it was the Escape key; see `flush`. */
  get unfinished(): boolean {
    return this.#rest !== '';
  }

  /** Reads what has begun as the keys it would be if nothing followed. */
  flush(): (KeyEvent | TerminalAnswer)[] {
    const rest = this.#rest;
    this.#rest = '';
    if (rest === '') return [];
    const [first = '', ...others] = rest;
    return [first, ...others].flatMap((character) => interpret(character) ?? []);
  }
}

/** Characters of the sequence that begins at `at`, or undefined where its end has not come yet. */
function sequenceLength(text: string, at: number): number | undefined {
  if (text[at] !== ESC) return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  const second = text[at + 1];
  if (second === undefined) return undefined;
  if (second === ESC) return 1;
  if (second === 'O') return text.length > at + 2 ? 3 : undefined;
  if (second !== '[') return 2;
  for (let end = at + 2; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code >= 0x40 && code <= 0x7e) return end + 1 - at;
    // No sequence goes on like this: what has begun is given up.
    if (code < 0x20 || code > 0x7e || end - at > LONGEST) return end - at;
  }
  return text.length - at > LONGEST ? text.length - at : undefined;
}

function interpret(sequence: string): KeyEvent | TerminalAnswer | undefined {
  if (!sequence.startsWith(ESC) || sequence === ESC) return typed(sequence, false);
  if (sequence[1] === 'O') return named(BY_LETTER[sequence[2] ?? '']);
  if (sequence[1] !== '[') return typed(sequence.slice(1), true);
  const final = sequence.at(-1) ?? '';
  const body = sequence.slice(2, -1);
  if (body.startsWith('?')) return final === 'u' ? { type: 'kitty' } : final === 'c' ? { type: 'attributes' } : undefined;
  if (!/^[\d;:]*$/.test(body)) return undefined;
  // Each parameter may have parts of its own: code, the code with shift, the code on a US keyboard; modifiers and what the key did.
  const [[code = 1, , base] = [], [modifiers = 1, action = 1] = []] = body
    .split(';')
    .map((parameter) => parameter.split(':').map((part) => (part === '' ? undefined : Number(part))));
  if (final === 'u') return coded(code, base, modifiers, action);
  return named(final === '~' ? BY_NUMBER[code] : BY_LETTER[final], modifiers, action);
}

/** A key told by a code point. */
function coded(code: number, base: number | undefined, modifiers: number, action: number): KeyEvent | undefined {
  const name = nameOf(code);
  return name === undefined ? undefined : { ...named(name, modifiers, action), place: nameOf(base ?? code) ?? name };
}

function nameOf(code: number): string | undefined {
  // From 57344 on are keys that mst has no use for, such as shift alone.
  return BY_CODE[code] ?? (code > 32 && code < 0xe000 ? String.fromCodePoint(code) : undefined);
}

function named(key: string, modifiers?: number, action?: number): KeyEvent;
function named(key: string | undefined, modifiers?: number, action?: number): KeyEvent | undefined;
function named(key: string | undefined, modifiers = 1, action = 1): KeyEvent | undefined {
  if (key === undefined) return undefined;
  const bits = modifiers - 1;
  return {
    type: 'key',
    key,
    place: key,
    action: ACTIONS[action] ?? 'press',
    shift: (bits & 1) !== 0,
    alt: (bits & 2) !== 0,
    ctrl: (bits & 4) !== 0,
  };
}

/** A key told by the character it types; what needs shift is brought back to its key. */
function typed(text: string, alt: boolean): KeyEvent | undefined {
  const code = text.codePointAt(0);
  if (code === undefined) return undefined;
  const bits = alt ? 2 : 0;
  const name = BY_CODE[code];
  if (name !== undefined) return named(name, 1 + bits);
  // Ctrl and a letter type the letter's number.
  if (code < 32) return named(String.fromCharCode(code + 96), 1 + bits + 4);
  const shifted = SHIFTED.indexOf(text);
  const plain = shifted >= 0 ? (UNSHIFTED[shifted] ?? text) : text.toLowerCase();
  return named(plain, 1 + bits + (plain === text ? 0 : 1));
}
