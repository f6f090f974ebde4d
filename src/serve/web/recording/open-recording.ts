// One recording in hand: what was played, as it grows or as it was read, and what was changed of it. Pure.

import { decodeLog, encodeLogEntry } from '../../../jam/log/log.js';
import type { LogEntry } from '../../../jam/log/log-entry.js';
import { fromHex, readMessage } from '../../../jam/midi-message.js';
import { EditHistory } from '../../../jam/timeline/edits.js';
import type { Edit } from '../../../jam/timeline/timeline.js';
import { Timeline } from '../../../jam/timeline/view.js';
import type { KeptRecording } from '../page-session.js';
import { modelNames } from './recording-text.js';

export class OpenRecording {
  readonly id: string;
  readonly created: string;
  readonly timeline = new Timeline();
  /** Lines of the log. */
  readonly lines: string[] = [];
  #history = new EditHistory();
  /** Whether a note was played in it. */
  #sounds = false;

  constructor(id: string, created: string) {
    this.id = id;
    this.created = created;
  }

  /**
   * Reads what is stored.
   * @returns the recording, and what of it could not be read: lines of its log, and its changes
   * @throws MstError `bad-record` when it is no recording
   */
  static read(
    { id, created }: KeptRecording,
    stored: { readonly text: string; readonly edits: unknown },
  ): { recording: OpenRecording; damaged: number; editsLost: boolean } {
    const { entries, damaged } = decodeLog(stored.text);
    const recording = new OpenRecording(id, created);
    for (const entry of entries) recording.add(entry);
    const history = stored.edits === undefined ? new EditHistory() : EditHistory.read(stored.edits);
    if (history !== undefined) recording.history = history;
    return { recording, damaged, editsLost: history === undefined };
  }

  /** Adds an entry. Returns its line. */
  add(entry: LogEntry): string {
    const line = encodeLogEntry(entry);
    this.lines.push(line);
    this.timeline.add(entry);
    if ((entry.type === 'in' || (entry.type === 'out' && entry.voice === 'model')) && isNote(entry.bytes)) this.#sounds = true;
    return line;
  }

  /** Whether there is anything in it worth keeping. */
  get sounds(): boolean {
    return this.#sounds;
  }

  get history(): EditHistory {
    return this.#history;
  }

  set history(history: EditHistory) {
    this.#history = history;
    this.timeline.change(history.edits);
  }

  get edits(): readonly Edit[] {
    return this.#history.edits;
  }

  /** Where the music is in the timeline's seconds. */
  get span(): { readonly start: number; readonly end: number } {
    const { length, session } = this.timeline;
    return { start: Math.min(length, session.firstBar), end: length };
  }

  /** Names of the models that answer in it, or that were to answer. */
  get models(): string {
    const answered = this.timeline.turns.flatMap(({ model }) => (model === undefined ? [] : [model]));
    const chosen = this.timeline.session.played.header?.models.map(({ name }) => String(name)) ?? [];
    return modelNames(answered.length > 0 ? answered : chosen);
  }

  get summary(): KeptRecording {
    const { start, end } = this.span;
    return { id: this.id, created: this.created, turns: this.timeline.turns.length, seconds: end - start, model: this.models };
  }
}

/** Whether a message, as logs write it, begins a note; instruments are also chosen, and silenced. */
function isNote(bytes: string): boolean {
  return readMessage(fromHex(bytes) ?? []).type === 'note-on';
}
