// One line of ABC music as tokens. What a token means for the notes around it is voice.ts's matter.

import { type Fraction, fraction } from '../fraction.js';
import { accidentalOf, stepOf } from './key.js';

/** A letter with its accidental and octave marks: `staff` counts steps of the staff from middle C (C 0, c 7, B, -1). */
export interface WrittenNote {
  staff: number;
  /** Semitones of a written accidental, undefined where none is written. */
  accidental: number | undefined;
  /** Factor on the unit length. */
  length: Fraction;
  tied: boolean;
}

export type AbcToken = { column: number } & (
  | { kind: 'chord'; notes: WrittenNote[]; length: Fraction }
  | { kind: 'rest'; length: Fraction }
  | { kind: 'bars-of-rest'; count: number }
  | { kind: 'bar-line'; text: string; repeatsBefore: number; repeatsAfter: number; double: boolean }
  | { kind: 'ending'; numbers: number[] }
  | { kind: 'tie' }
  /** `>` moves time to the note before, `<` to the note after; `marks` of them. */
  | { kind: 'broken'; sign: '<' | '>'; marks: number }
  | { kind: 'tuplet'; p: number; q: number | undefined; r: number | undefined }
  | { kind: 'chord-symbol'; text: string }
  | { kind: 'overlay' }
  | { kind: 'field'; letter: string; text: string }
);

/** Throws the error of a place in the line (column from 1). */
export type Fail = (column: number, problem: string, hint: string) => never;

