// Calls as clients send them: MIDI files written by @tonejs/midi, as JSON arrays of their bytes; and answers read by midi-file.

import tone from '@tonejs/midi';
import { parseMidi } from 'midi-file';

/** [pitch, start, length] in seconds. */
export type Tone = readonly [number, number, number];

/** A format 1 file of one track. */
export function midiOf(tones: readonly Tone[]): Uint8Array {
  const midi = new tone.Midi();
  const track = midi.addTrack();
  for (const [pitch, time, duration] of tones) track.addNote({ midi: pitch, time, duration, velocity: 0.7 });
  return midi.toArray();
}

export const bodyOf = (bytes: Uint8Array): string => JSON.stringify([...bytes]);

/** Three notes, the last of which ends at 1.5 s. */
export const THREE: readonly Tone[] = [
  [60, 0, 0.5],
  [64, 0.5, 0.5],
  [67, 1, 0.5],
];

/** Eighths at a tempo. */
export const eighths = (count: number, qpm: number): Tone[] =>
  Array.from({ length: count }, (_, k) => [60 + ((k * 2) % 9), (k * 30) / qpm, 27 / qpm] as const);

export interface Predicted {
  readonly format: number;
  readonly qpm: number;
  /** Numbers of notes by track. */
  readonly counts: readonly number[];
  /** Notes of the second track, by time. */
  readonly tones: readonly { readonly pitch: number; readonly start: number; readonly end: number }[];
}

/** An answer of /predict: its layout by midi-file, its notes by @tonejs/midi. */
export function readPredicted(bytes: Uint8Array): Predicted {
  const { header, tracks } = parseMidi(bytes);
  const { notes } = new tone.Midi(bytes).tracks[0] ?? { notes: [] };
  const tempo = tracks[0]?.find((event) => event.type === 'setTempo');
  return {
    format: header.format,
    qpm: tempo?.type === 'setTempo' ? 6e7 / tempo.microsecondsPerBeat : Number.NaN,
    counts: tracks.map((track) => track.filter(({ type }) => type === 'noteOn').length),
    tones: notes.map(({ midi, time, duration }) => ({ pitch: midi, start: time, end: time + duration })),
  };
}
