// The page as scripts/build-web.mjs made it: read whole, once. What a request may get is looked up in this table and never on disk.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { MstError } from '../../core/errors.js';
import { packageRoot } from '../../registry/package.js';
import { Asset } from './asset.js';
import { withPolicy } from './policy.js';

export const INDEX = 'index.html';
/** The sound bank's name, beside the page. */
export const SOUNDS = 'sounds.sf2';

/** Where the page and its sounds are on disk. */
export interface PageSource {
  /** A folder with index.html. */
  readonly page: string;
  /** A soundfont. */
  readonly sounds: string;
}

/** What `npm run build` makes. */
export const builtPage: PageSource = {
  page: join(packageRoot, 'dist', 'serve', 'web'),
  sounds: join(packageRoot, 'dist', 'audio', 'sounds.sf2'),
};

/** Names with a hash of what is in the file, as esbuild (capitals) and others (hexadecimal) write them. */
const HASHED = /[-.]([A-Z2-7]{8}|[0-9a-f]{8,64})\.[a-z0-9.]+$/;
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const LARGEST_PAGE = 64 * 2 ** 20;

/**
 * The files of the page by their addresses relative to it, the sound bank among them.
 * @throws MstError `not-found` when it has not been built
 */
export function readPage({ page, sounds }: PageSource): ReadonlyMap<string, Asset> {
  const files = new Map<string, Asset>();
  let size = 0;
  const add = (name: string, path: string): void => {
    size += statSync(path).size;
    if (size > LARGEST_PAGE) throw new MstError('storage', `${page} is too large for a page.`, { hint: 'Build it again: npm run build' });
    const bytes = readFileSync(path);
    const content = name === INDEX ? new TextEncoder().encode(withPolicy(bytes.toString('utf8'))) : bytes;
    files.set(name, new Asset(name, content, { immutable: HASHED.test(name) }));
  };
  try {
    for (const entry of readdirSync(page, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(page, path).split(sep).join('/');
      if (entry.isFile() && name.split('/').every((part) => PLAIN.test(part))) add(name, path);
    }
    add(SOUNDS, sounds);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw error;
    throw notBuilt(path ?? page, error);
  }
  if (!files.has(INDEX)) throw notBuilt(join(page, INDEX));
  return files;
}

function notBuilt(path: string, cause?: unknown): MstError {
  return new MstError('not-found', `The page has not been built: ${path} is not there.`, { hint: 'Build it: npm run build', cause });
}
