// The web app's page with a session that only looks like one, bundled and served on this machine under a strict policy, for pictures
// (scripts/screenshots.mjs) and tests (test/browser/page.test.ts).
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildPage } from './build-web.mjs';

/** As mst serve has it: nothing inline, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' };
const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
];

/** Where a browser is. */
export const findChromium = () => process.env.MST_CHROMIUM || USUAL.find((path) => existsSync(path));

/**
 * Serves the page.
 * @returns its address, to which # and the name of a state are added; the files it is made of; and what ends it
 */
export async function serveStory() {
  const files = await buildPage('src/serve/web/ui/story/story.ts');
  const server = createServer((request, response) => {
    const name = new URL(request.url, 'http://localhost').pathname.slice(1) || 'index.html';
    const bytes = files.get(name);
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)], 'content-security-policy': POLICY }).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    files,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
