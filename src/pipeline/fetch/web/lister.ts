// Looking at one address of the web without bringing its music: what --dry-run does. Pages are read, of files only the headers.

import { type ReadLimits, tooLarge } from '../../limits.js';
import { musicKinds } from '../../music-kinds.js';
import { nameOf } from './address.js';
import type { Client } from './client.js';
import type { Fetcher } from './fetcher.js';
import type { Taken, Target } from './gather.js';
import { contentType, encodingsOf, lengthOf } from './headers.js';
import { pageTypes } from './kind.js';
import type { WebLimits } from './limits.js';
import { isWanted, readingEnding } from './page.js';
import { troubleOfStatus, WebTrouble } from './trouble.js';

/** Something that would be fetched. */
export interface Listed {
  readonly source: string;
  /** Bytes, where they are known. */
  readonly size?: number;
}

export interface ListerSettings {
  readonly client: Client;
  readonly limits: WebLimits;
  readonly read: ReadLimits;
  /** Reads pages, and nothing else. */
  readonly fetcher: Fetcher;
  had(url: string): boolean;
}

export class Lister {
  readonly #settings: ListerSettings;
  #asked = 0;

  constructor(settings: ListerSettings) {
    this.#settings = settings;
  }

  /** @throws WebTrouble; the abort reason */
  async take(target: Target): Promise<Taken<Listed>> {
    const { limits, fetcher, had } = this.#settings;
    const source = target.url.href;
    if (had(source)) return { kind: 'had' };
    const name = target.name ?? nameOf(target.url);
    const promised = isWanted(name);
    if (promised && ++this.#asked > limits.sizesAsked) return { kind: 'music', music: { source } };
    const looked = await this.#look(target, readingEnding(name));
    if (looked === 'page' && promised) throw new WebTrouble('is a web page');
    if (looked !== 'page') return { kind: 'music', music: { source, ...(looked === undefined ? {} : { size: looked }) } };
    const taken = await fetcher.take(target);
    return taken.kind === 'music' ? { kind: 'music', music: { source } } : taken;
  }

  /** The size of what is there, undefined where its server does not say; or that it is, or may be, a page. */
  #look(target: Target, ending: string): Promise<number | 'page' | undefined> {
    const { client, limits, read } = this.#settings;
    const isMusic = ending in musicKinds;
    return client.persist(target, () =>
      client.use(target, { method: 'HEAD', headers: {} }, async ({ answer: { status, headers } }) => {
        // Some servers do not know the question.
        if (status === 405 || status === 501) return isWanted(`x${ending}`) ? undefined : 'page';
        if (status !== 200) throw troubleOfStatus(status);
        const { type } = contentType(headers);
        if (pageTypes.has(type)) return 'page';
        const size = encodingsOf(headers).length > 0 ? undefined : lengthOf(headers);
        const fileBytes = isMusic ? read.fileBytes : limits.archiveBytes;
        if (size !== undefined && size > fileBytes) throw new WebTrouble(tooLarge(size, { ...read, fileBytes }));
        return size;
      }),
    );
  }
}
