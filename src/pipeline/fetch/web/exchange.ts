// One HTTP request and the beginning of its answer, on Node's own http and https: bounded in time at every point, never to an address of
// this computer's neighbourhood unless that is allowed. Redirects, pauses and tries are client.ts's business.

import { promises as dns, type LookupAddress } from 'node:dns';
import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { WebLimits } from './limits.js';
import { troubleOf, unreached, WebTrouble } from './trouble.js';
import { isLocal } from './zone.js';

/** How names become network addresses, and which of those are local. */
export interface Network {
  lookup(hostname: string): Promise<readonly LookupAddress[]>;
  isLocal(address: string): boolean;
}

export const realNetwork: Network = { lookup: (hostname) => dns.lookup(hostname, { all: true, verbatim: true }), isLocal };

/** The beginning of an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whether it came from a local address. */
  readonly local: boolean;
  /** The bytes as they are sent, to be gone through once. @throws WebTrouble when they break off or stall; the abort reason */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets what was not read go, and closes the connection if more would come. */
  drop(): void;
}

export interface Question {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it may go to a local address: the user named it, or something local led here. */
  readonly mayBeLocal: boolean;
  readonly signal: AbortSignal;
}

const forbidden = (): WebTrouble => new WebTrouble('leads from the web into a private network', { unreachable: true });

export class Exchange {
  readonly #limits: WebLimits;
  readonly #network: Network;
  readonly #agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) } as const;
  /** Whether a host was found at a local address when it was first asked. One that was not must not move there (DNS rebinding). */
  readonly #local = new Map<string, boolean>();

  constructor(limits: WebLimits, network: Network) {
    this.#limits = limits;
    this.#network = network;
  }

  /** Asks. @throws WebTrouble when there is no answer; the abort reason */
  async ask(question: Question): Promise<Answer> {
    const { url, mayBeLocal, signal } = question;
    signal.throwIfAborted();
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const known = this.#local.get(host);
    const allowed = mayBeLocal && known !== false;
    if (!allowed && (known === true || (isIP(host) !== 0 && this.#network.isLocal(host)))) throw forbidden();
    try {
      const { response, address } = await this.#send(question, allowed);
      const local = address !== undefined && this.#network.isLocal(address);
      this.#local.set(host, known ?? local);
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        local,
        body: this.#body(response, signal),
        // Nothing follows the answer to HEAD, so its connection can serve on.
        drop: () => (question.method === 'HEAD' ? response.resume() : response.destroy()),
      };
    } catch (error) {
      signal.throwIfAborted();
      throw troubleOf(error);
    }
  }

  /** Closes all connections. */
  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #send({ url, method, headers, signal }: Question, allowed: boolean): Promise<{ response: IncomingMessage; address: string | undefined }> {
    const { connect, answer } = this.#limits;
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const options = { method, headers, signal, lookup: this.#lookup(allowed) };
      const request: ClientRequest = secure
        ? requestHttps(url, { ...options, agent: this.#agents['https:'] })
        : requestHttp(url, { ...options, agent: this.#agents['http:'] });
      const within = (milliseconds: number, what: string): NodeJS.Timeout =>
        setTimeout(() => request.destroy(unreached(`${what} within ${seconds(milliseconds)}`, true)), milliseconds);
      let timer = within(connect, 'no connection');
      request.on('finish', () => {
        clearTimeout(timer);
        timer = within(answer, 'its server gives no answer');
      });
      request.on('response', (response) => {
        clearTimeout(timer);
        // Who goes through the body is told of its errors; nobody need go through it.
        response.on('error', () => {});
        resolve({ response, address: response.socket.remoteAddress });
      });
      request.on('close', () => clearTimeout(timer));
      // Stays for what goes wrong after the answer too, which the body tells.
      request.on('error', reject);
      request.end();
    });
  }

  /** Looks names up as Node's `net` asks for it, leaving out the addresses that are not allowed. */
  #lookup(allowed: boolean): LookupFunction {
    return (hostname, options, done) => {
      this.#network.lookup(hostname).then(
        (found) => {
          const usable = allowed ? [...found] : found.filter(({ address }) => !this.#network.isLocal(address));
          const [first] = usable;
          if (first === undefined) done(forbidden(), '', 4);
          else if (options.all) done(null, usable);
          else done(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => done(error, '', 4),
      );
    };
  }

  async *#body(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { stall, stallBytes } = this.#limits;
    let brought = 0;
    const timer = setInterval(() => {
      if (brought < stallBytes)
        response.destroy(new WebTrouble(`stalls: fewer than ${stallBytes} bytes in ${seconds(stall)}`, { again: true }));
      brought = 0;
    }, stall);
    try {
      for await (const piece of response as AsyncIterable<Buffer>) {
        brought += piece.length;
        yield piece;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw troubleOf(error);
    } finally {
      clearInterval(timer);
    }
  }
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
