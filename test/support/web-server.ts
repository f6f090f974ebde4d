// A web server on this computer that behaves as badly as a test asks it to, by node:http, and a clock that sleeps at once.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Time } from '../../src/pipeline/fetch/web/time.js';

/** One request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** What is at a path: bytes or text to be served, or a function that answers itself. */
export type Served =
  | string
  | Uint8Array
  | { readonly body: string | Uint8Array; readonly headers?: Readonly<Record<string, string>>; readonly status?: number }
  | ((request: IncomingMessage, response: ServerResponse, asked: number) => void);

export interface WebServer {
  /** http://127.0.0.1:PORT, without a slash at its end. */
  readonly origin: string;
  readonly port: number;
  /** Every request so far, but for robots.txt. */
  readonly asked: Asked[];
  /** How often robots.txt was asked for. */
  readonly robots: Asked[];
  readonly paths: readonly string[];
}

/** Serves `files` by path until the test ends; what is not there is 404 with a page of HTML. */
export async function serve(files: Readonly<Record<string, Served>>): Promise<WebServer> {
  const asked: Asked[] = [];
  const robots: Asked[] = [];
  const counts = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const list = path === '/robots.txt' ? robots : asked;
    list.push({ method: request.method ?? '', path, headers: request.headers });
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const served = Object.hasOwn(files, path) ? files[path] : undefined;
    if (served === undefined) {
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<!doctype html><title>404</title><a href="/a.mid">a</a>');
    } else if (typeof served === 'function') served(request, response, count);
    else {
      const { body, headers = {}, status = 200 } = typeof served === 'string' || served instanceof Uint8Array ? { body: served } : served;
      const bytes = Buffer.from(body as string);
      const type = typeof body === 'string' && /^\s*</.test(body) ? { 'Content-Type': 'text/html; charset=utf-8' } : {};
      response.writeHead(status, { 'Content-Length': bytes.length, ...type, ...headers });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    }
  });
  // A client that hangs up is none of the server's business.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    asked,
    robots,
    get paths() {
      return asked.map(({ path }) => path);
    },
  };
}

/** Serves bytes as a good server does: with an ETag, ranges, If-Range and If-None-Match. */
export function ranged(
  bytes: Uint8Array,
  { etag = '"one"', breakAt }: { etag?: string; breakAt?: (asked: number) => number | undefined } = {},
): Served {
  return (request, response, asked) => {
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { ETag: etag }).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
    const partly = from >= 0 && request.headers['if-range'] === etag;
    const start = partly ? from : 0;
    const rest = bytes.subarray(start);
    const range = partly ? { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(partly ? 206 : 200, { 'Content-Length': rest.length, ETag: etag, 'Accept-Ranges': 'bytes', ...range });
    const end = breakAt?.(asked);
    if (request.method === 'HEAD') response.end();
    else if (end === undefined || end >= bytes.length) response.end(rest);
    else breakOff(response, rest.subarray(0, Math.max(0, end - start)));
  };
}

/** Sends bytes and then hangs up. */
export function breakOff(response: ServerResponse, bytes: Uint8Array): void {
  response.write(bytes, () => setTimeout(() => response.destroy(), 5));
}

/** A clock that stands still but for sleeping, which takes no time; it remembers every sleep. */
export function virtualTime(start = Date.UTC(2026, 0, 1)): Time & { readonly slept: number[]; readonly begin: number } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    begin: start,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      slept.push(milliseconds);
      now += Math.max(0, milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
  };
}
