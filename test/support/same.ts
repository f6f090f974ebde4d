// `toEqual` for thousands of values: it takes seconds for what this compares in milliseconds.
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';

/** Whether two values are equal is found out quickly, and `toEqual` decides and tells about those that are not. */
export function expectSame(found: unknown, expected: unknown, name?: string): void {
  if (!isDeepStrictEqual(found, expected)) expect(found, name).toEqual(expected);
}