const patterns = {
  // Spacing, slurs, decorations written as one letter, and the characters ABC reserves: no sound of their own.
  silent: /(?:[\s`$*;?@#~.)HIJKLMNOPQRSTUVWhijklmnopqrstuvw]+|y[\d/]*|\((?!\d))+/y,
  field: /\[([A-Za-z]):([^\]]*)\]/y,
  barLine: /(?:\[(?=\|)|[|:])[|:\]]*(?:\[(?=\|)[|:\]]*)*/y,
  ending: /[ \t]*(?:\[[ \t]*)?(\d[\d,\-.]*)/y,
  note: /((?:\^\^?|__?|=)?)([A-Ga-g])([,']*)/y,
  length: /(\d*)((?:\/[\d/]*)?)/y,
  tuplet: /\((\d+)(?::(\d*))?(?::(\d*))?/y,
  decoration: /!(?:[^!|\s]*|D\.[CS]\. al [A-Za-z]+)!|\+[^+|\s]*\+/y,
  grace: /\{[^}]*\}/y,
  multiRest: /[ZX](\d*)/y,
  broken: /<+|>+/y,
};

const mostColons = 8;
const highestEnding = 32;

/** Reads tokens off one line until `next` returns undefined. */
export class AbcLexer {
  readonly #text: string;
  readonly #fail: Fail;
  /** Column of the line's first character. */
  readonly #offset: number;
  #at = 0;
  #pending: AbcToken | undefined;

  constructor(text: string, offset: number, fail: Fail) {
    this.#text = text;
    this.#offset = offset;
    this.#fail = fail;
  }

  get #column(): number {
    return this.#at + this.#offset;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  next(): AbcToken | undefined {
    if (this.#pending) {
      const token = this.#pending;
      this.#pending = undefined;
      return token;
    }
    for (;;) {
      this.#match(patterns.silent);
      if (this.#at >= this.#text.length) return undefined;
      const token = this.#read();
      if (token) return token;
    }
  }

  /** The token at this place, or undefined after something that makes none. */
  #read(): AbcToken | undefined {
    const column = this.#column;
    const character = this.#text[this.#at] ?? '';
    if (/[A-Ga-g^_=]/.test(character)) {
      const note = this.#note();
      return { kind: 'chord', column, notes: [note], length: fraction(1) };
    }
    switch (character) {
      case '|':
      case ':':
        return this.#barLine(column);
      case '[':
        return this.#bracket(column);
      case 'z':
      case 'x':
        this.#at++;
        return { kind: 'rest', column, length: this.#length() };
      case 'Z':
      case 'X':
        return { kind: 'bars-of-rest', column, count: this.#count(this.#match(patterns.multiRest)?.[1] || '1', column, 999) };
      case '-':
        this.#at++;
        return { kind: 'tie', column };
      case '>':
      case '<': {
        const marks = this.#match(patterns.broken)?.[0].length ?? 0;
        if (marks > 3) this.#fail(column, `${marks} broken rhythm marks in a row`, 'at most three, like A>>>B, can be read');
        return { kind: 'broken', column, sign: character, marks };
      }
      case '(':
        return this.#tuplet(column);
      case '&':
        this.#at++;
        return { kind: 'overlay', column };
      case '"':
        return this.#quoted(column);
      case '!':
      case '+':
        // A lone ! ends a line in old files.
        if (!this.#match(patterns.decoration)) {
          if (character === '+') this.#fail(column, 'a + without a closing +', 'write decorations as !name!');
          this.#at++;
        }
        return undefined;
      case '{':
        if (!this.#match(patterns.grace)) this.#fail(column, 'grace notes { without a closing }', 'close them on the same line');
        return undefined;
    }
    if (character === '\\' && this.#text.slice(this.#at + 1).trim() === '') {
      this.#at = this.#text.length;
      return undefined;
    }
    return this.#fail(column, `"${character}" has no meaning here`, 'remove it, or put a % before text that is not music');
  }

  #bracket(column: number): AbcToken {
    const field = this.#match(patterns.field);
    if (field) return { kind: 'field', column: column + 3, letter: field[1] ?? '', text: field[2] ?? '' };
    if (this.#text[this.#at + 1] === '|') return this.#barLine(column);
    const ending = this.#match(patterns.ending);
    return ending ? this.#ending(ending, column) : this.#chord(column);
  }

  #barLine(column: number): AbcToken {
    const text = this.#match(patterns.barLine)?.[0] ?? '';
    let before = 0;
    while (text[before] === ':') before++;
    let after = 0;
    while (after < text.length && text[text.length - 1 - after] === ':') after++;
    if (before === text.length) {
      if (before < 2) this.#fail(column, 'a lone ":"', 'write |: or :| for a repeat');
      after = before >> 1;
      before -= after;
    }
    if (before > mostColons || after > mostColons)
      this.#fail(column, `a repeat of ${text.length} colons`, `write at most ${mostColons} colons`);
    const ending = this.#match(patterns.ending);
    if (ending) this.#pending = this.#ending(ending, column + text.length);
    // [|] is an invisible bar line, not a double one.
    const double = /\|\||\|\]|\[\|/.test(text.replaceAll('[|]', ''));
    return { kind: 'bar-line', column, text, repeatsBefore: before, repeatsAfter: after, double };
  }

  #ending(match: RegExpExecArray, column: number): AbcToken {
    const numbers: number[] = [];
    for (const range of (match[1] ?? '').split(/[,.]/)) {
      if (range === '') continue;
      const [first = '', last = first, ...more] = range.split('-');
      const from = Number(first);
      const to = Number(last);
      if (first === '' || last === '' || more.length > 0 || from < 1 || to < from || to > highestEnding) {
        this.#fail(column, `the ending "${match[1]}" cannot be read`, `write endings like [1, [2 or [1,3, up to ${highestEnding}`);
      }
      for (let n = from; n <= to; n++) if (!numbers.includes(n)) numbers.push(n);
    }
    return { kind: 'ending', column, numbers };
  }

  #chord(column: number): AbcToken {
    this.#at++;
    const notes: WrittenNote[] = [];
    for (;;) {
      this.#match(patterns.silent);
      const character = this.#text[this.#at] ?? '';
      if (character === ']') break;
      if (character === '-') {
        const last = notes.at(-1);
        if (!last) this.#fail(this.#column, 'a tie before the first note of a chord', 'write it after the note it holds');
        else last.tied = true;
        this.#at++;
      } else if (character === '"') {
        // A chord symbol belongs to the whole chord.
        const symbol = this.#quoted(this.#column);
        if (symbol) this.#pending = symbol;
      } else if (character === '!') {
        if (!this.#match(patterns.decoration)) this.#fail(this.#column, 'a ! without a closing !', 'write decorations as !name!');
      } else if (/[A-Ga-g^_=]/.test(character)) {
        notes.push(this.#note());
      } else {
        this.#fail(
          this.#column,
          character === '' ? 'a chord without its closing ]' : `"${character}" in a chord`,
          'write chords like [CEG]2',
        );
      }
    }
    this.#at++;
    if (notes.length === 0) this.#fail(column, 'an empty chord []', 'write its notes, like [CEG], or remove it');
    if (notes.length > 64) this.#fail(column, `a chord of ${notes.length} notes`, 'write at most 64');
    const chord: AbcToken = { kind: 'chord', column, notes, length: this.#length() };
    const symbol = this.#pending;
    if (!symbol) return chord;
    this.#pending = chord;
    return symbol;
  }

  #note(): WrittenNote {
    const column = this.#column;
    const match = this.#match(patterns.note);
    if (!match)
      return this.#fail(
        column,
        'an accidental without a note',
        'write ^ _ = directly before a letter A to G; quarter tones cannot be read',
      );
    const [, sign = '', letter = '', marks = ''] = match;
    let octave = letter >= 'a' ? 1 : 0;
    for (const mark of marks) octave += mark === ',' ? -1 : 1;
    return {
      staff: stepOf(letter) + 7 * octave,
      accidental: sign === '' ? undefined : accidentalOf(sign),
      length: this.#length(),
      tied: false,
    };
  }

  #length(): Fraction {
    const column = this.#column;
    const [whole = '', digits = '', divisions = ''] = this.#match(patterns.length) ?? [];
    let denominator = 1;
    for (const division of divisions.split('/').slice(1)) denominator *= division === '' ? 2 : Number(division);
    const numerator = digits === '' ? 1 : Number(digits);
    if (!(numerator >= 1 && numerator <= 4096 && denominator >= 1 && denominator <= 4096)) {
      this.#fail(
        column,
        `the length "${whole.slice(0, 20)}" cannot be read`,
        'write lengths like A2, A/2, A3/2, with numbers from 1 to 4096',
      );
    }
    return fraction(numerator, denominator);
  }

  #tuplet(column: number): AbcToken {
    const [, p = '', q = '', r = ''] = this.#match(patterns.tuplet) ?? [];
    return {
      kind: 'tuplet',
      column,
      p: this.#count(p, column, 64),
      q: q === '' ? undefined : this.#count(q, column, 64),
      r: r === '' ? undefined : this.#count(r, column, 64),
    };
  }

  #quoted(column: number): AbcToken | undefined {
    const from = this.#at + 1;
    let to = from;
    while (to < this.#text.length && this.#text[to] !== '"') to += this.#text[to] === '\\' ? 2 : 1;
    if (to >= this.#text.length) this.#fail(column, 'text " without a closing "', 'close it on the same line');
    this.#at = to + 1;
    const text = this.#text.slice(from, to).replaceAll('\\"', '"').trim();
    return text === '' || /^[\^_<>@]/.test(text) ? undefined : { kind: 'chord-symbol', column, text };
  }

  #count(digits: string, column: number, most: number): number {
    const value = Number(digits);
    if (!(value >= 1 && value <= most))
      this.#fail(column, `the number ${digits.slice(0, 20)} is out of range`, `write a number from 1 to ${most}`);
    return value;
  }
}
