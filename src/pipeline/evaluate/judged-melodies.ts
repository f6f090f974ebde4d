// The melodies a model makes to be judged by, of two kinds. Those that show what it makes of music it has not heard begin with the first
// bar of a held-out song, so metres and keys are those of real music. Those that show what it knows by heart begin with the first note of
// a training song: a model that copies goes on as that song does.

import { Random } from '../../core/random.js';
import type { BarredMelody } from '../../evaluate/notes.js';
import { Listener } from '../../model/listener.js';
import type { MelodyModel } from '../../model/model.js';
import { melodyFromEvents, melodyToNoteSequence } from '../../music/melody.js';
import { noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';

/** How many melodies of each kind, how many bars each has beside a first bar it was given, and how boldly they are drawn. */
export const JUDGED = { melodies: 20, bars: 8, temperature: 1 } as const;

/** What a melody begins with; music from `pickup` on is the model's own. */
export type Opening = BarredMelody;

/** A generated melody. */
export interface JudgedMelody extends BarredMelody {
  /** Name of its MIDI file. */
  readonly file: string;
  readonly events: readonly number[];
}

/** The first whole bars of held-out songs, in the order of a draw; none of songs shorter than that. */
export function firstBars(songs: readonly BarredMelody[], random: Random): Opening[] {
  const long = songs.filter(({ events, stepsPerBar, pickup }) => events.length >= pickup + stepsPerBar);
  return random.shuffle(long).map(({ events, stepsPerBar, pickup }) => {
    const bar = Array.from({ length: stepsPerBar }, (_, i) => events[pickup + i] as number);
    return { events: bar, stepsPerBar, pickup: stepsPerBar };
  });
}

/** A song up to its first note. */
export function firstNote({ events, stepsPerBar, pickup }: BarredMelody): Opening {
  const until = Array.from(events).findIndex((event) => event >= 0) + 1;
  return { events: Array.from(events).slice(0, Math.max(1, until)), stepsPerBar, pickup };
}

/**
 * Melodies of a model in its own key and range, each opening in its turn; none without an opening.
 * @param name what their files are called before their number
 */
export function* judgedMelodies(model: MelodyModel, openings: readonly Opening[], name: string, seed: number): Generator<JudgedMelody> {
  const random = new Random(seed).derive(name);
  for (let index = 0; openings.length > 0 && index < JUDGED.melodies; index++) {
    const { events: given, stepsPerBar, pickup } = openings[index % openings.length] as Opening;
    const events = proceed(model, Array.from(given), pickup + JUDGED.bars * stepsPerBar, random.derive(`melody ${index + 1}`));
    yield { file: `${name}-${String(index + 1).padStart(2, '0')}.mid`, events, stepsPerBar, pickup };
  }
}

/** Continues events of the model's own key and range to `length` steps. */
function proceed(model: MelodyModel, opening: readonly number[], length: number, random: Random): number[] {
  const events = [...melodyFromEvents(opening).events];
  const listener = new Listener(model);
  for (const event of events.slice(0, -1)) listener.feed(event);
  while (events.length < length) {
    listener.feed(events.at(-1) as number);
    events.push(listener.choose(JUDGED.temperature, random).event);
  }
  return events;
}

/** A melody as the bytes of a MIDI file, with its metre. */
export function judgedMidi({ events, stepsPerBar }: JudgedMelody): Uint8Array {
  const sequence = melodyToNoteSequence(melodyFromEvents(events, { stepsPerBar }));
  return noteSequenceToMidi({ ...sequence, timeSignatures: [{ time: 0, ...metreOf(stepsPerBar) }] });
}

/** A metre with so many 16ths in a bar. */
function metreOf(stepsPerBar: number): { numerator: number; denominator: number } {
  if (stepsPerBar % 4 === 0) return { numerator: stepsPerBar / 4, denominator: 4 };
  return stepsPerBar % 2 === 0 ? { numerator: stepsPerBar / 2, denominator: 8 } : { numerator: stepsPerBar, denominator: 16 };
}
