// Bundles the web app (src/serve/web) into dist/serve/web: the page with its style, its workers and its audio thread, in files whose names
// tell their contents, all side by side and named relatively, so that any folder of any host serves them.   run: npm run build:web
// Another script's page in another folder (a test's): node scripts/build-web.mjs SCRIPT FOLDER
// The same sources give the same bytes. The sizes a browser loads are printed; more than it should load at first is an error.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const source = 'src/serve/web';
const template = join(source, 'index.html');
/** Scripts beside the page's own, by what addresses.ts calls them. */
const others = {
  worklet: 'sound/worklet.ts',
  modelWorker: 'jam/model-worker.ts',
  tickerWorker: 'jam/ticker-worker.ts',
  renderWorker: 'recording/render-worker.ts',
};
const BANK = 'sounds.sf2';
/** Bytes, compressed, of everything but sound bank and models. */
const MOST_AT_FIRST = 1.5e6;

/** Bundles one script. Returns what it makes by ending: js, and css when it imports style. */
async function bundled(entry, options = {}) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile: 'bundle.js',
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    format: 'iife',
    target: ['chrome103', 'firefox114', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    ...options,
  });
  return Object.fromEntries(outputFiles.map(({ path, contents }) => [path.split('.').at(-1), Buffer.from(contents)]));
}

function hashed(name, ending, bytes) {
  return `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.${ending}`;
}

function kebab(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Bundles a page around an entry script. Returns the files by name, index.html among them. */
async function buildPage(entry) {
  const files = new Map();
  const addresses = { bank: BANK };
  for (const [name, script] of Object.entries(others)) {
    const { js } = await bundled(join(source, script));
    const file = hashed(kebab(name), 'js', js);
    files.set(file, js);
    addresses[name] = file;
  }
  const { js, css = Buffer.of() } = await bundled(entry, { define: { __ADDRESSES__: JSON.stringify(addresses) } });
  const [script, style] = [hashed('main', 'js', js), hashed('app', 'css', css)];
  files.set(script, js);
  files.set(style, css);
  const html = readFileSync(template, 'utf8').replace('"main.js"', `"${script}"`).replace('"app.css"', `"${style}"`);
  if (!html.includes(script) || !html.includes(style)) throw new Error(`${template} does not name main.js and app.css`);
  files.set('index.html', Buffer.from(html));
  return files;
}

/** @param entry the page's script, which may be a test's; @param target folder for the files, and nothing else */
async function main(entry = join(source, 'main.tsx'), target = 'dist/serve/web') {
  const files = await buildPage(entry);
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(target)) if (!files.has(name)) rmSync(join(target, name), { recursive: true });
  let total = 0;
  for (const [name, bytes] of files) {
    writeFileSync(join(target, name), bytes);
    const compressed = brotliCompressSync(bytes).length;
    total += compressed;
    console.log(`${name}: ${Math.ceil(bytes.length / 1024)} kB, ${Math.ceil(compressed / 1024)} kB compressed`);
  }
  console.log(`The web app: ${Math.ceil(total / 1024)} kB compressed`);
  if (total > MOST_AT_FIRST) throw new Error(`That is more than ${MOST_AT_FIRST / 1000} kB.`);
}

await main(...process.argv.slice(2));
