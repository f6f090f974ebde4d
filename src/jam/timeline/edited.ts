// A played session after changes: where its turns are, what sounds in them. Nothing is copied; what was played may still grow.

import { NO_EVENT, STEPS_PER_QUARTER } from '../../music/melody.js';
import { swung } from '../beat/swing.js';
import { DEFAULT_SETTINGS } from '../settings.js';
import type { TurnChanges } from './edits.js';
import type { PlayedNote, PlayedSession, PlayedTurn, PlayedVoice } from './played.js';
import { quarterAt, timeAt } from './tempo.js';

/** Quarter notes by which rounding may place a bar line. */
const ROUNDING = 1e-3;

/** A note as it is heard after changes. Seconds of the recording. */
export type EditedNote = Readonly<PlayedNote>;

/** A stretch of the session that stays: what is there at `from`..`to` of session time is heard `shift` seconds earlier. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

export interface EditedOptions {
  /** Seconds of session time at which the recording begins. Default 0. */
  readonly beginning?: number;
  /** Whether answers are those that were kept while playing, where no change says otherwise. Default true. */
  readonly kept?: boolean;
}

export class EditedSession {
  readonly played: PlayedSession;
  readonly #changes: TurnChanges;
  /** Seconds of session time at which the recording begins. */
  readonly beginning: number;
  readonly #kept: boolean;
  /** By index of the turn: seconds that were taken out before it. */
  readonly #shifts: number[];

  constructor(played: PlayedSession, changes: TurnChanges, { beginning = 0, kept = true }: EditedOptions = {}) {
    this.played = played;
    this.#changes = changes;
    this.beginning = beginning;
    this.#kept = kept;
    this.#shifts = [beginning];
  }

  /** Seconds of session time at which the music begins: the first turn, or the bar of what was played before it. */
  get firstBar(): number {
    const { turns, stretches, header } = this.played;
    const [before, first] = turns;
    if (before === undefined || first === undefined) return 0;
    const earliest = Math.min(first.start, ...[before.notes.you[0], before.notes.model[0]].map((note) => note?.start ?? first.start));
    if (earliest === first.start) return first.start;
    const { beatsPerBar } = (header ?? { settings: DEFAULT_SETTINGS }).settings;
    const bar = Math.floor((quarterAt(stretches, earliest) + ROUNDING) / beatsPerBar);
    return Math.max(0, Math.min(earliest, timeAt(stretches, bar * beatsPerBar)));
  }

  isDeleted({ turn }: PlayedTurn): boolean {
    return this.#changes.get(turn)?.deleted ?? false;
  }

  isMuted({ turn }: PlayedTurn): boolean {
    return this.#changes.get(turn)?.muted ?? false;
  }

