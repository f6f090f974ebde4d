// Web addresses: which ones mst takes, what belongs to one site, and what a file behind one is called. Passwords in addresses are kept
// apart from them, so that nothing that is printed or stored ever holds one.

import { MstError } from '../../../core/errors.js';
import { safeName } from '../manifest.js';

/** Longer addresses are no links to files. */
const longest = 4096;

/** What stands before the rest in something that is an address and not a path: two letters or more, since C: is a disk. */
const scheme = /^([a-z][a-z0-9+.-]+):\/\//i;

/** Whether what the user gave is an address and not a path. */
export function isAddress(given: string): boolean {
  return scheme.test(given);
}

/** An address the user gave. */
export interface Named {
  /** Without password and fragment. */
  readonly url: URL;
  /** The header that carries the name and password it was given with. */
  readonly authorization?: string;
}

/**
 * Reads an address the user gave.
 * @throws MstError `usage` when it is none, or none of the web
 */
export function parseAddress(given: string): Named {
  const shown = withoutPassword(given);
  if (!/^https?:$/i.test(`${scheme.exec(given)?.[1]}:`)) {
    throw new MstError('usage', `${shown} is not an address of the web.`, {
      hint: 'mst fetches from addresses that begin with http:// or https://; for files on this computer give their path.',
    });
  }
  const url = URL.canParse(given) && given.length <= longest ? new URL(given) : undefined;
  if (url === undefined) throw new MstError('usage', `${shown} cannot be read as an address.`, { hint: 'Check it for typing mistakes.' });
  const { username, password } = url;
  const plain = bare(url);
  if (username === '' && password === '') return { url: plain };
  const secret = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  return { url: plain, authorization: `Basic ${secret}` };
}

/** An address in a page or a redirect, or undefined for what is none of the web. */
export function resolveLink(link: string, base: URL): URL | undefined {
  if (link.length > longest || !URL.canParse(link, base.href)) return undefined;
  const url = new URL(link, base);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.href.length <= longest ? bare(url) : undefined;
}

function bare(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain;
}

/** What the user gave, without a name and password in it. */
export function withoutPassword(given: string): string {
  return given.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}

/** Whether two addresses belong to one site: the same host but for a leading `www.`, on the same port or both on their usual one. */
export function isSameSite(a: URL, b: URL): boolean {
  return siteOf(a) === siteOf(b);
}

function siteOf({ hostname, port }: URL): string {
  return `${hostname.replace(/^www\./, '').replace(/\.$/, '')}:${port}`;
}

/** The last part of an address's path, decoded; empty for a folder. */
export function lastPart({ pathname }: URL): string {
  return decoded(pathname.slice(pathname.lastIndexOf('/') + 1));
}

/** A safe relative name for what is behind an address: its path below `folder` where it lies there, else its last part. */
export function nameOf(url: URL, folder?: URL): string {
  const base = folder === undefined ? undefined : folder.pathname.slice(0, folder.pathname.lastIndexOf('/') + 1);
  const below = base !== undefined && folder?.host === url.host && url.pathname.startsWith(base);
  const path = below ? url.pathname.slice(base.length).split('/').map(decoded).join('/') : lastPart(url);
  return safeName(path === '' ? url.hostname : path);
}

/** Percent signs decoded, as far as they make sense. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
