// The models of a session, read from disk and ready to play, each with the hash by which its recordings know it.

import type { LoggedModel } from '../../jam/log/log-entry.js';
import { type MelodyModel, openModel } from '../../model/model.js';
import { loadModel } from '../../registry/models.js';
import { hashOfWeights } from '../../registry/weights-hash.js';

/** A model by the name it has in the session, and its folder. */
export interface ModelPlace {
  readonly name: string;
  readonly directory: string;
}

export interface OpenedModels {
  readonly models: ReadonlyMap<string, MelodyModel>;
  /** What the header of a recording says of them. */
  readonly logged: readonly LoggedModel[];
}

/** Reads and opens models. @throws MstError `bad-model` */
export function openModels(places: readonly ModelPlace[]): OpenedModels {
  const models = new Map<string, MelodyModel>();
  const logged = places.map((place) => {
    const model = loadModel(place);
    models.set(place.name, openModel(model));
    return { name: place.name, hash: hashOfWeights(model.weights) };
  });
  return { models, logged };
}
