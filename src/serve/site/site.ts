// Everything there is to serve, by address: the page, its sounds, models.json and the models. The server and the static export both take
// it from here, so that they are the same to the byte.

import { LISTING } from '../listing.js';
import type { ModelFile } from '../models/model-files.js';
import type { ModelShelf } from '../models/model-shelf.js';
import { Asset } from './asset.js';
import { INDEX } from './page-files.js';

/** What is at an address: bytes in memory, or a file of a model, to be read when it is sent. */
export type Found = { readonly kind: 'asset'; readonly asset: Asset } | { readonly kind: 'model'; readonly file: ModelFile };

const MODEL_ADDRESS = /^models\/[0-9a-f]{32}\/[A-Za-z0-9_][A-Za-z0-9._-]*$/;

export class Site {
  readonly #page: ReadonlyMap<string, Asset>;
  readonly shelf: ModelShelf;
  #listing: { readonly text: string; readonly asset: Asset } | undefined;

  constructor(page: ReadonlyMap<string, Asset>, shelf: ModelShelf) {
    this.#page = page;
    this.shelf = shelf;
  }

  /** @param address relative to the page, without a slash at its beginning; empty for the page itself */
  async find(address: string): Promise<Found | undefined> {
    const asset = this.#page.get(address === '' ? INDEX : address);
    if (asset !== undefined) return { kind: 'asset', asset };
    if (address === LISTING) return { kind: 'asset', asset: await this.#listingAsset() };
    if (!MODEL_ADDRESS.test(address)) return undefined;
    const file = (await this.shelf.look()).files.get(address);
    return file === undefined ? undefined : { kind: 'model', file };
  }

  /** Every address and what is there; models.json last. */
  async all(): Promise<[string, Found][]> {
    const listing = await this.#listingAsset();
    const { files } = await this.shelf.look();
    return [
      ...[...this.#page].map(([address, asset]): [string, Found] => [address, { kind: 'asset', asset }]),
      ...[...files].map(([address, file]): [string, Found] => [address, { kind: 'model', file }]),
      [LISTING, { kind: 'asset', asset: listing }],
    ];
  }

  async #listingAsset(): Promise<Asset> {
    const { listing } = await this.shelf.look();
    const text = `${JSON.stringify(listing, undefined, 1)}\n`;
    if (this.#listing?.text !== text) {
      this.#listing = { text, asset: new Asset(LISTING, new TextEncoder().encode(text), { immutable: false }) };
    }
    return this.#listing.asset;
  }
}
