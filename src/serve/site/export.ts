// The site as a folder that any web host can serve: written beside its place and then renamed, so that it is whole or as it was before.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { storing, temporaryName, writeFileAtomic } from '../../registry/files.js';
import { quoted } from '../../registry/home.js';
import { LISTING } from '../listing.js';
import type { ModelFile } from '../models/model-files.js';
import { INDEX } from './page-files.js';
import type { Found, Site } from './site.js';

/** Ends the kinds of files that an export has at its top, beside the folder `models`. */
const OWN = /\.(css|html|ico|js|json|map|mjs|png|sf2|svg|txt|wasm|webmanifest|webp|woff2)$/;
/** A text file that people put beside a page for others to find is theirs. */
const THEIRS = /^(robots|ads|security)\.txt$/;
const FOLDERS = new Set(['models', 'assets']);

export interface Exported {
  readonly directory: string;
  readonly files: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * Writes the site. An earlier export is replaced; with `force` any other folder's own files stay and ours are written among them.
 * @throws MstError `exists` for a folder with other things in it, `storage`
 */
export async function exportSite(site: Site, directory: string, { force }: { force: boolean }): Promise<Exported> {
  const state = stateOf(directory);
  if (state.kind === 'file') {
    throw new MstError('exists', `${directory} is a file.`, { hint: 'Give the name of a folder: mst serve --export FOLDER' });
  }
  if (state.kind === 'other' && !force) {
    const some = state.names.slice(0, 3).join(', ');
    throw new MstError('exists', `${directory} is no earlier export: it has ${some} in it${state.names.length > 3 ? ', and more' : ''}.`, {
      hint: `Choose another folder, or write among what is there: mst serve --export ${quoted(directory)} --force`,
    });
  }
  const all = await site.all();
  const size = all.reduce((sum, [, found]) => sum + (found.kind === 'asset' ? found.asset.bytes.length : found.file.size), 0);
  if (state.kind === 'other') for (const [address, found] of all) writeFound(join(directory, address), found);
  else replaceFolder(directory, all);
  return { directory, files: all.length, size };
}

type State = { readonly kind: 'free' | 'export' | 'file' } | { readonly kind: 'other'; readonly names: readonly string[] };

function stateOf(directory: string): State {
  if (!existsSync(directory)) return { kind: 'free' };
  if (!statSync(directory).isDirectory()) return { kind: 'file' };
  const entries = storing(directory, () => readdirSync(directory, { withFileTypes: true }));
  if (entries.length === 0) return { kind: 'free' };
  const strange = entries.filter((entry) =>
    entry.isDirectory() ? !FOLDERS.has(entry.name) : !OWN.test(entry.name) || THEIRS.test(entry.name),
  );
  const names = (strange.length > 0 ? strange : entries).map(({ name }) => name);
  return strange.length === 0 && isExport(directory) ? { kind: 'export' } : { kind: 'other', names };
}

/** Whether it has a page and a list of models as we write them. */
function isExport(directory: string): boolean {
  try {
    const listing = JSON.parse(readFileSync(join(directory, LISTING), 'utf8')) as { version?: unknown; models?: unknown } | null;
    return existsSync(join(directory, INDEX)) && typeof listing?.version === 'string' && Array.isArray(listing.models);
  } catch {
    return false;
  }
}

function replaceFolder(directory: string, all: readonly [string, Found][]): void {
  const fresh = temporaryName(directory);
  const old = temporaryName(`${directory}.replaced`);
  try {
    for (const [address, found] of all) writeFound(join(fresh, address), found);
    storing(directory, () => {
      if (existsSync(directory)) renameSync(directory, old);
      try {
        renameSync(fresh, directory);
      } catch (error) {
        if (existsSync(old)) renameSync(old, directory);
        throw error;
      }
      rmSync(old, { recursive: true, force: true });
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function writeFound(path: string, found: Found): void {
  writeFileAtomic(path, found.kind === 'asset' ? found.asset.bytes : bytesOf(found.file));
}

/** The bytes of a model's file, which its address is made of. */
function bytesOf({ path, hash }: ModelFile): Uint8Array {
  const bytes = storing(path, () => readFileSync(path));
  if (createHash('sha256').update(bytes).digest('hex') === hash) return bytes;
  throw new MstError('storage', `${path} has just changed.`, { hint: 'Run the same command again.' });
}
