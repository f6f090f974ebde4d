// What a web page links to that is music, and the licence it names. Only its tags are looked at; it is taken apart by htmlparser2's
// tokenizer, which keeps no tree and so takes no more memory or time than the page's length justifies.

import { extname } from 'node:path';
import { Tokenizer } from 'htmlparser2';
import { archiveEnding } from '../../archive.js';
import { isMusic } from '../../music-kinds.js';
import { safeName } from '../manifest.js';
import { decoded, lastPart, nameOf, resolveLink } from './address.js';
import { isLicence } from './headers.js';

export interface Link {
  readonly url: URL;
  /** A safe relative name for what it leads to, ending as music or an archive. */
  readonly name: string;
}

export interface Page {
  /** Links to music and archives, each address once, in the page's order. */
  readonly links: readonly Link[];
  /** Address of the licence the page names for what is on it. */
  readonly licence?: string;
}

/** Attributes that are looked at. */
const attributes = ['href', 'src', 'data', 'rel', 'type', 'download'] as const;
type Attributes = Partial<Record<(typeof attributes)[number], string>>;

const midiTypes = /^audio\/(x-)?midi?\s*(;|$)/i;

/**
 * Reads a page.
 * @param charset what its Content-Type says
 * @param url where it was in the end
 * @param most links that are taken; the rest is left
 */
export function readPage(bytes: Uint8Array, charset: string | undefined, url: URL, most: number): Page {
  const links = new Map<string, Link>();
  let base = url;
  let baseKnown = false;
  let licence: string | undefined;
  for (const [tag, { href, src, data, rel = '', type = '', download }] of tags(decode(bytes, charset))) {
    if (tag === 'base') {
      if (!baseKnown && href !== undefined) {
        base = resolveLink(href.trim(), url) ?? base;
        baseKnown = true;
      }
      continue;
    }
    if (href !== undefined && isLicence(rel)) {
      licence ??= resolveLink(href.trim(), base)?.href;
      continue;
    }
    // What a page is made of is no music on it: style sheets, news feeds, programs, pictures.
    if (tag === 'link' || tag === 'script' || tag === 'img') continue;
    const target = resolveLink((href ?? src ?? data ?? '').trim(), base);
    if (target === undefined || links.has(target.href) || links.size >= most) continue;
    const name = musicName(target, url, download) ?? (midiTypes.test(type) ? `${nameOf(target, url)}.mid` : undefined);
    if (name !== undefined) links.set(target.href, { url: target, name });
  }
  return { links: [...links.values()], ...(licence === undefined ? {} : { licence }) };
}

/** Whether a file name is that of music or of an archive. */
export function isWanted(name: string): boolean {
  return isMusic(name) || archiveEnding(name) !== undefined;
}

/** The ending that decides how something of this name is read. */
export function readingEnding(name: string): string {
  return archiveEnding(name) ?? extname(name).toLowerCase();
}

/** The name an address promises, if it is that of music or an archive: in its path, its query, or what its link says. */
function musicName(target: URL, page: URL, download: string | undefined): string | undefined {
  if (isWanted(lastPart(target))) return nameOf(target, page);
  const others = [download ?? '', ...target.searchParams.values()].map((value) => decoded(value).replace(/^.*[/\\]/, ''));
  const found = others.find((value) => value.length < 300 && value !== extname(value) && isWanted(value));
  return found === undefined ? undefined : safeName(found);
}

/** The tags of a page in order, by lower-case name, with the attributes that are looked at; the first of the same attribute counts. */
function* tags(text: string): Generator<[tag: string, attributes: Attributes]> {
  const found: [string, Attributes][] = [];
  let current: Attributes = {};
  let tag = '';
  let name: (typeof attributes)[number] | undefined;
  let value = '';
  const end = (): void => {
    if (Object.keys(current).length > 0) found.push([tag, current]);
  };
  const tokenizer = new Tokenizer(
    {},
    {
      onopentagname(start, stop) {
        tag = text.slice(start, Math.min(stop, start + 100)).toLowerCase();
        current = {};
      },
      onattribname(start, stop) {
        const given = text.slice(start, Math.min(stop, start + 20)).toLowerCase();
        name = attributes.find((known) => known === given);
        value = '';
      },
      onattribdata(start, stop) {
        if (name !== undefined) value += text.slice(start, stop);
      },
      onattribentity(codepoint) {
        if (name !== undefined) value += String.fromCodePoint(codepoint);
      },
      onattribend() {
        if (name !== undefined) current[name] ??= value;
        name = undefined;
      },
      onopentagend: end,
      onselfclosingtag: end,
      onclosetag() {},
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onend() {},
      onprocessinginstruction() {},
      ontext() {},
      ontextentity() {},
    },
  );
  tokenizer.write(text);
  tokenizer.end();
  yield* found;
}

/** A page's text by what its Content-Type or itself says its characters are, else as UTF-8, else as Windows-1252. */
function decode(bytes: Uint8Array, charset: string | undefined): string {
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('latin1');
  const said = charset ?? /<meta[^>]{0,200}charset\s*=\s*["']?([\w:.-]{1,40})/i.exec(head)?.[1];
  if (said !== undefined) {
    try {
      return new TextDecoder(said).decode(bytes);
    } catch {
      // An encoding nobody knows counts as none.
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
