// Reading the JSON files of a model folder: each field is checked, and a wrong one is refused with the file it stands in.

import { MstError } from '../core/errors.js';

/** Largest JSON file of a model that is read, in bytes. */
const MAX_JSON = 4 * 1024 * 1024;

type JsonObject = Readonly<Record<string, unknown>>;

export function badModel(file: string, what: string, hint = 'Export or import the model again.'): MstError {
  return new MstError('bad-model', `${file}: ${what}`, { hint });
}

/** The value of a JSON file. @throws MstError `bad-model` */
export function parseJson(file: string, bytes: Uint8Array): unknown {
  if (bytes.length > MAX_JSON) throw badModel(file, `The file has ${bytes.length} bytes; a description of a model is never that long.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw badModel(file, `The file is not JSON (${cause instanceof Error ? cause.message : String(cause)}).`);
  }
}

/** The fields of one JSON object, by their type. Each method throws MstError `bad-model` where a field is not what it should be. */
export class Fields {
  readonly #file: string;
  readonly #path: string;
  readonly #object: JsonObject;

  constructor(file: string, value: unknown, path = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw badModel(file, `${path === '' ? 'The file' : `"${path}"`} is not an object.`);
    }
    this.#file = file;
    this.#path = path;
    this.#object = value as JsonObject;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name) && this.#object[name] !== null;
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  fail(name: string, expected: string): never {
    const found = JSON.stringify(this.value(name))?.slice(0, 60) ?? 'missing';
    throw badModel(this.#file, `"${this.#path === '' ? '' : `${this.#path}.`}${name}" is ${found}, not ${expected}.`);
  }

  object(name: string): Fields {
    return new Fields(this.#file, this.value(name), this.#path === '' ? name : `${this.#path}.${name}`);
  }

  array(name: string, maxLength: number): readonly unknown[] {
    const value = this.value(name);
    return Array.isArray(value) && value.length <= maxLength ? value : this.fail(name, `a list of at most ${maxLength}`);
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : this.fail(name, 'text');
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === 'number' ? value : this.fail(name, 'a number');
  }

  integer(name: string, min: number, max: number): number {
    const value = this.value(name);
    return isInteger(value, min, max) ? value : this.fail(name, `a whole number from ${min} to ${max}`);
  }

  integers(name: string, { min, max, maxLength }: { min: number; max: number; maxLength: number }): number[] {
    return this.array(name, maxLength).map((value) =>
      isInteger(value, min, max) ? value : this.fail(name, `a list of whole numbers from ${min} to ${max}`),
    );
  }

  /** The entries of an object whose values pass `test`. */
  record<T>(name: string, test: (value: unknown) => value is T, expected: string): Record<string, T> {
    const value = this.value(name);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail(name, expected);
    const entries = Object.entries(value as JsonObject);
    for (const [, item] of entries) if (!test(item)) this.fail(name, expected);
    return Object.fromEntries(entries) as Record<string, T>;
  }
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
