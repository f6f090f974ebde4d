// A file that is kept in memory and served: its bytes, what they are, and their compressed forms, made once when they are first asked for.

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How bytes may be sent. */
export type Coding = 'br' | 'gzip';

/** Compressed forms must save at least this share. */
const WORTH_IT = 0.05;
const BROTLI_QUALITY = 9;

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  mid: 'audio/midi',
  mjs: 'text/javascript; charset=utf-8',
  mp3: 'audio/mpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  wav: 'audio/wav',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff2: 'font/woff2',
};
const packed = new Set(['jpg', 'mp3', 'png', 'webp', 'woff2']);

/** The media type of a file, by what its name ends in. */
export function typeOf(name: string): string {
  return types[endingOf(name)] ?? 'application/octet-stream';
}

export class Asset {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Whether its address changes when it does. */
  readonly immutable: boolean;
  /** Tells its bytes from any others, without quotation marks. */
  readonly tag: string;
  readonly #compressible: boolean;
  readonly #forms = new Map<Coding, Promise<Uint8Array | undefined>>();

  constructor(name: string, bytes: Uint8Array, { immutable }: { immutable: boolean }) {
    this.bytes = bytes;
    this.type = typeOf(name);
    this.immutable = immutable;
    this.tag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    this.#compressible = !packed.has(endingOf(name));
  }

  /** The bytes compressed; undefined where that would save nothing. */
  as(coding: Coding): Promise<Uint8Array | undefined> {
    let form = this.#forms.get(coding);
    if (form === undefined) {
      form = this.#compressible ? compressed(this.bytes, coding) : Promise.resolve(undefined);
      this.#forms.set(coding, form);
    }
    return form;
  }
}

async function compressed(bytes: Uint8Array, coding: Coding): Promise<Uint8Array | undefined> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const result = await (coding === 'br' ? promisify(brotliCompress)(bytes, { params }) : promisify(gzip)(bytes, { level: 9 }));
  return result.length < bytes.length * (1 - WORTH_IT) ? result : undefined;
}

function endingOf(name: string): string {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}
