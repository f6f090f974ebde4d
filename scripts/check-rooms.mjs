// The order of the house: a file in src/ROOM may import its own room and the rooms below it in this list, never one above, and no file itself
// by way of others. From `jam` down rooms are pure: no Node API.   run: node scripts/check-rooms.mjs   (part of `npm run lint`)
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
/** What each file imports of src, by path without ending. */
const imports = new Map();
for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const room = relative('src', file).split(sep)[0];
  const rank = rooms.indexOf(room);
  const imported = [];
  imports.set(withoutEnding(file), imported);
  if (rank < 0) faults.push(`${file}: src/${room} is not a room of the house`);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
    if (target.startsWith('node:') && rank >= firstPure) faults.push(`${file}: a pure room imports ${target}`);
    if (!target.startsWith('.')) continue;
    const path = join(dirname(file), target);
    imported.push(withoutEnding(path));
    const other = relative('src', path).split(sep)[0];
    if (rooms.indexOf(other) < rank && other !== '..') faults.push(`${file}: imports uphill from ${other}`);
  }
}
for (const circle of circles()) faults.push(`These import each other in a circle: ${circle.join(', ')}`);
const map = readFileSync('README.md', 'utf8');
for (const { name } of readdirSync('src', { withFileTypes: true })) {
  if (!map.includes(`\n  ${name}/`)) faults.push(`README.md: the map of the source lacks ${name}/`);
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}

function withoutEnding(path) {
  return path.replace(/\.(tsx?|js)$/, '');
}

/** Files of which each leads to the next, and the last to the first: what a walk along the imports comes back to. */
function circles() {
  const found = [];
  const done = new Set();
  const walk = (file, way) => {
    const at = way.indexOf(file);
    if (at >= 0) found.push(way.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}
