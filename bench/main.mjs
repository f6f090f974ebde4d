// npm run bench -- NAME [OPTIONS]: builds mst, then runs bench/NAME.mjs. Benches print; they never fail on a figure.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [name] = process.argv.splice(2, 1);
const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith('.mjs') && file !== 'main.mjs')
  .map((file) => file.slice(0, -4));
if (!names.includes(name)) {
  console.error(`Which bench? There are: ${names.join(', ')}.`);
  process.exit(2);
}
await import(`./${name}.mjs`);
