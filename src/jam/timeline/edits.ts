// Changes to a recording: a list that can be undone and done again, and what it comes to for each turn.

import { MstError } from '../../core/errors.js';
import type { Edit } from './timeline.js';

/** More changes than anybody makes; a longer list is damage. */
const MOST_EDITS = 100_000;

/** What became of a turn by changes. */
export interface TurnChange {
  readonly muted: boolean;
  readonly deleted: boolean;
  /** The take to play; undefined = what the recording itself has. */
  readonly take: number | undefined;
}

/** By the number of the turn; those that are not there have not changed. */
export type TurnChanges = ReadonlyMap<number, TurnChange>;

const UNCHANGED: TurnChange = { muted: false, deleted: false, take: undefined };

/** What a list of changes comes to. */
export function changesOf(edits: readonly Edit[]): TurnChanges {
  const changes = new Map<number, TurnChange>();
  for (const edit of edits) changes.set(edit.turn, changed(changes.get(edit.turn) ?? UNCHANGED, edit));
  return changes;
}

function changed(change: TurnChange, edit: Edit): TurnChange {
  if (edit.type === 'mute') return { ...change, muted: edit.muted };
  if (edit.type === 'take') return { ...change, take: edit.take };
  return { ...change, deleted: true };
}

/** The changes that were made, and those that were undone. A value: every change of it is a new one. */
export class EditHistory {
  readonly edits: readonly Edit[];
  /** What can be done again, the next one last. */
  readonly undone: readonly Edit[];

  constructor(edits: readonly Edit[] = [], undone: readonly Edit[] = []) {
    this.edits = edits;
    this.undone = undone;
  }

  /** What was undone before is forgotten. @throws MstError `usage` for too many changes */
  with(edit: Edit): EditHistory {
    if (this.edits.length >= MOST_EDITS) throw new MstError('usage', 'This recording has been changed too often to change it further.');
    return new EditHistory([...this.edits, edit]);
  }

  undo(): EditHistory {
    const last = this.edits.at(-1);
    return last === undefined ? this : new EditHistory(this.edits.slice(0, -1), [...this.undone, last]);
  }

  redo(): EditHistory {
    const next = this.undone.at(-1);
    return next === undefined ? this : new EditHistory([...this.edits, next], this.undone.slice(0, -1));
  }

  /** The history that was stored as plain data, or undefined when that is none. */
  static read(stored: unknown): EditHistory | undefined {
    if (typeof stored !== 'object' || stored === null) return undefined;
    const { edits, undone } = stored as { edits?: unknown; undone?: unknown };
    return isEdits(edits) && isEdits(undone) ? new EditHistory(edits, undone) : undefined;
  }
}

function isEdits(value: unknown): value is readonly Edit[] {
  return Array.isArray(value) && value.length <= MOST_EDITS && value.every(isEdit);
}

function isEdit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, turn, muted, take } = value as Record<string, unknown>;
  if (!isIndex(turn)) return false;
  return type === 'delete' || (type === 'mute' && typeof muted === 'boolean') || (type === 'take' && isIndex(take));
}

function isIndex(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
