// The recording of the page: what is played goes in entry by entry and is kept in this browser; its timeline, its changes, its sound and its
// files come out. Knows IndexedDB and the worker that renders; nothing of how the page looks or how a jam goes.

import type { LogEntry } from '../../../jam/log-entry.js';
import type { Edit, TimelineTurn } from '../../../jam/timeline.js';
import type { DownloadKind, KeptRecording, Notice, PageView, Side } from '../page-session.js';

export interface KeeperHooks {
  /** Something that the keeper shows is another now: ask again. Told at most once a task. */
  changed(): void;
  /** Something went wrong that the player should know of. */
  trouble(notice: Omit<Notice, 'id'>): void;
}

/** A message of a recording that is played back. */
export interface PlaybackMessage {
  /** Seconds from the beginning of what is played. */
  readonly time: number;
  readonly voice: Side | 'click';
  readonly bytes: readonly number[];
}

/** How a recording sounds in a file; what is left out is as it was when the jam began. */
export interface DownloadOptions {
  /** General MIDI programs of the two sides, 0..127. */
  readonly programs?: Readonly<Record<Side, number>>;
}

export declare class RecordingKeeper {
  private constructor();

  /** Opens what is kept in this browser, and the newest recording. Never rejects: without storage the keeper works in memory, and says so once. @param storage such as `() => indexedDB`, which may throw where it is forbidden */
  static open(storage: () => IDBFactory, hooks: KeeperHooks): Promise<RecordingKeeper>;

  /** A jam begins: a new recording is the open one. */
  begin(): void;
  /** An entry of the jam's log, in order; the header first. */
  add(entry: LogEntry): void;
  /** The jam is over; its recording stays open. */
  end(): void;

  /** The open recording as it stands: turns in the order of time, after all changes; the same object for a turn that has not changed. */
  readonly timeline: readonly TimelineTurn[];
  /** Its length in seconds, after all changes. */
  readonly length: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly saved: PageView['saved'];
  /** Newest first. */
  readonly recordings: readonly KeptRecording[];
  readonly making: PageView['making'];

  edit(edit: Edit): void;
  undo(): void;
  redo(): void;
  /** Opens a recording of the list. During a jam nothing. */
  open(id: string): Promise<void>;
  forget(id: string): Promise<void>;

  /** What playing a turn (or with `null` everything) back sends, in order of time. Every note ends. @param click whether the metronome is heard too */
  messages(turn: number | null, options?: { readonly click?: boolean }): PlaybackMessage[];
  /** Where in the timeline's seconds what `messages` gives begins and ends. */
  span(turn: number | null): { readonly start: number; readonly end: number };

  /** Makes a file of the open recording and hands it to the browser. Never rejects. */
  download(kind: DownloadKind, options?: DownloadOptions): Promise<void>;
  /** Gives up the download in the making. */
  cancelDownload(): void;

  /** Writes what is still to be written, and lets go of the storage. */
  close(): Promise<void>;
}
