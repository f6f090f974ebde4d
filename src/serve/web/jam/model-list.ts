// The models there are: the list from the server, where each of them is on its way into the page, and who answers.

import type { LoggedModel } from '../../../jam/log/log-entry.js';
import { LISTING, type ListedModel, type Listing } from '../../listing.js';
import type { ModelState, PageView } from '../page-session.js';
import { fetchBounded } from './fetch-bounded.js';
import type { ModelHost } from './model-host.js';
import type { ViewStore } from './view-store.js';

const LARGEST_LISTING = 4 * 2 ** 20;

export class ModelList {
  readonly #store: ViewStore;
  readonly #host: ModelHost;
  #listing: Listing | undefined;

  constructor(store: ViewStore, host: ModelHost) {
    this.#store = store;
    this.#host = host;
  }

  /** Version of mst. */
  get version(): string | undefined {
    return this.#listing?.version;
  }

  /** Fetches the list, and brings the models in that are to answer; the settings name them then. Never rejects. */
  async load(): Promise<void> {
    const store = this.#store;
    store.set({ listing: 'loading' });
    try {
      const bytes = await fetchBounded(new URL(LISTING, document.baseURI).href, LARGEST_LISTING);
      const listing = checked(JSON.parse(new TextDecoder().decode(bytes)));
      this.#listing = listing;
      const known = new Map(store.view.models.map((model) => [`${model.name} ${model.path}`, model.loaded]));
      const models = listing.models.map((model) => ({ ...model, loaded: stateOf(model, known.get(`${model.name} ${model.path}`)) }));
      const { trouble: _, ...view } = { ...store.view, listing: 'ready' as const, models };
      store.replace(listing.problem === undefined ? view : { ...view, trouble: listing.problem });
    } catch (error) {
      const { message, hint } = error as { message: string; hint?: string };
      store.set({
        listing: 'failed',
        trouble: {
          message: `The list of models cannot be had: ${message}`,
          hint: hint ?? 'Reload the page; check that mst serve still runs.',
        },
      });
      return;
    }
    const { settings } = store.view;
    const answering = this.answering(settings.models);
    store.set({ settings: { ...settings, models: answering } });
    await this.open(answering);
  }

  /** Who answers when these are wanted: those of them that are listed, or else the one to begin with. */
  answering(wanted: readonly string[]): readonly string[] {
    const { models } = this.#store.view;
    const listed = wanted.filter((name) => models.some((model) => model.name === name));
    if (listed.length > 0) return listed;
    const whole = models.filter(({ loaded }) => loaded.state !== 'broken');
    const first = whole.find(({ name }) => name === this.#listing?.chosen) ?? whole[0];
    return first === undefined ? [] : [first.name];
  }

  /** Brings models into the page. Returns those that can answer, as recordings name them. */
  async open(names: readonly string[]): Promise<LoggedModel[]> {
    const listed = names.flatMap((name) => this.#store.view.models.filter((model) => model.name === name));
    const opened = await Promise.all(listed.map(async (model) => ({ model, ready: await this.#host.open(model) })));
    return opened.flatMap(({ model, ready }) => (ready && model.hash !== undefined ? [{ name: model.name, hash: model.hash }] : []));
  }

  /** A model has come further. */
  become(name: string, loaded: ModelState): void {
    const models = this.#store.view.models.map((model) => (model.name === name ? { ...model, loaded } : model));
    this.#store.set({ models });
  }
}

function stateOf({ problem, hash }: ListedModel, known: ModelState | undefined): PageView['models'][number]['loaded'] {
  if (problem !== undefined) return { state: 'broken', ...problem };
  if (hash === undefined) return { state: 'broken', message: 'The server could not read this model.' };
  // What could not be fetched may be had now.
  return known === undefined || known.state === 'broken' ? { state: 'listed' } : known;
}

/** Sees that the list is one, as far as the page relies on it. */
function checked(value: unknown): Listing {
  const listing = value as Listing;
  const isModel = (model: ListedModel): boolean =>
    typeof model?.name === 'string' && typeof model.path === 'string' && Array.isArray(model.files) && typeof model.size === 'number';
  if (Array.isArray(listing?.models) && listing.models.every(isModel)) return listing;
  throw new Error(`${LISTING} is not a list of models.`);
}
