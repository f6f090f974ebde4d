// The web app as users have it, for tests: served by `mst serve`, and as the folder of `mst serve --export` on a plain file server that knows
// nothing of mst, in a folder of its host. Both have the starter model, a small one of random weights, and one whose weights are cut off.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { modelFiles } from '../../serve/support/served.js';
import { addFiles } from '../folder.js';
import { mst, program } from '../mst.js';

export interface AppSite {
  readonly name: 'mst serve' | 'exported';
  /** Of the page, with a slash at its end. */
  readonly url: string;
  /** The same from other devices, if they could reach it. */
  readonly others: readonly string[];
  stop(): Promise<unknown>;
}

/** Where the exported site lies on its host. */
const UNDER = '/music/jam/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

/** Starts both, which end with `stop`; what they need on disk goes with `clear`. */
export async function startSites(): Promise<{ readonly sites: readonly AppSite[]; clear(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'mst-test-'));
  const env = { MST_HOME: join(folder, 'home') };
  const models = join(folder, 'home/checkpoints');
  addFiles(models, modelFiles('second/model', 3, 'second'));
  addFiles(models, modelFiles('broken/model', 4, 'broken'));
  truncateSync(join(models, 'broken/model/group1-shard1of1'), 1000);
  const sites = await Promise.all([served(folder, env), exported(folder, env)]);
  return {
    sites,
    async clear() {
      await Promise.all(sites.map((site) => site.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function served(cwd: string, env: Readonly<Record<string, string>>): Promise<AppSite> {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--host', '0.0.0.0', '--model', 'folk', '--json'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const said = await new Promise<{ url: string; others: string[] }>((resolve, reject) => {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.trimEnd().endsWith('}')) resolve(JSON.parse(out));
    });
    void ended.then((code) => reject(new Error(`mst serve ended with ${code}.`)));
  });
  const stop = (): Promise<unknown> => {
    child.kill('SIGINT');
    return ended;
  };
  return { name: 'mst serve', url: said.url, others: said.others, stop };
}

async function exported(cwd: string, env: Readonly<Record<string, string>>): Promise<AppSite> {
  const site = join(cwd, 'site');
  const { code, stderr } = await mst(['serve', '--export', 'site', '--model', 'folk'], { cwd, env });
  if (code !== 0) throw new Error(stderr);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://host').pathname);
    const file = join(site, path === UNDER ? 'index.html' : path.slice(UNDER.length - 1));
    if (!path.startsWith(UNDER) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { name: 'exported', url: `http://127.0.0.1:${port}${UNDER}`, others: [], stop };
}
