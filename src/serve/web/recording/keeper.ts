// The recording of the page: what is played goes in entry by entry and is kept in this browser; its timeline, its changes, its sound and its
// files come out. Knows IndexedDB and the thread that makes files; nothing of how the page looks or how a jam goes.

import { MstError } from '../../../core/errors.js';
import type { LogEntry } from '../../../jam/log/log-entry.js';
import type { EditHistory } from '../../../jam/timeline/edits.js';
import type { Edit, TimelineTurn } from '../../../jam/timeline/timeline.js';
import type { ListedModel } from '../../listing.js';
import type { DownloadKind, KeptRecording, Notice, PageView, Side } from '../page-session.js';
import type { SoundBank } from '../sound/bank.js';
import { Autosave } from './autosave.js';
import { Downloads } from './downloads.js';
import { fileName } from './file-name.js';
import { type PlaybackMessage, playbackMessages } from './messages.js';
import { OpenRecording } from './open-recording.js';
import { newestFirst } from './recording-text.js';
import { RecordingStorage } from './storage.js';

export interface KeeperHooks {
  /** Something that the keeper shows is another now: ask again. Told at most once a task. */
  changed(): void;
  /** Something went wrong that the player should know of. */
  trouble(notice: Omit<Notice, 'id'>): void;
}

/** How a recording sounds in a file, and what is said of it there. */
export interface DownloadOptions {
  /** General MIDI programs of the two sides, 0..127; those the jam began with where none are given. */
  readonly programs?: Readonly<Record<Side, number>>;
  /** What is known of models; a page to share says it of those that play. */
  readonly models?: readonly ListedModel[];
}

/** On which pages of this browser tell each other the ids of recordings that have changed or are gone. */
const CHANNEL = 'mst-recordings';
const RANDOM_PARTS = 2;

export class RecordingKeeper {
  readonly #storage: RecordingStorage | undefined;
  readonly #hooks: KeeperHooks;
  readonly #channel: BroadcastChannel | undefined;
  readonly #downloads: Downloads;
  readonly #listeners = new AbortController();
  #open: OpenRecording | undefined;
  /** The id of the recording that was asked for last. */
  #reading: string | undefined;
  /** While a jam goes on, and after it until another recording is opened. */
  #autosave: Autosave | undefined;
  #jamming = false;
  #recordings: readonly KeptRecording[] = [];
  /** Changes that could not be stored, or not yet. */
  #editsWait = false;
  #editsFailed = false;
  #told = false;

  private constructor(storage: RecordingStorage | undefined, bank: SoundBank, hooks: KeeperHooks) {
    this.#storage = storage;
    this.#hooks = hooks;
    this.#downloads = new Downloads(bank, () => this.#change());
    const { signal } = this.#listeners;
    // The last moments in which a page that goes can still do something.
    addEventListener('pagehide', () => this.#autosave?.flush(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden && this.#autosave?.flush(), { signal });
    if (storage === undefined || typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }) => void this.#attempt(() => this.#follow(data));
  }

