// The order of the house: a file in src/ROOM may import its own room and the rooms below it in this list, never one above.
// From `jam` down rooms are pure: no Node API.   run: node scripts/check-rooms.mjs   (part of `npm run lint`)
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const rooms = [
  'cli',
  'pipeline',
  'train',
  'session',
  'serve',
  'registry',
  'audio',
  'view',
  'jam',
  'model',
  'evaluate',
  'kernels',
  'encoding',
  'extraction',
  'notation',
  'records',
  'music',
  'core',
];
const firstPure = rooms.indexOf('jam');
const faults = [];
for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const room = relative('src', file).split(sep)[0];
  const rank = rooms.indexOf(room);
  if (rank < 0) faults.push(`${file}: src/${room} is not a room of the house`);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    if (target.startsWith('node:') && rank >= firstPure) faults.push(`${file}: a pure room imports ${target}`);
    if (!target.startsWith('.')) continue;
    const other = relative('src', join(dirname(file), target)).split(sep)[0];
    if (rooms.indexOf(other) < rank && other !== '..') faults.push(`${file}: imports uphill from ${other}`);
  }
}
const map = readFileSync('README.md', 'utf8');
for (const { name } of readdirSync('src', { withFileTypes: true })) {
  if (!map.includes(`\n  ${name}/`)) faults.push(`README.md: the map of the source lacks ${name}/`);
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
