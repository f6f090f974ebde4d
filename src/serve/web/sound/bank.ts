// mst's sound bank in the page: fetched once, for what sounds at once and for files of sound, and kept, since the network may go.

import { fetchBounded } from '../jam/fetch-bounded.js';

/** It is read up to this size, bytes. */
const LARGEST_BANK = 64 * 2 ** 20;

export class SoundBank {
  readonly #address: string;
  #bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  /** Its bytes, not to be transferred. What could not be fetched is tried again the next time. @throws MstError `not-found` */
  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#bytes !== undefined) return this.#bytes;
    const bytes = fetchBounded(new URL(this.#address, document.baseURI).href, LARGEST_BANK);
    this.#bytes = bytes;
    bytes.catch(() => {
      if (this.#bytes === bytes) this.#bytes = undefined;
    });
    return bytes;
  }

  /** It is damaged: it is fetched again the next time. */
  forget(): void {
    this.#bytes = undefined;
  }
}
