// Everything the addresses given to step 1 lead to: the files and archives themselves, and those that pages link to. Goes through
// addresses and links; how one of them is taken, brought or only looked at, is its taker's business.

import { isSameSite, nameOf } from './address.js';
import type { Wanted } from './client.js';
import type { WebLimits } from './limits.js';
import type { Match } from './match.js';
import type { Link, Page } from './page.js';
import { WebTrouble } from './trouble.js';

/** Something to take. */
export interface Target extends Wanted {
  /** The safe name it should have, where its link says one. */
  readonly name?: string;
  /** The page that linked to it; undefined for an address the user named, which may be a page itself. */
  readonly page?: { readonly url: URL; readonly licence?: string };
}

/** What came of it: something of music, or a page. */
export type Taken<T> =
  | { readonly kind: 'music'; readonly music: T }
  /** It is there from an earlier fetch. */
  | { readonly kind: 'had' }
  | { readonly kind: 'page'; readonly page: Page; readonly url: URL; readonly local: boolean };

export interface Failure {
  readonly url: string;
  /** The safe name it would have. */
  readonly name: string;
  /** Why, in words that follow a name. */
  readonly reason: string;
  readonly page?: string;
}

export interface Gathered<T> {
  readonly music: readonly T[];
  readonly failures: readonly Failure[];
  /** Addresses whose music is there from an earlier fetch. */
  readonly had: readonly string[];
  /** Addresses that turned out to be pages. */
  readonly pages: readonly string[];
  /** Links that were passed over, by why. */
  readonly ignored: ReadonlyMap<string, number>;
}

export interface GatherOptions {
  readonly anySite: boolean;
  readonly match: Match | undefined;
  /** Links followed at most, of all pages together. */
  readonly limit: number | undefined;
  readonly limits: WebLimits;
  /** Told how many addresses are behind us, of how many. */
  progress(done: number, total: number): void;
  readonly signal: AbortSignal;
}

/**
 * Takes everything.
 * @param named addresses the user gave, each once
 * @param take brings or looks at one; a WebTrouble it throws is a failure of this one alone
 * @throws the abort reason; what else `take` throws
 */
export async function gather<T>(
  named: readonly URL[],
  take: (target: Target) => Promise<Taken<T>>,
  options: GatherOptions,
): Promise<Gathered<T>> {
  const music: T[] = [];
  const had: string[] = [];
  const failures: Failure[] = [];
  const pages = new Map<string, Extract<Taken<T>, { kind: 'page' }>>();
  let total = named.length;
  let done = 0;
  const settle = async (target: Target): Promise<void> => {
    const { href } = target.url;
    try {
      const taken = await take(target);
      if (taken.kind === 'music') music.push(taken.music);
      else if (taken.kind === 'had') had.push(href);
      else pages.set(href, taken);
    } catch (error) {
      if (!(error instanceof WebTrouble)) throw error;
      failures.push(failureOf(target, error.message));
    }
    done += 1;
    options.progress(done, total);
  };
  options.progress(0, total);
  const first = named.map((url): Target => ({ url, mayBeLocal: true }));
  await byHost(first, settle, options);

  const ignored = new Map<string, number>();
  const seen = new Set(named.map(({ href }) => href));
  const linked: Target[] = [];
  for (const target of first) {
    const found = pages.get(target.url.href);
    if (found === undefined) continue;
    const wanted = choose(found.page.links, found.url, options, ignored);
    if (typeof wanted === 'string') {
      failures.push(failureOf(target, wanted));
      pages.delete(target.url.href);
      continue;
    }
    const { licence } = found.page;
    const page = { url: target.url, ...(licence === undefined ? {} : { licence }) };
    for (const { url, name } of wanted) {
      if (seen.has(url.href)) continue;
      seen.add(url.href);
      linked.push({ url, name, page, mayBeLocal: found.local });
    }
  }
  const taken = linked.slice(0, options.limit);
  if (linked.length > taken.length) ignored.set('links beyond --limit', linked.length - taken.length);
  total = done + taken.length;
  if (taken.length > 0) options.progress(done, total);
  await byHost(taken, settle, options);
  return { music, had, failures, pages: [...pages.keys()], ignored };
}

/** The links of a page that are followed, or why there are none. Those passed over are counted in `ignored`. */
function choose(
  links: readonly Link[],
  page: URL,
  { anySite, match }: Pick<GatherOptions, 'anySite' | 'match'>,
  ignored: Map<string, number>,
): readonly Link[] | string {
  if (links.length === 0) return 'is a web page without links to music';
  const near = anySite ? links : links.filter(({ url }) => isSameSite(url, page));
  if (near.length === 0) {
    const sites = [...new Set(links.map(({ url }) => url.host))];
    const some = `${sites.slice(0, 3).join(', ')}${sites.length > 3 ? ' and others' : ''}`;
    return `is a web page whose links to music all lead to other sites: ${some} (--any-site follows them)`;
  }
  const wanted = match === undefined ? near : near.filter(({ url }) => match(url));
  if (wanted.length === 0) return `is a web page with ${near.length} links to music, none of which --match lets through`;
  const count = (why: string, n: number): unknown => n > 0 && ignored.set(why, (ignored.get(why) ?? 0) + n);
  count('links to other sites (--any-site follows them)', links.length - near.length);
  count('links that --match leaves out', near.length - wanted.length);
  return wanted;
}

function failureOf({ url, name, page }: Target, reason: string): Failure {
  return { url: url.href, name: name ?? nameOf(url), reason, ...(page === undefined ? {} : { page: page.url.href }) };
}

/** Settles targets, several hosts at a time and several targets of each, in the order given within a host. */
async function byHost(
  targets: readonly Target[],
  settle: (target: Target) => Promise<void>,
  { limits, signal }: Pick<GatherOptions, 'limits' | 'signal'>,
): Promise<void> {
  const hosts = new Map<string, Target[]>();
  for (const target of targets) {
    const { host } = target.url;
    const together = hosts.get(host);
    if (together === undefined) hosts.set(host, [target]);
    else together.push(target);
  }
  await atOnce([...hosts.values()], limits.hosts, (together) => atOnce(together, limits.perHost, settle, signal), signal);
}

/** Works through items in order, `width` at a time; after the first error no other is begun, and it is thrown when all have ended. */
async function atOnce<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>, signal: AbortSignal): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      signal.throwIfAborted();
      const item = items[next++] as T;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  const rejected = outcomes.find(({ status }) => status === 'rejected');
  if (rejected !== undefined) throw (rejected as PromiseRejectedResult).reason;
}
