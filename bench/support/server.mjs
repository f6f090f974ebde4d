// mst serve as a process of its own, with the starter model and a home that goes with this process.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The running server: its address, its process, and how to end it, which gives back its exit code. */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'mst-serve-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [BIN, 'serve', '--model', 'folk', '--port', '0', '--json', '--home', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`mst serve ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text).url);
    });
  });
  const stop = () => {
    child.kill('SIGINT');
    return ended;
  };
  return { url, pid: child.pid, stop };
}
