// The models there are, as models.json tells them: all that can be found, looked for again whenever that is asked for, so that new ones
// appear without a restart. A model is read again only when its files have changed. Broken ones are listed with what is wrong.

import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { MstError } from '../../core/errors.js';
import { readDefault } from '../../registry/default-model.js';
import type { Home } from '../../registry/home.js';
import { findModel, listModels, type ModelEntry } from '../../registry/models.js';
import type { ListedModel, Listing } from '../listing.js';
import { type Asked, choose } from './choice.js';
import { folderStamp, type ModelFile, type ReadModel, readModel } from './model-files.js';

export interface ShelfSettings {
  readonly home: Home;
  /** The folder that relative paths begin at. */
  readonly current: string;
  readonly version: string;
  /** By an option or a variable; else the default model of the home, as it is at the time. */
  readonly asked: Asked | undefined;
  /** Told once of every model that is broken and of a choice that cannot be met. */
  readonly warn: (text: string) => void;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** What was found at one time. */
export interface Shelf {
  readonly listing: Listing;
  /** Models that can be played, by name. */
  readonly byName: ReadonlyMap<string, ReadModel & { readonly directory: string }>;
  /** Their files by address, `models/HASH/NAME`. */
  readonly files: ReadonlyMap<string, ModelFile>;
}

/** What became of reading a folder that had this stamp. */
interface Known {
  readonly stamp: string;
  readonly read: ReadModel | MstError;
}

/** Whoever asks within so many milliseconds gets what was found before. */
const FRESH = 100;

export class ModelShelf {
  readonly #settings: ShelfSettings;
  readonly #told = new Set<string>();
  #known = new Map<string, Known>();
  #reading: Promise<Shelf> | undefined;
  #last: { readonly shelf: Shelf; readonly time: number } | undefined;

  constructor(settings: ShelfSettings) {
    this.#settings = settings;
  }

  /** Looks at all folders. Those who ask meanwhile share the result. */
  look(): Promise<Shelf> {
    if (this.#last !== undefined && Math.abs(this.#settings.clock() - this.#last.time) < FRESH) return Promise.resolve(this.#last.shelf);
    this.#reading ??= this.#look().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #look(): Promise<Shelf> {
    const { version, clock } = this.#settings;
    const { entries, asked } = this.#find();
    const known = new Map<string, Known>();
    for (const entry of entries) {
      const stamp = folderStamp(entry.directory) ?? 'unreadable';
      const before = this.#known.get(entry.directory);
      if (before?.stamp === stamp) {
        known.set(entry.directory, before);
      } else {
        known.set(entry.directory, { stamp, read: attempt(entry) });
        // Answers go out between two models.
        await setImmediate();
      }
    }
    this.#known = known;
    const readOf = (entry: ModelEntry): ReadModel | MstError => (known.get(entry.directory) as Known).read;
    const candidates = entries.map((entry) => {
      const read = readOf(entry);
      return {
        name: entry.name,
        shipped: entry.where === 'shipped',
        written: entry.written,
        problem: read instanceof MstError ? read.message : undefined,
      };
    });
    const listing: Listing = { version, ...choose(candidates, asked), models: entries.map((entry) => listed(entry, readOf(entry))) };
    const playable = entries.flatMap((entry) => {
      const read = readOf(entry);
      return read instanceof MstError ? [] : [[entry.name, { ...read, directory: entry.directory }] as const];
    });
    const files = playable.flatMap(([, { address, files }]) => files.map((file) => [`${pathOf(address)}/${file.name}`, file] as const));
    this.#tell(listing);
    const shelf = { listing, byName: new Map(playable), files: new Map(files) };
    this.#last = { shelf, time: clock() };
    return shelf;
  }

  /** Every model, and who asks for which; one asked for by its path is among them, and is then known by its name. */
  #find(): { entries: readonly ModelEntry[]; asked: Asked | undefined } {
    const { home, current } = this.#settings;
    const entries = findable(home);
    const defaultName = readDefault(home);
    const asked: Asked | undefined =
      this.#settings.asked ?? (defaultName === undefined ? undefined : { name: defaultName, by: 'mst models default' });
    if (asked === undefined || !/[/\\]/.test(asked.name)) return { entries, asked };
    try {
      const byPath = findModel(home, asked.name, current);
      return {
        entries: [byPath, ...entries.filter(({ name }) => name !== byPath.name)],
        asked: { ...asked, name: byPath.name },
      };
    } catch {
      // The page is told no paths of this computer.
      return { entries, asked: { ...asked, name: basename(asked.name) } };
    }
  }

  #tell({ models, problem }: Listing): void {
    const problems = models.flatMap((model) =>
      model.problem === undefined
        ? []
        : [{ ...model.problem, message: `The model ${model.name} cannot be played: ${model.problem.message}` }],
    );
    for (const { message, hint } of problem === undefined ? problems : [...problems, problem]) {
      if (this.#told.has(message)) continue;
      this.#told.add(message);
      this.#settings.warn(hint === undefined ? message : `${message} ${hint}`);
    }
  }
}

/** @throws MstError `not-found` when a folder cannot be looked into */
function findable(home: Home): ModelEntry[] {
  try {
    return listModels(home);
  } catch (error) {
    if (error instanceof MstError) throw error;
    throw new MstError('not-found', `A folder with models cannot be looked into: ${(error as Error).message}`, {
      hint: 'Change its permissions, or leave it out of MST_MODELS.',
      cause: error,
    });
  }
}

/** The address of a model's folder, relative to the page. */
function pathOf(address: string): string {
  return `models/${address}`;
}

function attempt(entry: ModelEntry): ReadModel | MstError {
  try {
    return readModel(entry);
  } catch (error) {
    return error instanceof MstError ? error : new MstError('bad-model', 'It cannot be read.', { cause: error });
  }
}

function listed({ name, size, written, card }: ModelEntry, read: ReadModel | MstError): ListedModel {
  const when = written === undefined ? {} : { written };
  if (read instanceof MstError) {
    const { message, hint } = read;
    return { name, path: '', files: [], size, ...when, problem: { message, ...(hint !== undefined && { hint }) } };
  }
  const { configuration, artist } = read.model.card;
  const metrics = card?.metrics as Record<string, unknown> | null | undefined;
  const nats = metrics?.natsPerEvent;
  return {
    name,
    path: pathOf(read.address),
    hash: read.weightsHash,
    files: read.files.map((file) => file.name),
    size: read.size,
    configuration,
    ...(artist !== undefined && { artist }),
    ...(typeof nats === 'number' && { natsPerEvent: nats }),
    ...when,
  };
}