  /** The take in use. */
  takeOf(turn: PlayedTurn): number {
    const take = this.#changes.get(turn.turn)?.take;
    if (take !== undefined && takesOf(turn).includes(take)) return take;
    return (this.#kept ? turn.kept?.take : undefined) ?? 0;
  }

  /** Turns that stay, what came before the first one among them. */
  get turns(): PlayedTurn[] {
    return this.played.turns.filter((turn) => !this.isDeleted(turn));
  }

  /** Where a turn is; what was taken out is nowhere and ends where it begins. */
  span(turn: PlayedTurn): { readonly start: number; readonly end: number } {
    const start = Math.max(this.beginning, turn.start) - this.#shift(turn.index);
    return { start, end: this.isDeleted(turn) ? start : Math.max(start, this.#endOf(turn) - this.#shift(turn.index)) };
  }

  /** Seconds of all that stays. */
  get length(): number {
    return this.span(this.played.turns.at(-1) as PlayedTurn).end;
  }

  /** What a voice plays in a turn, muted or not, in the order in which it begins. What was held beyond a cut ends there. */
  notes(turn: PlayedTurn, voice: PlayedVoice): EditedNote[] {
    const shift = this.#shift(turn.index);
    const before = this.played.turns[turn.index - 1];
    const first = Math.max(this.beginning, before !== undefined && this.isDeleted(before) ? turn.start : 0);
    const notes = voice === 'model' ? this.#answer(turn) : turn.notes[voice];
    return notes.flatMap((note) => {
      const end = this.#uncut(turn, Math.min(note.end, this.played.end));
      if (turn.index === 0 && end <= first && first > 0) return [];
      const start = Math.max(first, note.start);
      // An early note that ended before the cut is as long as it was.
      return [{ ...note, start: start - shift, end: (end > start ? end : start + Math.max(0, end - note.start)) - shift }];
    });
  }

  /** The stretches that stay, in order. The last one goes on. */
  get runs(): Run[] {
    const runs: { from: number; to: number; shift: number }[] = [];
    for (const turn of this.turns) {
      const from = Math.max(this.beginning, turn.start);
      const to = turn.index === this.played.turns.length - 1 ? Number.POSITIVE_INFINITY : Math.max(from, this.#endOf(turn));
      const last = runs.at(-1);
      if (last?.to === from) last.to = to;
      else if (to > from) runs.push({ from, to, shift: this.#shift(turn.index) });
    }
    return runs;
  }

  #endOf({ index, start }: PlayedTurn): number {
    return this.played.turns[index + 1]?.start ?? Math.max(start, this.played.end);
  }

  #shift(index: number): number {
    const { turns } = this.played;
    for (let k = this.#shifts.length; k <= index; k++) {
      const before = turns[k - 1] as PlayedTurn;
      const cut = this.isDeleted(before) ? (turns[k] as PlayedTurn).start - before.start : 0;
      this.#shifts.push((this.#shifts[k - 1] as number) + cut);
    }
    return this.#shifts[index] as number;
  }

  /** The end of a note that began in a turn, or the next cut when that comes before. */
  #uncut({ index }: PlayedTurn, end: number): number {
    const { turns } = this.played;
    for (let k = index + 1; k < turns.length; k++) {
      const turn = turns[k] as PlayedTurn;
      if (turn.start >= end) break;
      if (this.isDeleted(turn)) return turn.start;
    }
    return end;
  }

  /** What the model plays in a turn, by the take in use. */
  #answer(turn: PlayedTurn): readonly PlayedNote[] {
    const chosen = this.#changes.get(turn.turn)?.take;
    const take = this.takeOf(turn);
    const { kept, reply } = turn;
    const isAsPlayed = take === 0 && (chosen === 0 || !this.#kept || kept === undefined);
    const events = kept?.take === take ? kept.events : turn.takes.get(take);
    if (isAsPlayed || reply === undefined || events === undefined) return turn.notes.model;
    return this.#notesOf(events, turn, reply);
  }

  /** Events as notes, as the engine would have played them. */
  #notesOf(events: readonly number[], turn: PlayedTurn, { swing, velocities }: NonNullable<PlayedTurn['reply']>): PlayedNote[] {
    const { stretches, header } = this.played;
    const to = this.#endOf(turn);
    const timeOf = (step: number): number => timeAt(stretches, turn.quarter + step);
    const channel = header?.settings.voices.model.channel ?? 0;
    const notes: PlayedNote[] = [];
    let sounding: PlayedNote | undefined;
    const close = (time: number): void => {
      if (sounding !== undefined) sounding.end = time;
      sounding = undefined;
    };
    for (const [step, event] of events.entries()) {
      if (event === NO_EVENT) continue;
      const start = Math.max(0, timeOf(swung(step / STEPS_PER_QUARTER, swing)));
      if (!(start < to)) break;
      close(start);
      if (event < 0) continue;
      const velocity = Math.min(127, Math.max(1, Math.round(velocities[step % STEPS_PER_QUARTER === 0 ? 0 : 1])));
      sounding = { pitch: event, velocity, channel, start, end: start };
      notes.push(sounding);
    }
    close(Math.min(to, timeOf(events.length / STEPS_PER_QUARTER)));
    return notes;
  }
}

/** Takes of the answer in a turn that are there, ascending. */
export function takesOf({ whose, reply, takes, kept }: PlayedTurn): number[] {
  if (whose === 'you' || reply === undefined) return [];
  return [...new Set([0, ...takes.keys(), ...(kept === undefined ? [] : [kept.take])])].sort((a, b) => a - b);
}
