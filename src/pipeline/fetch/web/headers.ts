// What the headers of an HTTP answer say (RFC 9110, 6266, 8288), read warily: what makes no sense counts as not said.

import type { IncomingHttpHeaders } from 'node:http';
import { basename } from 'node:path';

/** What tells two states of a file apart. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** ETag and Last-Modified, those that are well formed. */
export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  const { etag, 'last-modified': lastModified } = headers;
  return {
    ...(etag !== undefined && /^(W\/)?"[\x21\x23-\x7e]{0,255}"$/.test(etag) ? { etag } : {}),
    ...(lastModified !== undefined && dateOf(lastModified) !== undefined ? { lastModified } : {}),
  };
}

/** What If-Range may carry: a strong ETag, else the date. */
export function rangeValidator({ etag, lastModified }: Validators): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
}

/** Content-Length in bytes. */
export function lengthOf({ 'content-length': length }: IncomingHttpHeaders): number | undefined {
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** Content-Range: the first byte sent, undefined where none is (416), and the size of the whole, undefined where it is not said. */
export function contentRange(headers: IncomingHttpHeaders): { start: number | undefined; total: number | undefined } | undefined {
  const match = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '');
  if (match === null) return undefined;
  const number = (text: string | undefined): number | undefined => (text === undefined || text === '*' ? undefined : Number(text));
  return { start: number(match[1]), total: number(match[3]) };
}

/** Retry-After, seconds or a date, as milliseconds from `now`. */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = dateOf(value);
  return date === undefined ? undefined : Math.max(0, date - now);
}

/** The media type of Content-Type, in lower case, and its charset. */
export function contentType({ 'content-type': value = '' }: IncomingHttpHeaders): { type: string; charset: string | undefined } {
  const type = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}/.exec(value)?.[0].toLowerCase() ?? '';
  return { type, charset: /;\s*charset\s*=\s*"?([\w:.-]{1,40})/i.exec(value)?.[1] };
}

/** The codings of Content-Encoding in the order they were applied; none for a body sent as it is. */
export function encodingsOf(headers: IncomingHttpHeaders): readonly string[] {
  return (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/** The file name of Content-Disposition, without folders. */
export function fileNameOf(headers: IncomingHttpHeaders): string | undefined {
  // Node reads headers as Latin-1, while many servers write UTF-8 in them.
  const value = headers['content-disposition'] ?? '';
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]{1,1000})/i.exec(value)?.[1];
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.){1,1000})"/i.exec(value)?.[1]?.replace(/\\(.)/g, '$1');
  const plain = /;\s*filename\s*=\s*([^";\s]{1,1000})/i.exec(value)?.[1];
  const name = (extended === undefined ? undefined : percentDecoded(extended)) ?? asUtf8(quoted ?? plain);
  if (name === undefined) return undefined;
  const last = basename(name.replaceAll('\\', '/'));
  return last === '' || last === '.' || last === '..' ? undefined : last;
}

/** The target of a Link header with rel=license, as it stands there. */
export function linkedLicence({ link = '' }: IncomingHttpHeaders): string | undefined {
  const text = Array.isArray(link) ? link.join(', ') : link;
  for (const [, target, parameters = ''] of text.matchAll(
    /<([^<>]{1,2000})>((?:\s*;\s*[\w!#$&*^.-]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g,
  )) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i.exec(parameters);
    if (isLicence(relation?.[1] ?? relation?.[2] ?? '')) return target;
  }
  return undefined;
}

/** Whether a list of link relations names that of a licence. */
export function isLicence(relations: string): boolean {
  return relations.toLowerCase().split(/\s+/).includes('license');
}

/** An HTTP date, "Thu, 01 Jan 2026 00:00:00 GMT" or one of its old forms, in milliseconds since 1970. */
function dateOf(text: string): number | undefined {
  const date = /^[A-Z][a-z]{2,8}[, ][\w ,:-]{15,40}$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function asUtf8(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}
