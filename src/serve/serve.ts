// mst serve as a function: the page, the models and the answers, on a socket, until it is stopped. The command line is cli's business.

import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Random } from '../core/random.js';
import type { Home } from '../registry/home.js';
import { packageVersion } from '../registry/package.js';
import { AnswerPool, type PoolSettings } from './answer/answer-pool.js';
import { LARGEST_BODY } from './answer/limits.js';
import { AllowedHosts, addressesAt, inUrl, isEverywhere, ownNames } from './http/addresses.js';
import { BodyBudget } from './http/body.js';
import { certificateFor } from './http/certificate-store.js';
import { RefusalLog } from './http/refusal-log.js';
import { type Limits, openSocket, usualLimits } from './http/server.js';
import type { Listing } from './listing.js';
import type { Asked } from './models/choice.js';
import { ModelShelf } from './models/model-shelf.js';
import { builtPage, type PageSource, readPage } from './site/page-files.js';
import { Site } from './site/site.js';

/** Where a server's words go. */
export interface ServerLog {
  note(text: string): void;
  warn(text: string): void;
}

export interface SiteSettings {
  readonly home: Home;
  /** The folder that relative paths begin at. */
  readonly current: string;
  /** The model asked for by an option or a variable. */
  readonly asked?: Asked | undefined;
  readonly log: ServerLog;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** By default what the package was built with. */
  readonly source?: PageSource;
}

export interface ServerSettings extends SiteSettings {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly https: boolean;
  /** More names that requests may call this server by. */
  readonly allowedHosts?: readonly string[];
  /** The same calls get the same answers. */
  readonly seed?: number | undefined;
  /** A line for every request. */
  readonly verbose?: boolean;
  readonly pool?: Partial<PoolSettings>;
  readonly limits?: Partial<Limits>;
}

export interface RunningServer {
  /** Where it is best opened from this computer, with a slash at its end. */
  readonly url: string;
  /** Where others can open it: none when it listens to this computer alone. */
  readonly others: readonly string[];
  readonly port: number;
  /** Of the certificate, with --https. */
  readonly certificate?: { readonly path: string; readonly fresh: boolean; readonly fingerprint: string };
  /** The models there are, once all have been looked at. */
  readonly listing: Promise<Listing>;
  /** Lets running answers be finished, for a moment, and ends. */
  stop(): Promise<void>;
}

const MOST_THREADS = 2;
const usualPool: Omit<PoolSettings, 'threads'> = { queue: 32, patience: 15_000 };
/** Bodies that may be held at once, of the largest kind. */
const BODIES = 32;
/** Milliseconds that running answers get when the server stops. */
const GRACE = 2000;
const LARGEST_SEED = 2 ** 31;

/** The page and the models. @throws MstError `not-found` when the page has not been built */
export function openSite({ home, current, asked, log, clock, source = builtPage }: SiteSettings): Site {
  const warn = (text: string): void => log.warn(text);
  return new Site(readPage(source), new ModelShelf({ home, current, version: packageVersion(), asked, warn, clock }));
}

/** @throws MstError when the page, the port, the address or the home's certificate cannot be had */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const { host, https, home, log, clock, seed, allowedHosts = [] } = settings;
  const allowed = new AllowedHosts(host, allowedHosts);
  const site = openSite(settings);
  const threads = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
  const pool = new AnswerPool({ threads, ...usualPool, ...settings.pool });
  const refusals = new RefusalLog((text) => log.note(text), clock);
  const refused = refusals.add.bind(refusals);
  const certificate = https ? certificateFor(home, certifiedNames(host, allowedHosts), clock()) : undefined;
  // With a seed, equal calls have equal answers whatever was asked before.
  const fixed = seed === undefined ? undefined : new Random(seed).integer(LARGEST_SEED);
  const socket = await openSocket({
    host,
    port: settings.port,
    tls: certificate,
    allowed,
    limits: { ...usualLimits, ...settings.limits },
    app: {
      site,
      pool,
      budget: new BodyBudget(BODIES * LARGEST_BODY),
      nextSeed: () => fixed ?? randomInt(LARGEST_SEED),
      refused,
      warn: (text) => log.warn(text),
    },
    refused,
    said: settings.verbose
      ? (method, path, status, milliseconds) =>
          log.note(`${method} ${JSON.stringify(path.slice(0, 200))} ${status} ${milliseconds.toFixed(0)} ms`)
      : undefined,
    clock,
  });
  const { port } = socket;
  const at = (name: string): string => `${https ? 'https' : 'http'}://${inUrl(name)}:${port}/`;
  const listing = site.shelf.look().then((shelf) => shelf.listing);
  listing.catch(() => {});
  return {
    // One name for the page at home, since browsers keep recordings by it.
    url: at(isEverywhere(host) ? '127.0.0.1' : host),
    others: addressesAt(host).map(at),
    port,
    ...(certificate !== undefined && {
      certificate: { path: certificate.path, fresh: certificate.fresh, fingerprint: certificate.fingerprint },
    }),
    listing,
    async stop() {
      await socket.stop(GRACE);
      await pool.end();
    },
  };
}

function certifiedNames(host: string, allowedHosts: readonly string[]): string[] {
  const mine = [...(isEverywhere(host) ? ownNames() : []), ...addressesAt(host)];
  return [...new Set(['localhost', '127.0.0.1', '::1', ...mine, ...allowedHosts])];
}
