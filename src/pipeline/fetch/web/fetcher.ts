// Taking one address of the web: brought whole onto the disk, unpacked, looked at for what it really is, and given a name.

import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { ReadLimits } from '../../limits.js';
import { musicKinds } from '../../music-kinds.js';
import { safeName } from '../manifest.js';
import type { Brought } from '../sources.js';
import { nameOf } from './address.js';
import type { Client } from './client.js';
import { unpackFile } from './coding.js';
import { type Budget, type Downloaded, download } from './download.js';
import type { Taken, Target } from './gather.js';
import { contentType, encodingsOf, fileNameOf, linkedLicence, type Validators, validatorsOf } from './headers.js';
import { endingOf, fits, HEAD, type Kind, kindInWords, kindOf } from './kind.js';
import type { WebLimits } from './limits.js';
import { isWanted, readingEnding, readPage } from './page.js';
import type { Partials } from './partials.js';
import { WebTrouble } from './trouble.js';

export interface FetcherSettings {
  readonly client: Client;
  readonly partials: Partials;
  readonly limits: WebLimits;
  readonly read: ReadLimits;
  /** The states of an address's music that is there from an earlier fetch; undefined when there is none. */
  had(url: string): Validators | undefined;
  /** Ask whether what is there has changed, instead of leaving it. */
  readonly update: boolean;
  /** Told the bytes that came in all. */
  told(bytes: number): void;
  readonly signal: AbortSignal;
}

export class Fetcher {
  readonly #settings: FetcherSettings;
  readonly #budget: Budget;
  #brought = 0;

  constructor(settings: FetcherSettings) {
    this.#settings = settings;
    this.#budget = { left: settings.limits.totalBytes };
  }

  /** @throws WebTrouble; MstError `storage`; the abort reason */
  async take(target: Target): Promise<Taken<Brought>> {
    const { client, partials, limits, read, update, had, told } = this.#settings;
    const { href } = target.url;
    const before = had(href);
    if (before !== undefined && !update) return { kind: 'had' };
    const whole = partials.whole(href);
    if (whole !== undefined) {
      const { name, licence, ...validators } = whole.facts;
      return { kind: 'music', music: describe(target, { path: whole.path, name, licence, validators }) };
    }
    const ending = readingEnding(target.name ?? nameOf(target.url));
    const got = await download(client, partials, target, {
      most: ending in musicKinds ? read.fileBytes : limits.archiveBytes,
      mostOfPage: limits.pageBytes,
      budget: this.#budget,
      unless: before,
      told: (bytes) => {
        this.#brought += bytes;
        told(this.#brought);
      },
    });
    if (got === undefined) return { kind: 'had' };
    try {
      return await this.#open(target, got);
    } catch (error) {
      partials.drop(href);
      throw error;
    }
  }

  /** Looks at what came. */
  async #open(target: Target, { part, url, headers, local }: Downloaded): Promise<Taken<Brought>> {
    const { partials, limits } = this.#settings;
    const { href } = target.url;
    const said = target.name ?? saidName(target.url, url, headers);
    const { type, charset } = contentType(headers);
    const { path, kind } = await this.#unpack(href, part.path, { encodings: encodingsOf(headers), ending: readingEnding(said), type });
    if (kind === 'html' && target.page === undefined && !isWanted(said)) {
      if (statSync(path).size > limits.pageBytes) throw new WebTrouble('is too large a web page');
      const page = readPage(readFileSync(path), charset, url, limits.pageLinks);
      partials.drop(href);
      const licence = page.licence ?? licenceOf(headers, url);
      return { kind: 'page', page: { links: page.links, ...(licence === undefined ? {} : { licence }) }, url, local };
    }
    const name = fittingName(said, kind, () => headOf(path));
    const licence = licenceOf(headers, url) ?? target.page?.licence;
    const validators = validatorsOf(headers);
    const whole = partials.finish(href, path, { name, ...validators, ...(licence === undefined ? {} : { licence }) });
    return { kind: 'music', music: describe(target, { path: whole, name, licence, validators }) };
  }

  /** Undoes the packing of the way, unless that is the archive's own. */
  async #unpack(
    href: string,
    path: string,
    { encodings, ending, type }: { encodings: readonly string[]; ending: string; type: string },
  ): Promise<{ path: string; kind: Kind }> {
    const { partials, limits, read, signal } = this.#settings;
    const kind = kindOf(headOf(path), type);
    // Many servers say of a file that is packed, or not, that it was packed for the way.
    if (encodings.length === 0 || (kind !== 'unknown' && kind !== 'gzip' && fits(kind, ending))) return { path, kind };
    const unpacked = partials.beside(href);
    const most = ending in musicKinds ? read.fileBytes : limits.archiveBytes;
    await unpackFile(path, unpacked, encodings, most, signal);
    const inner = kindOf(headOf(unpacked), type);
    return kind === 'gzip' && fits(kind, ending) && inner !== 'gzip' && inner !== 'html' ? { path, kind } : { path: unpacked, kind: inner };
  }
}

function describe(
  { url, page }: Target,
  { path, name, licence, validators }: { path: string; name: string; licence: string | undefined; validators: Validators },
): Brought {
  return {
    source: url.href,
    name,
    path,
    ...(page === undefined ? {} : { page: page.url.href }),
    ...(licence === undefined ? {} : { licence }),
    ...validators,
  };
}

function licenceOf(headers: Downloaded['headers'], url: URL): string | undefined {
  const licence = linkedLicence(headers);
  return licence !== undefined && URL.canParse(licence, url.href) ? new URL(licence, url.href).href : undefined;
}

/** What an address the user named is called: by itself, by its server, or by where it led. */
function saidName(first: URL, last: URL, headers: Downloaded['headers']): string {
  const names = [nameOf(first), safeName(fileNameOf(headers) ?? ''), nameOf(last)];
  return names.find(isWanted) ?? nameOf(first);
}

/** The name for bytes of a kind: as said, with the right ending where none was. @throws WebTrouble when they are something else */
function fittingName(said: string, kind: Kind, head: () => Uint8Array): string {
  const ending = readingEnding(said);
  if (isWanted(said)) {
    if (fits(kind, ending)) return said;
    throw new WebTrouble(`is ${kindInWords(kind, head())} and no ${musicKinds[ending] ?? `${ending} archive`}`);
  }
  const right = endingOf(kind);
  if (right !== undefined && isWanted(`x${right}`)) return safeName(`${said}${right}`);
  throw new WebTrouble(`is ${kindInWords(kind, head())}, nothing mst can read music from`);
}

function headOf(path: string): Uint8Array {
  const descriptor = openSync(path, 'r');
  try {
    const head = new Uint8Array(HEAD);
    return head.subarray(0, readSync(descriptor, head, 0, HEAD, 0));
  } finally {
    closeSync(descriptor);
  }
}
