// Asking the web politely and stubbornly: robots.txt first, a few requests at a time with pauses, redirects followed within their site,
// and another try, later each time, when something may go better.

import type { Random } from '../../../core/random.js';
import { isSameSite, resolveLink } from './address.js';
import { unpacked } from './coding.js';
import { type Answer, Exchange, type Network, type Question } from './exchange.js';
import { contentType, encodingsOf, retryAfter } from './headers.js';
import { Host } from './host.js';
import type { WebLimits } from './limits.js';
import { noRobots, parseRobots, type Robots } from './robots.js';
import type { Time } from './time.js';
import { troubleOfStatus, WebTrouble } from './trouble.js';

/** Bytes of a robots.txt that are read; RFC 9309 asks for no fewer. */
const robotsBytes = 512 * 1024;
/** How mst is called where robots.txt names programs. */
const PRODUCT = 'magenta-session-toolkit';

export interface ClientSettings {
  readonly limits: WebLimits;
  readonly network: Network;
  readonly time: Time;
  /** Decides how long the waits between tries are. */
  readonly random: Random;
  /** The version of mst. */
  readonly version: string;
  readonly anySite: boolean;
  /** Headers with passwords, by origin. */
  readonly authorizations: ReadonlyMap<string, string>;
  /** Tells the user what takes long. */
  note(text: string): void;
  readonly signal: AbortSignal;
}

/** What is asked for. */
export interface Wanted {
  readonly url: URL;
  /** Whether it may be at a local address: the user named it, or a page at a local address did. */
  readonly mayBeLocal: boolean;
}

/** An answer, and the address it came from after redirects. */
export interface Found {
  readonly answer: Answer;
  readonly url: URL;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class Client {
  readonly #settings: ClientSettings;
  readonly #exchange: Exchange;
  readonly #hosts = new Map<string, Host>();
  /** Hosts of whose trouble the user was told. */
  readonly #troubled = new Set<string>();
  readonly #robots = new Map<string, Promise<Robots>>();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#exchange = new Exchange(settings.limits, settings.network);
  }

  /** Closes all connections. */
  close(): void {
    this.#exchange.close();
  }

  /**
   * Asks for something once, following redirects, and lets `take` have the answer, whatever its status but 429 and 503. The host's turn
   * lasts until `take` is done.
   * @throws WebTrouble; the abort reason; what `take` throws
   */
  use<T>(wanted: Wanted, question: Pick<Question, 'method' | 'headers'>, take: (found: Found) => Promise<T>): Promise<T> {
    return this.#follow(wanted, question, take, { robots: true, anySite: this.#settings.anySite });
  }

