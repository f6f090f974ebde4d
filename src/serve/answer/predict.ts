// What the original session server was asked (spec part L): a MIDI file of a call goes in, a MIDI file of call and answer comes out.

import { MstError } from '../../core/errors.js';
import type { MelodyModel } from '../../model/model.js';
import { readMidi } from '../../music/midi-to-note-sequence.js';
import { createNoteSequence, type Note } from '../../music/note-sequence.js';
import { noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';
import { answerCall, heardBeats, type Tone } from './answer.js';
import { LONGEST_SECONDS, MOST_NOTES } from './limits.js';
import { parseBody, refuse } from './refuse.js';

const BODY = 'a JSON array of the bytes of a MIDI file: [77, 84, 104, 100, …]';
const TICKS_PER_QUARTER = 480;

/** A call as it was sent, ready for a model. */
export interface PredictWish {
  readonly kind: 'predict';
  readonly midi: Uint8Array;
  /** Seconds of call and answer together. */
  readonly duration: number;
  readonly temperature: number;
  readonly seed: number;
}

/** The bytes that a body lists. @throws MstError `usage` */
export function readPredictBody(body: Uint8Array): Uint8Array {
  const list = parseBody(body, BODY);
  if (!Array.isArray(list)) return refuse('The body', BODY);
  const bytes = new Uint8Array(list.length);
  for (const [index, value] of list.entries()) {
    if (!Number.isInteger(value) || value < 0 || value > 255)
      refuse(`Element ${index} of the body`, 'a byte, a whole number from 0 to 255');
    bytes[index] = value;
  }
  return bytes;
}

/** Seconds from the text of `?duration=`. @throws MstError `usage` */
export function readDuration(text: string | undefined): number {
  const hint = 'Such as POST /predict?duration=8: the seconds of call and answer together.';
  const seconds = text !== undefined && /^\d{1,9}(\.\d{0,18})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds > 0 && seconds <= LONGEST_SECONDS)) refuse('duration', `a number of seconds above 0, at most ${LONGEST_SECONDS}`, hint);
  return seconds;
}

/**
 * Call and answer as a MIDI file of format 1: tempo first, then one track with all notes (drums of the call, which nothing answers, have
 * one more).
 * @returns undefined when it was stopped
 * @throws MstError `bad-midi`, `usage`, `bad-model`
 */
export function predict(
  model: MelodyModel,
  { midi, duration, temperature, seed }: PredictWish,
  stop: () => boolean,
): Uint8Array | undefined {
  const { notes } = readMidi(midi).sequence;
  if (notes.length > MOST_NOTES) {
    throw new MstError('usage', `The call has ${notes.length} notes.`, { hint: `It may have ${MOST_NOTES} at most.` });
  }
  const lastEnd = notes.reduce((last, { endTime }) => Math.max(last, endTime), 0);
  const played = notes.filter(({ isDrum }) => !isDrum);
  const tones = played.map(({ pitch, velocity, startTime, endTime }): Tone => ({ pitch, velocity, start: startTime, end: endTime }));
  const beats = heardBeats(tones);
  const answer = answerCall(model, { tones, lastEnd, beats, length: { until: duration }, temperature, seed }, stop);
  if (answer === undefined) return undefined;
  const voice = { instrument: 0, program: played[0]?.program ?? 0, isDrum: false };
  const all: Note[] = [
    ...played.map((note) => ({ ...note, ...voice })),
    ...answer.map(({ pitch, velocity, start, end }) => ({ pitch, velocity, startTime: start, endTime: end, ...voice })),
    ...notes.filter(({ isDrum }) => isDrum).map((note) => ({ ...note, instrument: 1, program: 0 })),
  ];
  return noteSequenceToMidi(
    createNoteSequence({ ticksPerQuarter: TICKS_PER_QUARTER, tempos: [{ time: 0, qpm: beats.qpm }], notes: all, totalTime: duration }),
  );
}
