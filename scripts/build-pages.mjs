// Bundles the scripts and styles of the pages that mst writes (src/view/web) and writes them as TypeScript modules into src/view/generated,
// so that they travel inside the program and stand in the pages themselves.   run: npm run build:pages
// Beside each text stands its hash, as a Content-Security-Policy names it. The same sources give the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const sources = 'src/view/web';
const target = 'src/view/generated';
const pages = ['explain', 'share'];

async function bundled(entry, options) {
  const { outputFiles } = await build({
    entryPoints: [join(sources, entry)],
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    target: ['chrome103', 'firefox113', 'safari16.4'],
    ...options,
  });
  const text = outputFiles[0].text.trim();
  // What stands between tags of a page must not end them.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${entry} cannot stand in a page`);
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` };
}

mkdirSync(target, { recursive: true });
for (const page of pages) {
  const script = await bundled(`${page}.ts`, { format: 'iife' });
  const style = await bundled(`${page}.css`, {});
  writeFileSync(
    join(target, `${page}-page.ts`),
    `// Written by scripts/build-pages.mjs from ${sources}/${page}.ts and ${page}.css; do not edit.\n` +
      `export const script = ${JSON.stringify(script)};\nexport const style = ${JSON.stringify(style)};\n`,
  );
  console.log(`${page}: ${script.text.length} characters of script, ${style.text.length} of style`);
}
