// A server of a test's own: a small page, small models, a free port; and clients that say exactly what they are told to, to the byte.

import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { encodeModel } from '../../../src/model/model-format.js';
import { resolveHome } from '../../../src/registry/home.js';
import { type RunningServer, type ServerSettings, startServer } from '../../../src/serve/serve.js';
import { addFiles, temporaryFolder } from '../../support/folder.js';
import { randomModel } from '../../support/models.js';

export const SCRIPT = 'main-0123456789ab.js';
/** A page, by file. */
export const PAGE: Readonly<Record<string, string>> = {
  'index.html': `<!doctype html><html><head>\n<meta charset="utf-8"><title>Test</title><script type="module" src="${SCRIPT}"></script></head><body></body></html>\n`,
  [SCRIPT]: 'export const long = 1;\n'.repeat(200),
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  '.hidden': 'secret',
};
export const SOUNDS = 'RIFF-sounds'.repeat(50);

/** The files of a small model. */
export function modelFiles(under: string, seed = 1, name = under): Record<string, Uint8Array> {
  const files = encodeModel(randomModel('lookback_rnn', [8], { name }, seed));
  return Object.fromEntries([...files].map(([file, bytes]) => [join(under, file), bytes]));
}

export interface Served {
  readonly server: RunningServer;
  readonly port: number;
  /** The folder with home/, shelves, page/ and shipped/. */
  readonly folder: string;
  /** What the log was told. */
  readonly notes: string[];
  readonly warnings: string[];
}

export interface ServedOptions extends Partial<Omit<ServerSettings, 'home' | 'log' | 'source'>> {
  /** Put into the folder: home/checkpoints/NAME/… are models. By default the package ships one called folk. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Names of folders within it that MST_MODELS would list. */
  readonly shelves?: readonly string[];
}

export const SHIPPED = modelFiles('shipped/checkpoints/folk/model', 9, 'folk');

/** Starts a server that ends with the test. */
export async function served({ files = SHIPPED, shelves = [], ...settings }: ServedOptions = {}): Promise<Served> {
  const folder = temporaryFolder({ 'home/.keep': '', 'sounds.sf2': SOUNDS, ...files });
  addFiles(join(folder, 'page'), PAGE);
  const notes: string[] = [];
  const warnings: string[] = [];
  const server = await startServer({
    home: resolveHome({ current: folder, asked: 'home', shelves, shipped: join(folder, 'shipped') }),
    current: folder,
    log: { note: (text) => notes.push(text), warn: (text) => warnings.push(text) },
    clock: Date.now,
    source: { page: join(folder, 'page'), sounds: join(folder, 'sounds.sf2') },
    host: '127.0.0.1',
    port: 0,
    https: false,
    ...settings,
  });
  onTestFinished(() => server.stop());
  return { server, port: server.port, folder, notes, warnings };
}

export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request by node:http, which leaves paths and headers as they are given. */
export function ask(
  port: number,
  path: string,
  { body, ...options }: RequestOptions & { body?: string | Uint8Array } = {},
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

export const post = (port: number, path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Heard> =>
  ask(port, path, { method: 'POST', body, headers });

/** The reason in an answer of JSON. */
export function reason({ body }: Heard): { message: string; hint?: string } {
  return (JSON.parse(body.toString('utf8')) as { error: { message: string; hint?: string } }).error;
}

/** Sends bytes over a bare socket; everything that comes back until the other side ends. */
export function raw(port: number, text: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (data) => {
      heard += data;
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(heard) : reject(error)));
    socket.write(text);
  });
}
