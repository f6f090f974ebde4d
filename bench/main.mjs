// npm run bench -- NAME [OPTIONS]: builds mst, then runs bench/NAME.mjs. Without a name it lists them. Benches print; they never fail on a
// figure, except `mutate`, whose figure is how many files broke the program.
import { readdirSync, readFileSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const [name] = process.argv.splice(2, 1);
const names = readdirSync(here)
  .filter((file) => file.endsWith('.mjs') && file !== 'main.mjs')
  .map((file) => file.slice(0, -4));
if (!names.includes(name)) {
  console.error('Which bench? Each says at its top what it takes.');
  for (const known of names) console.error(`  ${known.padEnd(12)} ${about(known)}`);
  process.exit(2);
}
await import(`./${name}.mjs`);

/** The first sentence of what a bench says of itself. */
function about(known) {
  const text = readFileSync(new URL(`${known}.mjs`, here), 'utf8');
  const comment = text.slice(0, text.search(/^(?!\/\/)/m)).replaceAll(/^\/\/ /gm, '');
  return comment.replaceAll('\n', ' ').split(/[.:;] /)[0];
}
