// The fields of a tune that carry numbers: M: metre, L: unit length, Q: tempo, P: order of parts.

import { add, type Fraction, fraction, multiply, toNumber, zero } from '../fraction.js';
import { AbcFieldError } from './key.js';
import type { AbcMetre } from './tune.js';

/** Longer ones mean nothing. */
const longestMetre = 100;

/** M: `4/4`, `C`, `C|`, `(2+3)/8`, `none`; undefined is free metre. Throws AbcFieldError. */
export function parseMetre(text: string): AbcMetre | undefined {
  const value = text.trim();
  if (value === '' || value.toLowerCase() === 'none') return undefined;
  if (value === 'C') return { numerator: 4, denominator: 4 };
  if (value === 'C|') return { numerator: 2, denominator: 2 };
  const match = /^\(?\s*(\d{1,3}(?:\s*\+\s*\d{1,3})*)\s*\)?\s*\/\s*(\d{1,3})$/.exec(value.slice(0, longestMetre));
  const numerator = (match?.[1] ?? '').split('+').reduce((sum, part) => sum + Number(part), 0);
  const denominator = Number(match?.[2] ?? 0);
  if (!match || numerator < 1 || numerator > 255 || ![1, 2, 4, 8, 16, 32, 64, 128].includes(denominator)) {
    throw new AbcFieldError(`the metre "${value}" cannot be read`, 'write a metre like M:4/4, M:6/8, M:C, M:C|, M:(2+3)/8 or M:none');
  }
  return { numerator, denominator };
}

/** L: `1/8` or `1`. Throws AbcFieldError. */
export function parseUnitLength(text: string): Fraction {
  const match = /^\s*(\d{1,3})(?:\s*\/\s*(\d{1,3}))?\s*$/.exec(text);
  const numerator = Number(match?.[1] ?? 0);
  const denominator = Number(match?.[2] ?? 1);
  if (numerator < 1 || denominator < 1 || denominator > 512) {
    throw new AbcFieldError(`the unit note length "${text.trim()}" cannot be read`, 'write it like L:1/8');
  }
  return fraction(numerator, denominator);
}

/** The unit length where no L: sets it: a sixteenth in metres shorter than three quarters, else an eighth. */
export function defaultUnitLength(metre: AbcMetre | undefined): Fraction {
  return fraction(1, metre && metre.numerator / metre.denominator < 0.75 ? 16 : 8);
}

/**
 * Q: in quarter notes per minute: `1/4=120`, `"Allegro" 1/4=120`, `1/4 3/8=60` (beats added up), and the old `120`, `C=120`, `C3=40` which
 * count unit lengths. undefined where only words are given. Throws AbcFieldError.
 */
export function parseTempo(text: string, unit: Fraction): number | undefined {
  const value = text.replace(/"[^"]*"?/g, ' ').trim();
  if (value === '') return undefined;
  const match = /^(?:([^=]*)=)?\s*(\d{1,4}(?:\.\d{1,6})?)$/.exec(value);
  let beat = match?.[1] === undefined ? unit : zero;
  const beats = (match?.[1] ?? '').trim();
  let understood = match !== null && (match[1] === undefined || beats !== '');
  for (const part of beats === '' ? [] : beats.split(/\s+/, 16)) {
    const old = /^C(\d{0,2})$/.exec(part);
    const whole = /^(\d{1,3})\/(\d{1,3})$/.exec(part);
    const n = Number(old ? old[1] || 1 : (whole?.[1] ?? 0));
    const d = Number(whole?.[2] ?? 1);
    if (n < 1 || d < 1 || d > 128) understood = false;
    else beat = add(beat, old ? multiply(unit, fraction(n)) : fraction(n, d));
  }
  const qpm = Number(match?.[2] ?? 0) * toNumber(beat) * 4;
  if (!understood || !(qpm >= 1 && qpm <= 10_000)) {
    throw new AbcFieldError(
      `the tempo "${text.trim()}" cannot be read`,
      'write a tempo like Q:1/4=120, between 1 and 10000 quarter notes a minute',
    );
  }
  return qpm;
}

const mostParts = 256;

/** P: in the header written out: `A2(BC)2` gives AABCBC; dots and spaces only separate. Throws AbcFieldError. */
export function parsePartOrder(text: string): string {
  const fail = (): never => {
    throw new AbcFieldError(
      `the order of parts "${text.trim().slice(0, 60)}" cannot be played`,
      `write it like P:AABB or P:(AB)2C, ${mostParts} parts at most`,
    );
  };
  // One list per open parenthesis; `last` is what a number that follows would repeat.
  const open: { order: string; last: string }[] = [];
  let here = { order: '', last: '' };
  for (const [token] of text.matchAll(/\d+|[^\s.]/g)) {
    if (/^[A-Z]$/.test(token)) {
      here.last = token;
      here.order += token;
    } else if (token === '(') {
      if (open.push(here) > 16) fail();
      here = { order: '', last: '' };
    } else if (token === ')') {
      const inner = here.order;
      here = open.pop() ?? fail();
      here.last = inner;
      here.order += inner;
    } else {
      const times = Number(token);
      if (!(times >= 1 && times <= mostParts) || here.last === '') fail();
      here.order += here.last.repeat(times - 1);
      here.last = '';
    }
    if (here.order.length > mostParts) fail();
  }
  return open.length > 0 ? fail() : here.order;
}