  /**
   * Repeats what may go better another time, with growing pauses, until it has failed `limits.tries` times in a row, or `limits.attempts` in all.
   * @param attempt is given a function to call when it has brought something new
   * @throws WebTrouble the last one; the abort reason; what else `attempt` throws
   */
  async persist<T>({ url }: Wanted, attempt: (gained: () => void) => Promise<T>): Promise<T> {
    const { limits, time, random, signal } = this.#settings;
    const own = random.derive(url.href);
    const host = this.#host(url);
    for (let failures = 0, attempts = 1; ; attempts++) {
      try {
        const result = await attempt(() => {
          failures = 0;
        });
        host.count('answered');
        return result;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof WebTrouble) || !error.again) throw error;
        failures += 1;
        if (failures >= limits.tries || attempts >= limits.attempts) {
          if (host.count('failed') >= limits.hostFailures) {
            host.close(`was not tried: ${url.host} failed ${limits.hostFailures} times in a row`);
          }
          const often = attempts === 1 ? '' : failures < limits.tries ? `, ${attempts} times in all` : `, ${failures} times in a row`;
          throw new WebTrouble(`${error.message}${often}`, { unreachable: error.unreachable });
        }
        const most = Math.min(limits.firstWait * 2 ** (failures - 1), limits.longestBackoff);
        const wait = error.after ?? (most / 2) * (1 + own.uniform());
        if (error.after === undefined) this.#tellTrouble(url, error, wait);
        await time.sleep(wait, signal);
      }
    }
  }

  async #follow<T>(
    { url: first, mayBeLocal: named }: Wanted,
    { method, headers }: Pick<Question, 'method' | 'headers'>,
    take: (found: Found) => Promise<T>,
    { robots, anySite }: { robots: boolean; anySite: boolean },
  ): Promise<T> {
    const { limits, signal } = this.#settings;
    const seen = new Set<string>();
    let url = first;
    let mayBeLocal = named;
    for (;;) {
      if (seen.has(url.href)) throw new WebTrouble('is redirected in a circle');
      if (seen.size > limits.redirects) throw new WebTrouble(`is redirected more than ${limits.redirects} times`);
      seen.add(url.href);
      if (robots) await this.#requireAllowed({ url, mayBeLocal });
      const host = this.#host(url);
      const leave = await host.enter(signal);
      let answer: Answer | undefined;
      try {
        answer = await this.#exchange.ask({ url, method, headers: this.#headers(url, headers), mayBeLocal, signal });
        const { location } = answer.headers;
        if (!redirects.has(answer.status) || location === undefined) {
          this.#heed(answer, host, url);
          return await take({ answer, url });
        }
        const next = resolveLink(location, url);
        if (next === undefined) throw new WebTrouble('is redirected to what is no address of the web');
        if (!anySite && !isSameSite(first, next)) {
          throw new WebTrouble(`is redirected to another site, ${next.host} (--any-site follows)`);
        }
        url = next;
        mayBeLocal = answer.local;
      } finally {
        answer?.drop();
        leave();
      }
    }
  }

  /** Keeps to what a server that has had enough asks for. @throws WebTrouble for 429 and 503 */
  #heed(answer: Answer, host: Host, { host: name }: URL): void {
    const { status, headers } = answer;
    if (status !== 429 && status !== 503) return;
    const { limits, time } = this.#settings;
    const trouble = troubleOfStatus(status);
    const after = retryAfter(headers, time.now());
    if (after === undefined) throw trouble;
    if (after > limits.longestWait) {
      const wait = `${name} asks to be left alone for ${inWords(after)}`;
      host.close(`was not tried: ${wait}`);
      throw new WebTrouble(`${trouble.message}; ${wait}`);
    }
    if (host.hold(after)) this.#tellWait(name, after);
    throw new WebTrouble(trouble.message, { again: true, after });
  }

  #headers(url: URL, headers: Question['headers']): Record<string, string> {
    const { version, authorizations } = this.#settings;
    const authorization = authorizations.get(url.origin);
    return {
      'User-Agent': `${PRODUCT}/${version} (mst fetch: brings music files that one person asked for, to train a melody model at home)`,
      Accept: '*/*',
      // Sizes and ranges are then those of the files themselves.
      'Accept-Encoding': 'identity',
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...headers,
    };
  }

  #host({ host }: URL): Host {
    const { limits, time } = this.#settings;
    const known = this.#hosts.get(host) ?? new Host(time, { slots: limits.perHost, pause: limits.pause });
    this.#hosts.set(host, known);
    return known;
  }

  async #requireAllowed(wanted: Wanted): Promise<void> {
    // Who may not go to a site may not learn from one who may.
    const key = `${wanted.url.origin} ${wanted.mayBeLocal}`;
    let robots = this.#robots.get(key);
    if (robots === undefined) {
      robots = this.#readRobots(wanted);
      this.#robots.set(key, robots);
    }
    if (!(await robots).allows(wanted.url)) throw new WebTrouble("is not for programs, says its site's robots.txt");
  }

  /** @throws WebTrouble when the site cannot be asked, so that nothing of it may be fetched (RFC 9309, 2.3.1.4) */
  async #readRobots({ url, mayBeLocal }: Wanted): Promise<Robots> {
    const wanted = { url: new URL('/robots.txt', url), mayBeLocal };
    const { limits, signal } = this.#settings;
    let robots: Robots;
    try {
      robots = await this.persist(wanted, () =>
        this.#follow(wanted, { method: 'GET', headers: {} }, ({ answer }) => readRobots(answer), { robots: false, anySite: true }),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof WebTrouble)) throw error;
      throw new WebTrouble(
        error.unreachable ? error.message : `was not tried: its site's robots.txt, which says what may be fetched, ${error.message}`,
      );
    }
    const { crawlDelay = 0 } = robots;
    if (crawlDelay > 0) {
      const pause = Math.min(crawlDelay * 1000, limits.longestPause);
      this.#host(url).slowDown(pause);
      this.#tellWait(url.host, pause);
    }
    return robots;
  }

  /** Says once of a host why nothing happens. */
  #tellTrouble({ host, href }: URL, { message }: WebTrouble, wait: number): void {
    if (wait < 3000 || this.#troubled.has(host)) return;
    this.#troubled.add(host);
    this.#settings.note(`${href} ${message}; trying again in ${inWords(wait)}.`);
  }

  #tellWait(host: string, milliseconds: number): void {
    if (milliseconds >= 5000) this.#settings.note(`${host} asks for a pause of ${inWords(milliseconds)}.`);
  }
}

async function readRobots(answer: Answer): Promise<Robots> {
  const { status, headers } = answer;
  if (status >= 500 || status === 408 || status === 425) throw troubleOfStatus(status);
  // A page that is shown for everything is no robots.txt.
  if (status < 200 || status > 299 || contentType(headers).type === 'text/html') return noRobots;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body) {
    pieces.push(piece);
    size += piece.length;
    if (size >= robotsBytes) break;
  }
  const text = unpacked(Buffer.concat(pieces), encodingsOf(headers), robotsBytes).subarray(0, robotsBytes).toString('utf8');
  return parseRobots(text, PRODUCT);
}

function inWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds <= 120) return `${seconds} s`;
  return seconds <= 7200 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`;
}
