// The words for a request whose contents are not what they should be. What was sent is never repeated in them.

import { MstError } from '../../core/errors.js';

/** @param where names the place, such as `notes[3].pitch` */
export function refuse(where: string, expected: string, hint?: string): never {
  throw new MstError('usage', `${where} must be ${expected}.`, hint === undefined ? {} : { hint });
}

/** A number within a range. */
export function numberWithin(value: unknown, where: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  return refuse(where, `a number from ${min} to ${max}`);
}

/** A whole number within a range. */
export function wholeWithin(value: unknown, where: string, min: number, max: number): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  return refuse(where, `a whole number from ${min} to ${max}`);
}

/** The value of a body of JSON. @throws MstError `usage` */
export function parseBody(body: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refuse('The body', what, 'What was sent is not JSON.');
  }
}
