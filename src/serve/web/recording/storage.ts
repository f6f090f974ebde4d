// Recordings in the browser's IndexedDB: their logs in parts that are only ever added, the changes to them beside. Several pages may use it
// at once; each adds to recordings of its own. What it gives back is as it lies there, checked by those who read it.

import { MstError } from '../../../core/errors.js';
import type { KeptRecording } from '../page-session.js';
import { joinParts, LONGEST_TEXT, type LogPart, newestFirst, readSummary } from './recording-text.js';

const NAME = 'mst-recordings';
const VERSION = 1;
const RECORDINGS = 'recordings';
const PARTS = 'parts';
const EDITS = 'edits';
/** Parts that are read at a time. */
const HANDFUL = 1000;

/** A stored recording as it lies there. */
export interface StoredRecording {
  readonly text: string;
  readonly edits: unknown;
}

export class RecordingStorage {
  readonly #database: IDBDatabase;
  /** Why nothing can be stored any more. */
  #lost: string | undefined;

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Another page wants to bring the storage up to date, or the user cleared it.
    database.onversionchange = () => this.#lose('A newer version of this page is open in another tab.');
    database.onclose = () => this.#lose('The browser has closed its storage.');
  }

  /** @param factory such as `() => indexedDB`, which may throw @throws MstError `storage` where the browser keeps nothing */
  static async open(factory: () => IDBFactory): Promise<RecordingStorage> {
    try {
      const request = factory().open(NAME, VERSION);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(RECORDINGS, { keyPath: 'id' });
        request.result.createObjectStore(PARTS, { keyPath: ['recording', 'first'] });
        request.result.createObjectStore(EDITS, { keyPath: 'recording' });
      };
      return new RecordingStorage(await opened(request));
    } catch (cause) {
      throw storageError(cause);
    }
  }

  /** Newest first. @throws MstError `storage` */
  async list(): Promise<KeptRecording[]> {
    const stored = await this.#with([RECORDINGS], 'readonly', ([recordings]) => resultOf(recordings.getAll()));
    return newestFirst(stored.map(readSummary).filter((summary) => summary !== undefined));
  }

  /**
   * Adds a part to a recording, and says of it what is so now.
   * @returns whether the beginning of the recording is still there
   * @throws MstError `storage`
   */
  async append(summary: KeptRecording, part: LogPart): Promise<boolean> {
    const first = await this.#with([RECORDINGS, PARTS], 'readwrite', ([recordings, parts], transaction) => {
      recordings.put(summary);
      parts.put({ recording: summary.id, ...part });
      const found = resultOf(parts.getKey([summary.id, 0]));
      // A page that goes does not wait for what comes back.
      transaction.commit();
      return found;
    });
    return first !== undefined;
  }

  /** Keeps the changes to a recording, and what is so of it then; nothing where it is not there. @throws MstError `storage` */
  async saveEdits(summary: KeptRecording, edits: object): Promise<void> {
    await this.#with([RECORDINGS, EDITS], 'readwrite', async ([recordings, store]) => {
      const found = recordings.getKey(summary.id);
      found.onsuccess = () => {
        if (found.result === undefined) return;
        recordings.put(summary);
        store.put({ recording: summary.id, ...edits });
      };
    });
  }

  /** A recording, or undefined when it is not there. @throws MstError `storage`, and `bad-record` for one that is too long */
  async read(id: string): Promise<StoredRecording | undefined> {
    const parts: unknown[] = [];
    let length = 0;
    for (let from = 0; ; ) {
      const range = IDBKeyRange.bound([id, from], [id, Number.POSITIVE_INFINITY]);
      const some = await this.#with([PARTS], 'readonly', ([store]) => resultOf(store.getAll(range, HANDFUL)));
      for (const part of some) length += String((part as Partial<LogPart>).lines).length;
      if (length > LONGEST_TEXT) throw new MstError('bad-record', 'The recording is longer than anything that was played.');
      parts.push(...some);
      const last = (some.at(-1) as LogPart | undefined)?.first;
      if (some.length < HANDFUL || typeof last !== 'number') break;
      from = last + 1;
    }
    const edits = await this.#with([EDITS], 'readonly', ([store]) => resultOf(store.get(id)));
    return parts.length === 0 ? undefined : { text: joinParts(parts), edits };
  }

  /** Deletes a recording with all that belongs to it. @throws MstError `storage` */
  async forget(id: string): Promise<void> {
    await this.#with([RECORDINGS, PARTS, EDITS], 'readwrite', ([recordings, parts, edits]) => {
      recordings.delete(id);
      edits.delete(id);
      return resultOf(parts.delete(IDBKeyRange.bound([id, 0], [id, Number.POSITIVE_INFINITY])));
    });
  }

  close(): void {
    this.#database.close();
  }

  #lose(reason: string): void {
    this.#lost = reason;
    this.#database.close();
  }

  /** Does something in one transaction. Resolves when all of it is stored. */
  async #with<T>(names: string[], mode: IDBTransactionMode, act: (stores: Stores, transaction: IDBTransaction) => Promise<T>): Promise<T> {
    if (this.#lost !== undefined) throw new MstError('storage', this.#lost, { hint: 'Reload this page.' });
    try {
      const transaction = this.#database.transaction(names, mode);
      const done = completed(transaction);
      const stores = names.map((name) => transaction.objectStore(name));
      // The transaction tells of a request's failure, too.
      const result = act(stores as unknown as Stores, transaction);
      result.catch(() => {});
      await done;
      return await result;
    } catch (cause) {
      throw storageError(cause);
    }
  }
}

type Stores = readonly [IDBObjectStore, IDBObjectStore, IDBObjectStore];

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds an older version of it open'));
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

function storageError(cause: unknown): MstError {
  if (cause instanceof MstError) return cause;
  const { name, message } = (cause ?? {}) as { name?: string; message?: string };
  if (name === 'QuotaExceededError') {
    return new MstError('storage', 'There is no room left for recordings in this browser.', {
      hint: 'Download what you want to keep, and forget old recordings to make room.',
      cause,
    });
  }
  return new MstError('storage', `This browser does not keep recordings${message ? ` (${message})` : ''}.`, {
    hint: 'Private windows and strict settings forbid it. Download what you want to keep before you close this page.',
    cause,
  });
}
