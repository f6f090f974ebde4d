// The part of step 1 that knows the web: brings what addresses lead to into a hidden folder of the dataset, and says of each address that
// failed why. What is in the manifest already is not asked for again unless `update` wants to know whether it changed.

import { Random } from '../../core/random.js';
import { packageVersion } from '../../registry/package.js';
import type { ReadLimits } from '../limits.js';
import type { StepContext } from '../step.js';
import { compareCodePoints, type Origin } from './manifest.js';
import type { Brought } from './sources.js';
import { isAddress, type Named, parseAddress } from './web/address.js';
import { Client } from './web/client.js';
import { type Network, realNetwork } from './web/exchange.js';
import { Fetcher } from './web/fetcher.js';
import { type Failure, type Gathered, type GatherOptions, gather } from './web/gather.js';
import type { Validators } from './web/headers.js';
import { type WebLimits, webLimits } from './web/limits.js';
import { parseMatch } from './web/match.js';
import { Partials } from './web/partials.js';
import { realTime, type Time } from './web/time.js';

/** What a user can choose about the web. */
export interface WebChoices {
  /** Follow links and redirects to other sites too. */
  readonly anySite: boolean;
  /** Pattern for the links of pages (web/match.ts). */
  readonly match: string | undefined;
  /** Links followed at most. */
  readonly limit: number | undefined;
  /** Ask whether what was fetched before has changed, and fetch it again if so. */
  readonly update: boolean;
}

export const plainChoices: WebChoices = { anySite: false, match: undefined, limit: undefined, update: false };

/** All that fetching from the web needs. */
export interface WebSettings extends WebChoices {
  /** A clock in milliseconds since 1970. */
  readonly now: () => number;
  /** Decides how long the waits between tries are. */
  readonly seed: number;
  /** The world, for those who have another. */
  readonly time?: Time;
  readonly network?: Network;
  readonly limits?: WebLimits;
}

/** A file or page of the web that could not be had. */
export interface Failed {
  readonly url: string;
  /** Why, in words that follow its address. */
  readonly reason: string;
}

/** What came from the web in one fetch. */
export interface WebSummary {
  /** Files and archives that were brought. */
  readonly brought: number;
  /** Addresses that were not asked for, or had not changed, since their music is there already. */
  readonly had: number;
  readonly failed: readonly Failed[];
}

/** Takes what the user gave apart: paths, and addresses, each once. @throws MstError `usage` for addresses that are none of the web */
export function sortGiven(given: readonly string[]): { paths: string[]; addresses: Named[] } {
  const addresses = new Map<string, Named>();
  for (const one of given.filter(isAddress)) {
    const named = parseAddress(one);
    if (!addresses.has(named.url.href)) addresses.set(named.url.href, named);
  }
  return { paths: given.filter((one) => !isAddress(one)), addresses: [...addresses.values()] };
}

/** What is asked of a client in one fetch. */
export function openClient(
  addresses: readonly Named[],
  { anySite, now, seed, time = realTime(now), network = realNetwork, limits = webLimits }: WebSettings,
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
): Client {
  const authorizations = new Map(
    addresses.flatMap(({ url, authorization }) => (authorization === undefined ? [] : [[url.origin, authorization] as const])),
  );
  const note = (text: string): void => progress.note(text);
  return new Client({ limits, network, time, random: new Random(seed), version: packageVersion(), anySite, authorizations, note, signal });
}

/** The choices as the gathering of links needs them. @throws MstError `usage` for a pattern that cannot be read */
export function gatherOptions(
  { anySite, match, limit, limits = webLimits }: WebSettings,
  unit: string,
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
): GatherOptions {
  let known = -1;
  const tell = (done: number, total: number): void => {
    if (total !== known) progress.start(total, unit);
    known = total;
    progress.update(done);
  };
  return { anySite, match: match === undefined ? undefined : parseMatch(match), limit, limits, progress: tell, signal };
}

/** Files of the web on their way, of one fetch. */
export class WebFetch {
  readonly #partials: Partials;
  readonly #addresses: readonly Named[];
  readonly #settings: WebSettings;
  readonly #context: Pick<StepContext, 'progress' | 'signal' | 'force'>;

