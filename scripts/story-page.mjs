// The web app's page with a session that only looks like one (src/serve/web/ui/story), bundled for the pictures that scripts/screenshots.mjs
// makes, and given to the browser without a server.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
/** Where the page says that it is; # and the name of a state are added. */
export const ADDRESS = 'http://127.0.0.1/';

/** Bundles the page. @returns what answers a Playwright page's requests with its files */
export function bundleStory() {
  const folder = mkdtempSync(join(tmpdir(), 'mst-story-'));
  execFileSync(process.execPath, ['scripts/build-web.mjs', 'src/serve/web/ui/story/story.ts', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const files = new Map(
    readdirSync(folder).map((name) => [name, { body: readFileSync(join(folder, name)), contentType: TYPES[name.split('.').at(-1)] }]),
  );
  rmSync(folder, { recursive: true });
  return (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    return route.fulfill(files.get(name) ?? { status: 404 });
  };
}
