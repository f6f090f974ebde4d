// From a session or a song to what its share page shows. Pure.

import { BeatMap } from '../extraction/beats.js';
import type { SessionLog } from '../jam/log/log.js';
import type { Settings } from '../jam/settings.js';
import { type Exchange, TURN_MODES, type TurnModeName } from '../jam/turns/turn-modes.js';
import { DEFAULT_QPM, type Note, type NoteSequence } from '../music/note-sequence.js';
import { barsUntil, MOST_QUARTERS } from './bars.js';
import type { SessionPiece } from './session-piece.js';
import type { Fact, SharedModel, SharedMusic, SharedNote, SharedPart } from './share-data.js';

export interface SharedOptions {
  readonly title: string;
  /** What programs of General MIDI are called, by number. */
  readonly soundOf: (program: number) => string;
  readonly models?: readonly SharedModel[];
}

/** A session for its page. */
export function sharedSession({ header }: SessionLog, piece: SessionPiece, { title, soundOf, models = [] }: SharedOptions): SharedMusic {
  const { sequence, turns, offset } = piece;
  const { settings, created } = header;
  const sides = [
    { ...piece.you, side: 'you' },
    { ...piece.model, side: 'model' },
  ] as const;
  const parts = sides.flatMap(({ instrument, name, side }): SharedPart[] => {
    const notes = sequence.notes.filter((note) => note.instrument === instrument);
    return notes.length === 0 ? [] : [part(notes, { name, side, soundOf })];
  });
  const began = created === undefined ? Number.NaN : Date.parse(created) + offset * 1000;
  return {
    title,
    parts,
    turns: turns.map(({ whose, by, start, end, notes }) => ({
      side: whose,
      by,
      start: milliseconds(start),
      end: milliseconds(end),
      notes: notes[whose],
    })),
    ...timesOf(sequence),
    facts: [
      ...tempoFacts(sequence, settings.qpm),
      ['Turns', turnWords(settings)],
      ...(settings.models.length === 0 ? [] : [['Temperature', `${settings.temperature}`] as const]),
    ],
    models,
    // Dates beyond what a calendar holds are damage.
    ...(Math.abs(began) <= 8.64e15 && { created: new Date(began).toISOString() }),
  };
}

/** A song, such as a MIDI file, for its page. @param names of the instruments, by the index that notes have */
export function sharedSong(
  sequence: NoteSequence,
  { title, names, soundOf, models = [] }: SharedOptions & { readonly names: ReadonlyMap<number, string> },
): SharedMusic {
  const tracks = new Map<number, Note[]>();
  for (const note of sequence.notes) {
    const notes = tracks.get(note.instrument);
    if (notes === undefined) tracks.set(note.instrument, [note]);
    else notes.push(note);
  }
  const parts = [...tracks]
    .sort(([a], [b]) => a - b)
    .map(([instrument, notes]) => part(notes, { name: names.get(instrument) ?? `Track ${instrument + 1}`, side: 'track', soundOf }));
  return { title, parts, turns: [], ...timesOf(sequence), facts: tempoFacts(sequence, undefined), models };
}

function part(
  notes: readonly Note[],
  { name, side, soundOf }: { name: string; side: SharedPart['side']; soundOf: SharedOptions['soundOf'] },
): SharedPart {
  const drums = notes.every(({ isDrum }) => isDrum);
  const sound = drums ? 'Drums' : soundOf(notes.find(({ isDrum }) => !isDrum)?.program ?? 0);
  const shared = notes.map(({ startTime, endTime, pitch, velocity }): SharedNote => {
    const start = milliseconds(startTime);
    return { start, length: Math.max(1, milliseconds(endTime) - start), pitch, velocity };
  });
  return { name, ...(sound !== name && { sound }), side, drums, notes: shared.sort((a, b) => a.start - b.start || b.pitch - a.pitch) };
}

function timesOf(sequence: NoteSequence): Pick<SharedMusic, 'bars' | 'length'> {
  const beats = new BeatMap(sequence.tempos);
  const last = beats.quarterAt(sequence.totalTime);
  const bars = last <= MOST_QUARTERS ? barsUntil(sequence, beats, last).map((quarter) => milliseconds(beats.secondsAt(quarter))) : [];
  return { bars, length: milliseconds(sequence.totalTime) };
}

/** @param chosen the tempo that the music was to have */
function tempoFacts({ tempos, timeSignatures, totalTime }: NoteSequence, chosen: number | undefined): Fact[] {
  const starts = tempos.toSorted((a, b) => a.time - b.time).filter(({ time }) => time < totalTime || time === 0);
  // A tempo that holds for a moment only makes up for where a beat was moved to.
  const held = starts.filter(({ time }, i) => (starts[i + 1]?.time ?? totalTime) - time > 2 || starts.length === 1);
  const heard = (held.length === 0 ? starts : held).map(({ qpm }) => Math.round(qpm));
  const low = heard.reduce((least, qpm) => Math.min(least, qpm), Number.POSITIVE_INFINITY);
  const high = heard.reduce((most, qpm) => Math.max(most, qpm), 0);
  const tempo = heard.length === 0 ? Math.round(chosen ?? DEFAULT_QPM) : low;
  const beats = heard.length > 0 && high > low ? `${low} to ${high}` : `${tempo}`;
  const metres = [...new Set(timeSignatures.map(({ numerator, denominator }) => `${numerator}/${denominator}`))];
  return [
    ['Tempo', `${beats} beats a minute`],
    ...(metres.length > 0 && metres.length <= 3 ? [['Metre', metres.join(', ')] as const] : []),
  ];
}

const FREE_TURNS: Readonly<Partial<Record<TurnModeName, string>>> = {
  phrase: 'the model answers after a beat of rest',
  pedal: 'the pedal hands over',
  continue: 'the model goes on where the playing stops',
  solo: 'the model plays by itself',
};

function turnWords({ mode, exchanges }: Settings): string {
  const { unit, exchanges: usual } = TURN_MODES[mode];
  const free = FREE_TURNS[mode];
  if (free !== undefined) return free;
  const lengths = (exchanges ?? usual).map(({ you, model }: Exchange) => (model === 0 || model === you ? `${you}` : `${you} and ${model}`));
  const said = lengths.length === 1 ? lengths.join('') : `${lengths.slice(0, -1).join(', ')} then ${lengths.at(-1)}`;
  const each = (exchanges ?? usual).every(({ you, model }) => model === 0 || model === you);
  return `${said} ${said === '1' ? unit.slice(0, -1) : unit}${each ? ' each' : ''}`;
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
