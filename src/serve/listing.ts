// models.json: what the server, and a static site, tells the page of the models there are. Types alone, so that both sides can read them.

/** The file's name, beside the page. */
export const LISTING = 'models.json';

export interface Listing {
  /** Version of mst. */
  readonly version: string;
  /** Name of the model to begin with; undefined when there is none that works. */
  readonly chosen?: string;
  /** What is wrong with the choice (MAGENTA_MODEL names an unknown model …), in words for the user. */
  readonly problem?: { readonly message: string; readonly hint?: string };
  readonly models: readonly ListedModel[];
}

export interface ListedModel {
  readonly name: string;
  /** Folder of its files, an address relative to the page without a slash at the end; it changes when the model does. */
  readonly path: string;
  /** SHA-256 of its weights as recordings name it (registry/weights-hash.ts); absent where it is broken. */
  readonly hash?: string;
  /** Names of the files in the folder: config.json, weights_manifest.json, shards, model.json. */
  readonly files: readonly string[];
  /** Bytes of these files. */
  readonly size: number;
  readonly configuration?: string;
  readonly artist?: string;
  /** Held-out nats per event. */
  readonly natsPerEvent?: number;
  /** ISO 8601. */
  readonly written?: string;
  /** Why it cannot be played, in words for the user; the others still can. */
  readonly problem?: { readonly message: string; readonly hint?: string };
}
