// What a <note> sounds, apart from when and for how long.
import type { Sound } from './header.js';
import { child, childrenOf, numberOf, textOf, type XmlElement } from './xml.js';

// General MIDI's snare drum, for strokes whose instrument is not said.
const snareDrum = 38;

/** Whether the note is heard: no rest, and no cue for another player. */
export function isHeard(note: XmlElement): boolean {
  return child(note, 'rest') === undefined && child(note, 'cue') === undefined;
}

/** The MIDI pitch of a heard note and whether it is percussion; undefined where it names no pitch, or one outside 0..127. */
export function readPitch(
  note: XmlElement,
  sound: Sound | undefined,
  transposition: number,
): { pitch: number; isDrum: boolean } | undefined {
  if (child(note, 'unpitched')) return { pitch: sound?.drumPitch ?? snareDrum, isDrum: true };
  const pitched = child(note, 'pitch');
  const step = 'C.D.EF.G.A.B'.indexOf(textOf(pitched, 'step')?.toUpperCase() || '?');
  const octave = numberOf(pitched, 'octave');
  if (step < 0 || octave === undefined) return undefined;
  const written = 12 * (octave + 1) + step + Math.round(numberOf(pitched, 'alter') ?? 0);
  const isDrum = sound?.isDrum === true;
  const pitch = isDrum ? (sound.drumPitch ?? written) : written + transposition;
  return Number.isInteger(pitch) && pitch >= 0 && pitch <= 127 ? { pitch, isDrum } : undefined;
}

/** Whether a note is tied to the one after it: as it sounds (<tie>), or where that is missing as drawn (<tied>). */
export function isTied(note: XmlElement): boolean {
  const sounding = childrenOf(note, 'tie');
  const ties = sounding.length > 0 ? sounding : childrenOf(note, 'notations').flatMap((notations) => childrenOf(notations, 'tied'));
  return ties.some(({ attributes }) => attributes.type === 'start');
}