  /**
   * Opens what is kept in this browser, and the newest recording. Never rejects: without storage the keeper works in memory, and says so once.
   * @param storage such as `() => indexedDB`, which may throw where it is forbidden
   * @param bank what files of sound are played with
   */
  static async open(storage: () => IDBFactory, bank: SoundBank, hooks: KeeperHooks): Promise<RecordingKeeper> {
    let opened: RecordingStorage | undefined;
    try {
      opened = await RecordingStorage.open(storage);
    } catch (error) {
      hooks.trouble(noticeOf(error, 'warning'));
    }
    const keeper = new RecordingKeeper(opened, bank, hooks);
    await keeper.#attempt(async () => {
      await keeper.#list();
      const [newest] = keeper.#recordings;
      if (newest !== undefined) await keeper.#read(newest);
    });
    return keeper;
  }

  /** A jam begins: a new recording is the open one. */
  begin(): void {
    this.#leave();
    this.#jamming = true;
    const created = new Date().toISOString();
    const random = [...crypto.getRandomValues(new Uint32Array(RANDOM_PARTS))].map((part) => part.toString(36));
    const recording = new OpenRecording([created, ...random].join('-'), created);
    this.#open = recording;
    if (this.#storage !== undefined) this.#autosave = this.#savingOf(recording, this.#storage);
    this.#change();
  }

  /** An entry of the jam's log, in order; the header first. */
  add(entry: LogEntry): void {
    const recording = this.#open;
    if (recording === undefined || !this.#jamming) return;
    const silent = !recording.sounds;
    const line = recording.add(entry);
    // A jam in which nothing is played yet is not worth a place in the list.
    if (recording.sounds) for (const each of silent ? recording.lines : [line]) this.#autosave?.add(each);
    if (entry.type === 'turn' || entry.type === 'end') this.#autosave?.flush();
    this.#change();
  }

  /** The jam is over; its recording stays open. */
  end(): void {
    this.#jamming = false;
    this.#autosave?.flush();
    if (this.#autosave?.begun) this.#tellOthers(this.#open?.id);
    this.#change();
  }

  /** The open recording as it stands: turns in the order of time, after all changes; the same object for a turn that has not changed. */
  get timeline(): readonly TimelineTurn[] {
    return this.#open?.timeline.turns ?? [];
  }

  /** Its length in seconds, after all changes. */
  get length(): number {
    return this.#open?.timeline.length ?? 0;
  }

  get canUndo(): boolean {
    return (this.#open?.history.edits.length ?? 0) > 0;
  }

  get canRedo(): boolean {
    return (this.#open?.history.undone.length ?? 0) > 0;
  }

  /** All but the last fifth of a second counts as saved. */
  get saved(): PageView['saved'] {
    if (this.#open === undefined || !this.#open.sounds) return 'nothing';
    if (this.#storage === undefined || this.#editsFailed || this.#autosave?.failing) return 'failed';
    return this.#autosave === undefined || this.#autosave.begun ? 'saved' : 'saving';
  }

  /** Newest first. */
  get recordings(): readonly KeptRecording[] {
    return this.#recordings;
  }

  get making(): PageView['making'] {
    return this.#downloads.making;
  }

  edit(edit: Edit): void {
    this.#rewrite((history) => history.with(edit));
  }

  undo(): void {
    this.#rewrite((history) => history.undo());
  }

  redo(): void {
    this.#rewrite((history) => history.redo());
  }

  /** Opens a recording of the list. During a jam nothing. */
  async open(id: string): Promise<void> {
    const recording = this.#recordings.find((each) => each.id === id);
    if (recording === undefined || this.#jamming || id === this.#open?.id) return;
    await this.#attempt(() => this.#read(recording));
  }

  /** Deletes a recording of the list, but not the one that is being played. */
  async forget(id: string): Promise<void> {
    const storage = this.#storage;
    if (storage === undefined) return;
    const isOpen = this.#open?.id === id;
    if (isOpen && this.#jamming) {
      this.#hooks.trouble({ kind: 'info', message: 'This recording is still being played.', hint: 'End the jam first.' });
      return;
    }
    if (isOpen) this.#abandon();
    await this.#attempt(async () => {
      await storage.forget(id);
      await this.#list();
      this.#tellOthers(id);
    });
  }

  /** What playing a turn (or with `null` everything that is not muted) back sends, in order of time. Every note ends. */
  messages(turn: number | null): PlaybackMessage[] {
    const session = this.#open?.timeline.session;
    if (session === undefined) return [];
    const played = turn === null ? null : session.turns.find((each) => each.index > 0 && each.turn === turn);
    return played === undefined ? [] : playbackMessages(session, played, this.span(turn));
  }

  /** Where in the timeline's seconds what `messages` gives begins and ends. */
  span(turn: number | null): { readonly start: number; readonly end: number } {
    if (turn === null) return this.#open?.span ?? { start: 0, end: 0 };
    return this.timeline.find((each) => each.turn === turn) ?? { start: 0, end: 0 };
  }

  /** Starts what files are made with, so that it is there when the network is not. */
  prepare(): void {
    this.#downloads.prepare();
  }

  /** Makes a file of the open recording and hands it to the browser. Never rejects. */
  async download(kind: DownloadKind, { programs, models = [] }: DownloadOptions = {}): Promise<void> {
    const recording = this.#open;
    if (recording === undefined || !recording.sounds) {
      this.#hooks.trouble({ kind: 'info', message: 'There is no recording to download yet.', hint: 'Play something first.' });
      return;
    }
    await this.#attempt(async () => {
      await this.#downloads.make({
        kind,
        log: recording.lines.join(''),
        edits: recording.edits,
        ...(programs !== undefined && { programs }),
        models,
        name: fileName(new Date(recording.created), recording.models),
      });
    });
  }

  /** Gives up the download in the making. */
  cancelDownload(): void {
    this.#downloads.cancel();
  }

  /** Writes what is still to be written, and lets go of the storage. */
  async close(): Promise<void> {
    this.#listeners.abort();
    this.#downloads.cancel();
    await this.#autosave?.close();
    this.#channel?.close();
    this.#storage?.close();
  }

  #savingOf(recording: OpenRecording, storage: RecordingStorage): Autosave {
    let listed = false;
    return new Autosave((summary, part) => storage.append(summary, part), {
      summary: () => recording.summary,
      stored: () => {
        this.#recordings = newestFirst([recording.summary, ...this.#recordings.filter(({ id }) => id !== recording.id)]);
        if (!listed || !this.#jamming) this.#tellOthers(recording.id);
        listed = true;
        if (this.#editsWait) void this.#saveEdits();
        this.#change();
      },
      forgotten: () => {
        listed = false;
        this.#editsWait = true;
      },
      failed: (error) => this.#report(error),
    });
  }

  /** Lets go of the recording in hand; what is left of it is written meanwhile. */
  #leave(): void {
    void this.#autosave?.close();
    this.#autosave = undefined;
    this.#open = undefined;
    this.#editsWait = false;
    this.#editsFailed = false;
  }

  /** Lets go of a recording that is to be gone. */
  #abandon(): void {
    this.#autosave?.abandon();
    this.#leave();
  }

  #tellOthers(id: string | undefined): void {
    this.#channel?.postMessage(id);
  }

  /** Another page has changed a recording, or forgotten it: what is open here is as it lies in the storage, so that no change is lost. */
  async #follow(id: unknown): Promise<void> {
    const open = this.#open;
    // What is being played here, or is still to be written, is written anew.
    const isOurs = this.#jamming || this.#autosave?.pending === true;
    await this.#list();
    if (isOurs || open === undefined || open.id !== id || open !== this.#open) return;
    const summary = this.#recordings.find((each) => each.id === id);
    if (summary === undefined) this.#abandon();
    else await this.#read(summary);
  }

  /** Reads a recording and opens it, unless another is asked for meanwhile, or it is changed here. */
  async #read(summary: KeptRecording): Promise<void> {
    this.#reading = summary.id;
    const before = this.#open;
    const history = before?.history;
    await this.#autosave?.close();
    const stored = await this.#storage?.read(summary.id);
    if (stored === undefined) {
      await this.#list();
      throw new MstError('not-found', 'This recording is not kept any more.');
    }
    const { recording, damaged, editsLost } = OpenRecording.read(summary, stored);
    const changedHere = before?.id === summary.id && this.#open === before && before.history !== history;
    if (this.#jamming || this.#reading !== summary.id || changedHere) return;
    this.#leave();
    this.#open = recording;
    if (damaged > 0) {
      const lines = damaged === 1 ? 'One line' : `${damaged} lines`;
      this.#hooks.trouble({ kind: 'warning', message: `${lines} of this recording could not be read; the rest is here.` });
    }
    if (editsLost) {
      this.#hooks.trouble({ kind: 'warning', message: 'What was changed of this recording could not be read; it is as it was played.' });
    }
    this.#change();
  }

  async #list(): Promise<void> {
    if (this.#storage === undefined) return;
    this.#recordings = await this.#storage.list();
    this.#change();
  }

  #rewrite(change: (history: EditHistory) => EditHistory): void {
    const recording = this.#open;
    if (recording === undefined) return;
    const before = recording.history;
    try {
      recording.history = change(before);
    } catch (error) {
      this.#report(error);
    }
    if (recording.history === before) return;
    this.#change();
    void this.#saveEdits();
  }

  async #saveEdits(): Promise<void> {
    const recording = this.#open;
    const storage = this.#storage;
    if (recording === undefined || storage === undefined) return;
    // What is not there yet cannot be changed there.
    this.#editsWait = this.#autosave !== undefined && !this.#autosave.begun;
    if (this.#editsWait) return;
    const { edits, undone } = recording.history;
    const { summary } = recording;
    try {
      await storage.saveEdits(summary, { edits, undone });
      this.#tellOthers(summary.id);
      this.#editsFailed = false;
      this.#recordings = this.#recordings.map((each) => (each.id === summary.id ? summary : each));
    } catch (error) {
      this.#editsWait = true;
      if (!this.#editsFailed) this.#report(error);
      this.#editsFailed = true;
    }
    this.#change();
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#report(error);
    }
    this.#change();
  }

  #report(error: unknown): void {
    this.#hooks.trouble(noticeOf(error, 'error'));
    this.#change();
  }

  /** Tells, once for all that changes in this task. */
  #change(): void {
    if (this.#told) return;
    this.#told = true;
    queueMicrotask(() => {
      this.#told = false;
      this.#hooks.changed();
    });
  }
}

function noticeOf(error: unknown, kind: Notice['kind']): Omit<Notice, 'id'> {
  const { message = String(error), hint } = error as { message?: string; hint?: string };
  return { kind, message, ...(hint !== undefined && { hint }) };
}
