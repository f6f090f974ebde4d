// The socket: who may speak to us and how slowly, headers of every answer, and an end that lets answers be finished.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { MstError } from '../../core/errors.js';
import { securityHeaders } from '../site/policy.js';
import type { AllowedHosts } from './addresses.js';
import { type AppParts, createApp } from './app.js';
import type { Refusal } from './refusal-log.js';

/** Milliseconds, and how many. */
export interface Limits {
  /** Until the headers of a request have come; over https, until both sides have agreed on how to encrypt. */
  readonly headers: number;
  /** Until a request has come whole. */
  readonly request: number;
  /** Between two requests of a connection. */
  readonly pause: number;
  /** Without a byte in either direction. */
  readonly silence: number;
  readonly connections: number;
}

export const usualLimits: Limits = { headers: 10_000, request: 20_000, pause: 5000, silence: 60_000, connections: 1024 };

const LARGEST_HEADERS = 16 * 1024;
/** As many headers as there is room for: of more than a number Node would leave out the rest, and with them what is checked. */
const ALL_HEADERS = 0;
/** Milliseconds between two looks for connections that are too slow. */
const LOOKING = 1000;
/** Ports that are tried for the word on which one is free. */
const NEIGHBOURS = 20;

export interface SocketSettings {
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly allowed: AllowedHosts;
  readonly limits: Limits;
  readonly app: AppParts;
  readonly refused: (kind: Refusal) => void;
  /** Told of every answer, where that is wanted. */
  readonly said: ((method: string, path: string, status: number, milliseconds: number) => void) | undefined;
  readonly clock: () => number;
}

export interface OpenSocket {
  readonly port: number;
  /** Takes no more requests, lets those that run be answered for so many milliseconds, and closes. */
  stop(grace: number): Promise<void>;
}

/** @throws MstError `usage` or `exists` when the port or the address cannot be had */
export async function openSocket(settings: SocketSettings): Promise<OpenSocket> {
  const { limits, tls, refused } = settings;
  const options = {
    headersTimeout: limits.headers,
    handshakeTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.pause,
    connectionsCheckingInterval: LOOKING,
    maxHeaderSize: LARGEST_HEADERS,
  };
  let stopping = false;
  const handle = handler(settings);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping) response.shouldKeepAlive = false;
    response.once('finish', () => {
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    handle(request, response);
  };
  const server: Server = tls === undefined ? createServer(options, onRequest) : createSecureServer({ ...options, ...tls }, onRequest);
  server.maxConnections = limits.connections;
  server.maxHeadersCount = ALL_HEADERS;
  server.setTimeout(limits.silence);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Whoever hangs up does no wrong.
    if (error.code !== 'ECONNRESET') refused('malformed');
    const status = statusOf(error);
    if (status !== undefined && socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else socket.destroy();
  });
  // Those, too, that have not come so far as to be a connection of HTTP.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, settings);
  return {
    port: (server.address() as AddressInfo).port,
    async stop(grace) {
      stopping = true;
      // Connections that wait for nothing are closed with it.
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, grace);
      await closed;
      clearTimeout(deadline);
    },
  };
}

/** What is answered to what is no request; undefined where there is nobody to understand an answer, as before https has begun. */
function statusOf({ code = '' }: NodeJS.ErrnoException): string | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  return code.startsWith('HPE_') ? '400 Bad Request' : undefined;
}

function handler({
  allowed,
  app: parts,
  refused,
  said,
  clock,
}: SocketSettings): (request: IncomingMessage, response: ServerResponse) => void {
  const app = createApp(parts);
  const answer = getRequestListener(app.fetch, {
    errorHandler: () => new Response(null, { status: 400 }),
  });
  const refuse = (response: ServerResponse, kind: Refusal, text: string): void => {
    refused(kind);
    // A body that comes along is not waited for.
    response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(text);
  };
  return (request, response) => {
    const began = clock();
    if (said !== undefined) {
      response.once('close', () => said(request.method ?? '', request.url ?? '', response.statusCode, clock() - began));
    }
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const { host, origin } = request.headers;
    if (!allowed.allows(host)) {
      refuse(
        response,
        'host',
        'This server does not go by that name. Whoever runs it can let the name in: mst serve --allowed-host NAME\n',
      );
    } else if (request.method !== 'GET' && request.method !== 'HEAD' && !allowed.allowsOrigin(origin, host, siteOf(request))) {
      refuse(response, 'origin', 'Pages of other sites cannot use this server.\n');
    } else {
      void answer(request, response);
    }
  };
}

function siteOf({ headers }: IncomingMessage): string | undefined {
  const site = headers['sec-fetch-site'];
  return Array.isArray(site) ? site[0] : site;
}

async function listen(server: Server, { host, port }: SocketSettings): Promise<void> {
  const code = await tryPort(server, host, port);
  if (code === undefined) return;
  if (code === 'EADDRINUSE') {
    const free = await nextFree(host, port);
    throw new MstError('exists', `Port ${port} is taken by another program.`, {
      hint: free === undefined ? 'Choose another: mst serve --port 0 finds one.' : `This one is free: mst serve --port ${free}`,
    });
  }
  if (code === 'EACCES') {
    throw new MstError('usage', `Port ${port} needs the rights of an administrator.`, {
      hint: 'Choose one from 1024 on: mst serve --port 8080',
    });
  }
  throw new MstError('usage', `${host} is no address of this computer (${code}).`, {
    hint: 'Leave --host out for this computer alone, or give --host 0.0.0.0 for all that can reach it.',
  });
}

/** The code of what went wrong. */
function tryPort(server: Server, host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'EUNKNOWN');
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve(undefined);
    });
  });
}

async function nextFree(host: string, taken: number): Promise<number | undefined> {
  for (let port = taken + 1; port <= Math.min(65535, taken + NEIGHBOURS); port++) {
    const probe = createServer();
    if ((await tryPort(probe, host, port)) !== undefined) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
  return undefined;
}
