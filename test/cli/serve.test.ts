// mst serve as it is installed, with the page that npm run build made: from its first line to its last, for people and for programs.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtPage } from '../../src/serve/site/page-files.js';
import { bodyOf, midiOf, readPredicted, THREE } from '../serve/support/calls.js';
import { ask, modelFiles, post } from '../serve/support/served.js';
import { filesIn, temporaryFolder } from '../support/folder.js';
import { mst, program } from '../support/mst.js';

const built = existsSync(join(builtPage.page, 'index.html')) && existsSync(builtPage.sounds);

interface Running {
  readonly out: () => string;
  readonly err: () => string;
  readonly port: number;
  /** Ends it with a signal; its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts mst serve and waits until it says where it is. */
async function started(
  args: readonly string[],
  { cwd = temporaryFolder(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Running> {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const [, found] = /https?:\/\/[^/]+:(\d+)\//.exec(out) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
  return {
    out: () => out,
    err: () => err,
    port,
    end(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}

describe.skipIf(!built)('mst serve', () => {
  it('says where the page is, serves it with the starter model, answers a call, and ends well', async () => {
    const server = await started([]);
    expect(server.out()).toBe(`The page is at http://127.0.0.1:${server.port}/   (Ctrl-C ends it)\n`);
    await expect.poll(server.err).toBe('Models: folk (first)\n');
    const page = await ask(server.port, '/');
    expect(page.body.toString()).toMatch(/^<!doctype html>/i);
    for (const [, name] of page.body.toString().matchAll(/(?:src|href)="([^":]+)"/g))
      expect((await ask(server.port, `/${name}`)).status).toBe(200);
    const { tones } = readPredicted((await post(server.port, '/predict?duration=6', bodyOf(midiOf(THREE)))).body);
    expect(tones.length).toBeGreaterThan(3);
    expect(await server.end()).toBe(0);
    expect(server.err()).toBe('Models: folk (first)\nStopping. Ctrl-C again quits at once.\n');
  });

  it('MAGENTA_MODEL chooses, MST_MODELS adds, --model goes before, and what is unknown is said', async () => {
    const cwd = temporaryFolder({ ...modelFiles('a/ella', 1, 'ella'), ...modelFiles('b/checkpoints/duke/model', 2, 'duke') });
    const env = { MST_MODELS: `${join(cwd, 'a')}:${join(cwd, 'b')}`, MAGENTA_MODEL: 'duke' };
    const chosen = async (args: readonly string[], more = {}): Promise<unknown> => {
      const server = await started([...args, '--json'], { cwd, env: { ...env, ...more } });
      const { chosen: name, problem } = JSON.parse((await ask(server.port, '/models.json')).body.toString());
      expect(await server.end('SIGTERM')).toBe(0);
      return [name, problem?.message, ...server.err().split('\n').filter((line) => line !== '').map((line) => Object.keys(JSON.parse(line))[0])]; // biome-ignore format: short
    };
    expect(await chosen([])).toEqual(['duke', undefined]);
    expect(await chosen(['--model', 'ella'])).toEqual(['ella', undefined]);
    expect(await chosen(['--model', './a/ella'])).toEqual(['ella', undefined]);
    expect(await chosen([], { MAGENTA_MODEL: 'miles' })).toEqual([expect.stringMatching(/ella|duke/), 'There is no model "miles", which MAGENTA_MODEL names.', 'warning']); // biome-ignore format: short
  });

  it('--json is one document on stdout; --verbose tells of every request; --quiet of nothing', async () => {
    const json = await started(['--json']);
    expect(JSON.parse(json.out())).toEqual({ url: `http://127.0.0.1:${json.port}/`, others: [], port: json.port });
    await json.end();
    const verbose = await started(['--verbose']);
    await ask(verbose.port, '/nothing?x=1%0a');
    await ask(verbose.port, '/');
    await expect.poll(verbose.err).toMatch(/GET "\/nothing\?x=1%0a" 404 \d+ ms\n(.*\n)*GET "\/" 200 \d+ ms\n/);
    await verbose.end();
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const quiet = spawn(process.execPath, [program, 'serve', '--quiet', '--port', String(port)], {
      cwd: temporaryFolder(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const hear = (text: string): void => {
      said += text;
    };
    for (const stream of [quiet.stdout, quiet.stderr]) stream.setEncoding('utf8').on('data', hear);
    const code = new Promise((resolve) => quiet.on('close', resolve));
    await expect.poll(() => ask(port, '/').then(({ status }) => status, () => 0), { timeout: 10_000 }).toBe(200); // biome-ignore format: short
    quiet.kill('SIGINT');
    expect([await code, said]).toEqual([0, '']);
  });

  it('let others in, it says who can do what, and how sound gets to them', async () => {
    const open = await started(['--host', '0.0.0.0']);
    await expect.poll(open.err).toContain('Models:');
    const lan = open.out().includes('From other devices');
    expect(open.err().includes('Everyone who can reach this computer at')).toBe(lan);
    expect(open.err().includes('--https')).toBe(lan);
    await open.end();
    const cwd = temporaryFolder();
    const secure = await started(['--https'], { cwd });
    await expect.poll(secure.err).toContain('Models:');
    expect(secure.err()).toMatch(/signed its certificate itself[\s\S]*SHA-256 fingerprint is ([0-9A-F]{2}:){31}[0-9A-F]{2}/);
    expect(statSync(join(cwd, '.serve-certificate.pem')).mode & 0o077).toBe(0);
    await secure.end();
  });

  it('--open opens the page with what the system has', async () => {
    const cwd = temporaryFolder({ 'bin/xdg-open': '#!/bin/sh\nprintf %s "$1" > "$OPENED.part" && mv "$OPENED.part" "$OPENED"\n' });
    if (process.platform !== 'linux') return;
    chmodSync(join(cwd, 'bin/xdg-open'), 0o755);
    const opened = join(cwd, 'opened');
    const server = await started(['--open'], { cwd, env: { PATH: `${join(cwd, 'bin')}:${process.env.PATH}`, OPENED: opened } });
    await expect.poll(() => (existsSync(opened) ? readFileSync(opened, 'utf8') : '')).toBe(`http://127.0.0.1:${server.port}/`);
    await server.end();
    const without = await started(['--open'], { cwd, env: { PATH: join(cwd, 'nothing') } });
    await expect.poll(without.err).toContain(`open http://127.0.0.1:${without.port}/ yourself`);
    expect(await without.end()).toBe(0);
  });

  it('--export writes a folder, again too, and refuses one with other things in it', async () => {
    const cwd = temporaryFolder(modelFiles('checkpoints/ella/model', 1, 'ella'));
    const words = await mst(['serve', '--export', 'site'], { cwd });
    expect(words).toMatchObject({ code: 0, stdout: expect.stringMatching(/site: the web app with 2 models, \d+ files, [\d.]+ MB\.\n/) });
    const written = filesIn(join(cwd, 'site'));
    expect(JSON.parse(written['models.json'] ?? '').models).toHaveLength(2);
    const json = await mst(['serve', '--export', 'site', '--json', '--model', 'folk'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ directory: join(cwd, 'site'), models: ['ella', 'folk'], chosen: 'folk' });
    expect(readdirSync(cwd).sort()).toEqual(['checkpoints', 'site']);
    writeFileSync(join(cwd, 'site', 'CNAME'), 'x');
    expect(await mst(['serve', '--export', 'site'], { cwd })).toMatchObject({ code: 1, stderr: expect.stringContaining('CNAME') });
    expect((await mst(['serve', '--export', 'site', '--force'], { cwd })).code).toBe(0);
    expect(await mst(['serve', '--export', 'site', '--https'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--https'),
    });
  });

  it('a port that is taken ends it with one that is free', async () => {
    const { port, end } = await started([]);
    const second = await mst(['serve', '--port', String(port)], { cwd: temporaryFolder() });
    expect(second).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/taken by another program\.\n {5}This one is free: mst serve --port \d+\n$/),
    });
    await end();
  });
});
