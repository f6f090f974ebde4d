// Sending what is at an address: validators, compressed forms, how long it may be kept. Only GET and HEAD come here.

import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type ModelFile, stampOf } from '../models/model-files.js';
import { type Asset, type Coding, typeOf } from '../site/asset.js';

const FOREVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
const CHUNK = 256 * 1024;

/** What of a request decides how something is sent. */
export interface Asking {
  readonly head: boolean;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export async function sendAsset(asset: Asset, asking: Asking): Promise<Response> {
  const headers: Record<string, string> = {
    'Content-Type': asset.type,
    'Cache-Control': asset.immutable ? FOREVER : ASK_AGAIN,
    Vary: 'Accept-Encoding',
  };
  let body = asset.bytes;
  let tag = asset.tag;
  for (const coding of codings(asking.acceptEncoding)) {
    const form = await asset.as(coding);
    if (form === undefined) continue;
    headers['Content-Encoding'] = coding;
    tag = `${asset.tag}-${coding}`;
    body = form;
    break;
  }
  headers.ETag = `"${tag}"`;
  const known = [asset.tag, `${asset.tag}-br`, `${asset.tag}-gzip`];
  if (matches(asking.ifNoneMatch, known)) return notModified(headers);
  headers['Content-Length'] = String(body.length);
  return new Response(asking.head ? null : (body as Uint8Array<ArrayBuffer>), { headers });
}

/** Undefined when the file is not what it was: then it is not what its address says either. */
export async function sendModelFile(file: ModelFile, asking: Asking): Promise<Response | undefined> {
  const headers: Record<string, string> = {
    'Content-Type': typeOf(file.name),
    'Cache-Control': FOREVER,
    ETag: `"${file.hash.slice(0, 32)}"`,
  };
  if (matches(asking.ifNoneMatch, [file.hash.slice(0, 32)])) return notModified(headers);
  headers['Content-Length'] = String(file.size);
  const handle = await open(file.path).catch(() => undefined);
  if (handle === undefined) return undefined;
  const same = await handle.stat().then(
    (stat) => stampOf(stat) === file.stamp,
    () => false,
  );
  if (!same || asking.head || file.size === 0) {
    await handle.close();
    return same ? new Response(null, { headers }) : undefined;
  }
  // No more than was said, should it grow meanwhile.
  const stream = handle.createReadStream({ highWaterMark: CHUNK, end: file.size - 1 });
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array<ArrayBuffer>>, { headers });
}

function notModified(headers: Readonly<Record<string, string>>): Response {
  const { 'Content-Encoding': _coding, 'Content-Type': _type, ...kept } = headers;
  return new Response(null, { status: 304, headers: kept });
}

/** Whether If-None-Match names one of these tags. */
function matches(header: string | undefined, tags: readonly string[]): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((each) => tags.includes(each.trim().replace(/^W\//, '').replaceAll('"', '')));
}

/** The codings that are accepted, best first. */
function codings(header: string | undefined): Coding[] {
  const accepted = (header ?? '').split(',').map((each) => {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return refused ? '' : name;
  });
  return (['br', 'gzip'] as const).filter((coding) => accepted.includes(coding));
}
