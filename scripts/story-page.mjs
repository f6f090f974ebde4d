// The web app's page with a session that only looks like one (src/serve/web/ui/story), bundled and served on this machine under a strict
// policy, for the pictures that scripts/screenshots.mjs makes.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As mst serve has it: nothing inline, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'";
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };

/** Serves the page. @returns its address, to which # and the name of a state are added, and what ends it */
export async function serveStory() {
  const folder = mkdtempSync(join(tmpdir(), 'mst-story-'));
  execFileSync(process.execPath, ['scripts/build-web.mjs', 'src/serve/web/ui/story/story.ts', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const server = createServer(({ url }, response) => {
    const [, name = 'index.html'] = /^\/([\w.-]+)$/.exec(new URL(url, 'http://localhost').pathname) ?? [];
    try {
      const bytes = readFileSync(join(folder, name));
      response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)], 'content-security-policy': POLICY }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}
