// The turns of a recording as a timeline shows them, after all changes. They grow with a session that goes on.

import type { LogEntry } from './log-entry.js';
import type { Edit, TimelineNote, TimelineTurn } from './timeline.js';
import { EditedSession, takesOf } from './timeline-edited.js';
import { changesOf, type TurnChanges } from './timeline-edits.js';
import { PlayedSession, type PlayedTurn } from './timeline-played.js';

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
  #shown: (TimelineTurn | undefined)[] = [];
  readonly #stale = new Set<PlayedTurn>();
  #turns: readonly TimelineTurn[] | undefined = [];

  /** Reads the next entry of the log. */
  add(entry: LogEntry): void {
    for (const turn of this.#played.add(entry)) this.#stale.add(turn);
    this.#turns = undefined;
  }

  /** Other changes from now on. */
  change(edits: readonly Edit[]): void {
    const before = this.#changes;
    this.#changes = changesOf(edits);
    this.#session = new EditedSession(this.#played, this.#changes);
    this.#turns = undefined;
    const isMoved = (turn: number): boolean => (before.get(turn)?.deleted ?? false) !== (this.#changes.get(turn)?.deleted ?? false);
    if ([...before.keys(), ...this.#changes.keys()].some(isMoved)) this.#shown = [];
    else for (const turn of this.#played.turns) if (this.#changes.get(turn.turn) !== before.get(turn.turn)) this.#stale.add(turn);
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
    const { turns } = this.#played;
    for (const { turn } of this.#played.held()) this.#stale.add(turn);
    // The last turn grows, and what was the last one has got its end.
    for (const turn of turns.slice(Math.max(1, this.#shown.length - 1))) this.#stale.add(turn);
    this.#stale.add(turns.at(-1) as PlayedTurn);
    for (const turn of this.#stale) {
      this.#shown[turn.index] = this.#shownTurn(turn);
    }
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
