// Files on their way from the web, in a hidden folder of a dataset: what an interrupted fetch has brought of each, so that the next one
// goes on from there. One file of bytes and one of facts for every address; the facts are written first. Only one process may be at it.

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { storing, sweepAbandoned, writeAll, writeFileAtomic } from '../../../registry/files.js';
import { removeEmptyFolders } from '../staging.js';
import type { Validators } from './headers.js';

/** Name of the folder in a dataset's folder. */
const FOLDER = '.downloading';

/** What is known of bytes that are not all there yet. */
export interface PartFacts extends Validators {
  /** Codings the bytes are packed in. */
  readonly encodings: readonly string[];
}

/** What is known of a whole file. */
export interface WholeFacts extends Validators {
  /** A safe relative name, with its ending. */
  readonly name: string;
  readonly licence?: string;
}

interface Record {
  readonly url: string;
  readonly part?: PartFacts;
  readonly whole?: WholeFacts;
}

/** The bytes of one address so far. */
export class Part {
  readonly path: string;
  readonly facts: PartFacts;
  #size: number;
  #descriptor: number | undefined;

  constructor(path: string, facts: PartFacts, size: number) {
    this.path = path;
    this.facts = facts;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds bytes at the end. @throws MstError `storage` */
  append(bytes: Uint8Array): void {
    storing(this.path, () => {
      if (this.#descriptor === undefined) {
        this.#descriptor = openSync(this.path, 'a');
        ftruncateSync(this.#descriptor, this.#size);
      }
      writeAll(this.#descriptor, bytes);
    });
    this.#size += bytes.length;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

export class Partials {
  readonly #dataset: string;
  readonly #folder: string;
  readonly #used = new Set<string>();

  /**
   * @param dataset the dataset; nothing is made in it before there is something to keep
   * @param oldest what was last written before this time, in milliseconds since 1970, is thrown away
   * @throws MstError `storage`
   */
  constructor(dataset: string, oldest: number) {
    this.#dataset = dataset;
    this.#folder = join(dataset, FOLDER);
    sweepAbandoned(this.#folder);
    this.#remove((path) => statSync(path).mtimeMs < oldest);
  }

  /** Throws everything away that was brought before. */
  clear(): void {
    this.#remove(() => true);
  }

  /** The whole file of an address, if it was brought by a fetch that did not end well. */
  whole(url: string): { path: string; facts: WholeFacts } | undefined {
    const facts = this.#read(url)?.whole;
    const path = facts && this.#wholePath(url, facts.name);
    if (facts === undefined || path === undefined || !existsSync(path)) return undefined;
    this.#used.add(url);
    return { path, facts };
  }

  /** What there is of an address, if anything. */
  part(url: string): Part | undefined {
    const facts = this.#read(url)?.part;
    const path = this.#path(url, '.part');
    return facts !== undefined && existsSync(path) ? new Part(path, facts, statSync(path).size) : undefined;
  }

  /** Begins an address anew. @throws MstError `storage` */
  begin(url: string, facts: PartFacts): Part {
    this.drop(url);
    this.#write(url, { url, part: facts });
    const part = new Part(this.#path(url, '.part'), facts, 0);
    part.append(new Uint8Array());
    return part;
  }

  /** A path beside the parts for something made from one. */
  beside(url: string): string {
    return this.#path(url, '.unpacked');
  }

  /** Makes the file at `path`, a part or something beside it, the whole of an address. @returns where it is then; @throws MstError `storage` */
  finish(url: string, path: string, facts: WholeFacts): string {
    const to = this.#wholePath(url, facts.name);
    storing(to, () => renameSync(path, to));
    this.#write(url, { url, whole: facts });
    rmSync(this.#path(url, '.part'), { force: true });
    this.#used.add(url);
    return to;
  }

  /** Forgets an address. */
  drop(url: string): void {
    const whole = this.#read(url)?.whole;
    if (whole !== undefined) rmSync(this.#wholePath(url, whole.name), { force: true });
    for (const ending of ['.json', '.part', '.unpacked']) rmSync(this.#path(url, ending), { force: true });
  }

  /** Lets go: of whole files too if they are where they belong (`settled`). Removes the folders that leaves empty. */
  close({ settled }: { settled: boolean }): void {
    if (settled) for (const url of this.#used) this.drop(url);
    try {
      rmdirSync(this.#folder);
    } catch {
      return;
    }
    removeEmptyFolders(dirname(dirname(this.#dataset)), [this.#folder]);
  }

  #remove(isOld: (path: string) => boolean): void {
    if (!existsSync(this.#folder)) return;
    const paths = readdirSync(this.#folder).map((name) => join(this.#folder, name));
    for (const path of paths.filter(isOld)) rmSync(path, { recursive: true, force: true });
  }

  #read(url: string): Record | undefined {
    try {
      const record = JSON.parse(readFileSync(this.#path(url, '.json'), 'utf8')) as Record;
      return record.url === url ? record : undefined;
    } catch {
      return undefined;
    }
  }

  #write(url: string, record: Record): void {
    writeFileAtomic(this.#path(url, '.json'), `${JSON.stringify(record)}\n`);
  }

  #wholePath(url: string, name: string): string {
    return this.#path(url, `.whole${/(\.tar\.gz|\.[a-z0-9]{1,10})$/i.exec(name)?.[0].toLowerCase() ?? ''}`);
  }

  #path(url: string, ending: string): string {
    return join(this.#folder, `${createHash('sha256').update(url).digest('hex').slice(0, 40)}${ending}`);
  }
}
