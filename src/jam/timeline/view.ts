// The turns of a recording as a timeline shows them, after all changes. They grow with a session that goes on.

import type { LogEntry } from '../log/log-entry.js';
import { EditedSession, takesOf } from './edited.js';
import { changesOf, type TurnChange, type TurnChanges } from './edits.js';
import { PlayedSession, type PlayedTurn } from './played.js';
import type { Edit, TimelineNote, TimelineTurn } from './timeline.js';

/** The turns of a session that is over. */
export function timelineOf(entries: readonly LogEntry[], edits: readonly Edit[]): readonly TimelineTurn[] {
  const timeline = new Timeline();
  for (const entry of entries) timeline.add(entry);
  timeline.change(edits);
  return timeline.turns;
}

/** A timeline that grows with its session. What an entry, and asking again, costs does not grow with it but for a list of what is there. */
export class Timeline {
  readonly #played = new PlayedSession();
  #changes: TurnChanges = new Map();
  #session = new EditedSession(this.#played, this.#changes);
  /** Parallel to the turns of what was played; undefined for those taken out. */
  readonly #shown: (TimelineTurn | undefined)[] = [];
  readonly #stale = new Set<PlayedTurn>();
  #turns: readonly TimelineTurn[] | undefined = [];

  /** Reads the next entry of the log. */
  add(entry: LogEntry): void {
    const { turns } = this.#played;
    this.#stale.add(turns.at(-1) as PlayedTurn);
    for (const turn of this.#played.add(entry)) this.#stale.add(turn);
    // The last turn, and what is held, last until now.
    this.#stale.add(turns.at(-1) as PlayedTurn);
    for (const { turn } of this.#played.held()) this.#stale.add(turn);
    this.#turns = undefined;
  }

  /** Other changes from now on. */
  change(edits: readonly Edit[]): void {
    const before = this.#changes;
    const after = changesOf(edits);
    this.#changes = after;
    this.#session = new EditedSession(this.#played, after);
    this.#turns = undefined;
    const numbers = [...before.keys(), ...after.keys()];
    // Where turns come and go, others are elsewhere.
    const moves = numbers.some((turn) => (before.get(turn)?.deleted ?? false) !== (after.get(turn)?.deleted ?? false));
    const changed = new Set(numbers.filter((turn) => !sameChange(before.get(turn), after.get(turn))));
    for (const turn of this.#played.turns) if (moves || changed.has(turn.turn)) this.#stale.add(turn);
  }

  /** The turns as they stand, taken-out ones left out. A turn that has not changed is the same object as before. */
  get turns(): readonly TimelineTurn[] {
    this.#turns ??= this.#show();
    return this.#turns;
  }

  /** Seconds after all changes; 0 without turns. */
  get length(): number {
    return this.turns.at(-1)?.end ?? 0;
  }

  /** What was played, and what became of it. */
  get session(): EditedSession {
    return this.#session;
  }

  #show(): TimelineTurn[] {
    for (const turn of this.#stale) this.#shown[turn.index] = this.#shownTurn(turn);
    this.#stale.clear();
    return this.#shown.filter((turn) => turn !== undefined);
  }

  #shownTurn(played: PlayedTurn): TimelineTurn | undefined {
    if (played.index === 0 || this.#session.isDeleted(played)) return undefined;
    const { turn, whose, mix } = played;
    const { start, end } = this.#session.span(played);
    const of = (voice: 'you' | 'model'): TimelineNote[] =>
      this.#session.notes(played, voice).map(({ pitch, velocity, start, end }) => ({ pitch, velocity, start, end, whose: voice }));
    const notes = [...of('you'), ...of('model')].sort((a, b) => a.start - b.start);
    const model = mix.map((part) => part.model).join(' + ');
    return {
      turn,
      whose,
      start,
      end,
      notes,
      ...(whose === 'model' && model !== '' && { model }),
      takes: takesOf(played),
      take: this.#session.takeOf(played),
      muted: this.#session.isMuted(played),
    };
  }
}

function sameChange(a: TurnChange | undefined, b: TurnChange | undefined): boolean {
  return a?.muted === b?.muted && a?.deleted === b?.deleted && a?.take === b?.take;
}