  /** @param directory the dataset, locked for fetching; @throws MstError `storage` */
  constructor(
    directory: string,
    addresses: readonly Named[],
    settings: WebSettings | undefined,
    context: Pick<StepContext, 'progress' | 'signal' | 'force'>,
  ) {
    if (settings === undefined) throw new Error('addresses were given, but nothing to fetch them with');
    const { limits = webLimits, now } = settings;
    this.#partials = new Partials(directory, now() - limits.partialAge);
    if (context.force) this.#partials.clear();
    this.#addresses = addresses;
    this.#settings = settings;
    this.#context = context;
  }

  /**
   * Brings everything.
   * @param had see FetcherSettings
   * @throws MstError `storage`, `usage`; the abort reason
   */
  async bring(read: ReadLimits, had: (url: string) => Validators | undefined): Promise<Gathered<Brought>> {
    const { progress, signal } = this.#context;
    const { update, limits = webLimits } = this.#settings;
    const options = gatherOptions(this.#settings, 'addresses', this.#context);
    const client = openClient(this.#addresses, this.#settings, this.#context);
    let done = 0;
    const fetcher = new Fetcher({
      client,
      partials: this.#partials,
      limits,
      read,
      had,
      update,
      told: (bytes) => progress.update(done, `${(bytes / 1e6).toFixed(1)} MB`),
      signal,
    });
    const told: GatherOptions['progress'] = (now, total) => {
      done = now;
      options.progress(now, total);
    };
    try {
      const urls = this.#addresses.map(({ url }) => url);
      return await gather(urls, (target) => fetcher.take(target), { ...options, progress: told });
    } finally {
      client.close();
    }
  }

  /** Lets go of what was brought. @param settled whether it is where it belongs; else the next fetch finds it */
  close({ settled }: { settled: boolean }): void {
    this.#partials.close({ settled });
  }
}

/** A file of an earlier fetch: with a hash, or refused. */
type Known = Origin & { readonly source: string; readonly sha256?: string };

/**
 * Which addresses' music is there already, and in which state.
 * @param isThere whether bytes with this hash are
 */
export function hadAlready(known: readonly Known[], isThere: (sha256: string) => boolean): (url: string) => Validators | undefined {
  const states = new Map<string, Validators>();
  const lacking = new Set<string>();
  for (const { source, sha256, etag, lastModified } of known) {
    if (sha256 === undefined || !isAddress(source)) continue;
    const url = source.split('#', 1)[0] as string;
    if (!isThere(sha256)) lacking.add(url);
    states.set(url, { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) });
  }
  return (url) => (lacking.has(url) ? undefined : states.get(url));
}

/** The failures as inputs that are refused. */
export function refusedInputs(failures: readonly Failure[]): { file: string; source: string; reason: string; page?: string }[] {
  return failures.map(({ url, name, reason, page }) => ({ file: name, source: url, reason, ...(page === undefined ? {} : { page }) }));
}

/** What is known of earlier fetches, without the failures of addresses that brought something this time. */
export function overcome<T extends Known>(known: readonly T[], gathered: Gathered<Brought> | undefined): readonly T[] {
  const good = new Set([...(gathered?.pages ?? []), ...(gathered?.music ?? []).map(({ source }) => source)]);
  return known.filter(({ source, sha256 }) => sha256 !== undefined || !good.has(source));
}

/** @param fetched everything that was read, refused files among it */
export function summaryOf(
  { music, had, failures }: Gathered<Brought>,
  fetched: readonly { readonly source: string; readonly reason?: string }[],
): WebSummary {
  const brought = new Set(music.map(({ source }) => source));
  const refused = fetched.flatMap(({ source, reason }) => (reason === undefined || !brought.has(source) ? [] : [{ url: source, reason }]));
  return {
    brought: music.length - refused.length,
    had: had.length,
    failed: [...failures.map(({ url, reason }) => ({ url, reason })), ...refused].sort((a, b) => compareCodePoints(a.url, b.url)),
  };
}
