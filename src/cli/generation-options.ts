// What new melodies are to be: the options of mst generate, and what they come to. Names that Magenta has are Magenta's (spec G.1).

import { basename, resolve } from 'node:path';
import { MstError } from '../core/errors.js';
import type { Continuation } from '../model/continuation.js';
import type { Filters } from '../model/filters.js';
import { pitchClassNamed, SCALE_NAMES, type ScaleName, scaleOn } from '../music/scales.js';
import type { Compose } from '../pipeline/songs/generate.js';
import type { Context, Options } from './command.js';
import { count } from './format.js';

const DEFAULT_STEPS = 128;
const MIDDLE_C = 60;
const OCTAVE = 12;
const BEGINNING = 'How it begins';
const NOTES = 'Which notes come';
const SEARCH = 'Beam search';

export const generationOptions = {
  num_steps: {
    type: 'integer',
    min: 2,
    max: 100_000,
    describe: `Length in 16ths, the primer included [default: ${DEFAULT_STEPS}]; with --continue, of the answer alone [default: 8 bars]`,
  },

  primer: { type: 'text', group: BEGINNING, describe: 'Begin with the melody of this file: MIDI, ABC or MusicXML' },
  primer_midi: { type: 'text', group: BEGINNING, describe: "The same by Magenta's name" },
  primer_melody: {
    type: 'text',
    group: BEGINNING,
    describe: 'Begin with these events, one a 16th: pitches, -1 note off, -2 nothing new, as in "[60, -2, 64]"',
  },
  continue: {
    type: 'text',
    group: BEGINNING,
    describe: 'Answer this file: written as two tracks, You as in the file and Model from the next bar line on, at its tempo',
  },
  qpm: { type: 'number', min: 10, max: 1000, group: BEGINNING, describe: "Quarter notes a minute; by default 120, or the file's" },
  compat: { type: 'text', choices: ['magenta'], group: BEGINNING, describe: "Magenta's quirks in how primers are read and where they end" },

  temperature: {
    type: 'number',
    min: 0,
    max: 100,
    default: 1,
    group: NOTES,
    describe: 'Below 1 safer, above 1 bolder, 0 always the likeliest',
  },
  'top-k': {
    type: 'integer',
    min: 1,
    max: 130,
    group: NOTES,
    describe: 'Draw each step among the so many likeliest (notes, rests, holding on)',
  },
  'top-p': { type: 'number', min: 0, max: 1, group: NOTES, describe: 'Among the fewest likeliest that together have this probability' },
  key: { type: 'text', group: NOTES, describe: 'Only notes of this key: C, F#, Bb; major unless --scale says otherwise' },
  scale: { type: 'text', choices: SCALE_NAMES, group: NOTES, describe: 'Only notes of this scale on the --key' },

  beam_size: { type: 'integer', min: 1, max: 1024, default: 1, group: SEARCH, describe: 'Melodies that are kept' },
  branch_factor: { type: 'integer', min: 1, max: 1024, default: 1, group: SEARCH, describe: 'Continuations tried for each of them' },
  steps_per_iteration: { type: 'integer', min: 1, max: 100_000, default: 1, group: SEARCH, describe: 'Steps between two choices' },
} as const satisfies Options;

/** The values of the options that say which notes may come. */
interface NoteChoices {
  readonly 'top-k': number | undefined;
  readonly 'top-p': number | undefined;
  readonly key: string | undefined;
  readonly scale: string | undefined;
}

/** @throws MstError `usage` for what is no key, and a scale without one */
export function filtersFrom({ 'top-k': topK, 'top-p': topP, key, scale }: NoteChoices): Filters {
  return { topK, topP, pitchClasses: pitchClassesFrom(key, scale as ScaleName | undefined) };
}

function pitchClassesFrom(key: string | undefined, scale: ScaleName | undefined): Filters['pitchClasses'] {
  const tonic = tonicFrom(key);
  if (scale === 'chromatic') return undefined;
  if (tonic !== undefined) return scaleOn(tonic, scale ?? 'major');
  if (scale === undefined) return undefined;
  throw new MstError('usage', `--scale ${scale} needs a key.`, { hint: `Say on which note it begins: --key D --scale ${scale}` });
}

function tonicFrom(key: string | undefined): number | undefined {
  if (key === undefined) return undefined;
  const tonic = pitchClassNamed(key);
  if (tonic !== undefined) return tonic;
  throw new MstError('usage', `${JSON.stringify(key)} is not a key.`, {
    hint: 'Give a letter from A to G, with # or b where needed: --key F#   Minor keys and modes: --key D --scale minor',
  });
}

/** The values of the options that say how a melody begins. */
interface BeginningChoices extends NoteChoices {
  readonly primer: string | undefined;
  readonly primer_midi: string | undefined;
  readonly primer_melody: string | undefined;
  readonly continue: string | undefined;
  readonly qpm: number | undefined;
  readonly num_steps: number | undefined;
  readonly compat: 'magenta' | undefined;
}

/** What is to be generated. */
export interface Beginning {
  readonly continuation: Continuation;
  /** What becomes of it where that is not the melody alone. */
  readonly compose?: Compose;
  readonly startWithNote?: true;
  /** Where an answer begins: the number of the bar, and seconds. */
  readonly answer?: { readonly bar: number; readonly seconds: number };
}

/** @throws MstError `usage` for options that do not go together, and what reading the files throws */
export async function beginningFrom(context: Pick<Context, 'current' | 'output'>, given: BeginningChoices): Promise<Beginning> {
  const { primer, primer_midi, primer_melody, qpm, compat } = given;
  const beginnings = Object.entries({ primer, primer_midi, primer_melody, continue: given.continue }).filter(
    ([, value]) => value !== undefined,
  );
  if (beginnings.length > 1) {
    throw new MstError('usage', `There are ${beginnings.length} beginnings: ${beginnings.map(([name]) => `--${name}`).join(' and ')}.`, {
      hint: 'Give one of them.',
    });
  }
  if (given.continue !== undefined) return answering(context, given.continue, given);
  const file = primer ?? primer_midi;
  const beginning = file === undefined ? await fromEvents(context, given) : await fromFile(context, file, given);
  tellOfForeignNotes(context, beginning.continuation, filtersFrom(given));
  return file !== undefined && qpm !== undefined && compat === undefined
    ? { ...beginning, continuation: { ...beginning.continuation, qpm } }
    : beginning;
}

async function fromEvents({ output }: Pick<Context, 'output'>, given: BeginningChoices): Promise<Beginning> {
  const { continueEvents, DEFAULT_PRIMER } = await import('../model/continue-melody.js');
  const { pitchName } = await import('../view/pitches.js');
  const { primer_melody, qpm, num_steps: numSteps = DEFAULT_STEPS, compat } = given;
  let events = DEFAULT_PRIMER;
  if (primer_melody === undefined) {
    const tonic = filtersFrom(given).pitchClasses === undefined ? undefined : tonicFrom(given.key);
    if (tonic !== undefined) events = [MIDDLE_C + (tonic > OCTAVE / 2 ? tonic - OCTAVE : tonic)];
    output.note(`No beginning was given, so each melody begins with ${pitchName(events[0] as number)}.`);
  } else events = parseEvents(primer_melody);
  return { continuation: continueEvents(events, { numSteps, compat: compat !== undefined, ...(qpm !== undefined && { qpm }) }) };
}

async function fromFile(context: Pick<Context, 'current' | 'output'>, file: string, given: BeginningChoices): Promise<Beginning> {
  const { continueSequence } = await import('../model/continue-melody.js');
  const compat = given.compat !== undefined;
  const sequence = await readMelodious(context, file, compat);
  return { continuation: continueSequence(sequence, { numSteps: given.num_steps ?? DEFAULT_STEPS, compat }) };
}

async function answering(context: Pick<Context, 'current' | 'output'>, file: string, given: BeginningChoices): Promise<Beginning> {
  const { callAndAnswer, hearCall } = await import('../model/call-and-answer.js');
  const conflict = (['qpm', 'compat'] as const).find((name) => given[name] !== undefined);
  if (conflict !== undefined) {
    const why = conflict === 'qpm' ? "keeps the file's tempo" : 'is not of Magenta';
    throw new MstError('usage', `--${conflict} does not go with --continue, which ${why}.`, { hint: 'Leave one of them out.' });
  }
  const sequence = await readMelodious(context, file, false);
  const call = hearCall(sequence, { steps: given.num_steps });
  const seconds = call.secondsAt(call.answerStep);
  const others = new Set(sequence.notes.map(({ instrument }) => instrument)).size - 1;
  const { output } = context;
  output.note(`The answer begins with bar ${call.answerBar}, at ${seconds.toFixed(1)} s.`);
  if (others > 0) {
    const name = sequence.instrumentInfos.find(({ instrument }) => instrument === call.instrument)?.name;
    output.warn(
      `Track ${name ? JSON.stringify(name) : call.instrument} is the call; ${count(others, 'other track')} of ${basename(file)} ${others === 1 ? 'is' : 'are'} not in what is written.`,
    );
  }
  return {
    continuation: call,
    compose: (events) => callAndAnswer(sequence, call, events),
    startWithNote: true,
    answer: { bar: call.answerBar, seconds },
  };
}

async function readMelodious({ current, output }: Pick<Context, 'current' | 'output'>, file: string, compat: boolean) {
  const { readSong } = await import('../pipeline/songs/read-song.js');
  const { sequence, notes } = await readSong(resolve(current, file), { compat });
  for (const note of notes) output.warn(note);
  if (!sequence.notes.every(({ isDrum }) => isDrum)) return sequence;
  throw new MstError('bad-primer', `${file} has no melody to begin with.`, { hint: 'Give a file with notes other than drums.' });
}

/** A scale is for what is generated; what was given stays as it is. */
function tellOfForeignNotes({ output }: Pick<Context, 'output'>, { melody }: Continuation, { pitchClasses }: Filters): void {
  if (pitchClasses === undefined) return;
  const foreign = melody.events.filter((event) => event >= 0 && !pitchClasses.has(event % OCTAVE)).length;
  if (foreign > 0)
    output.warn(
      `${count(foreign, 'note')} of the beginning ${foreign === 1 ? 'is' : 'are'} not of that scale; what is given stays as it is.`,
    );
}

/** Events from text such as `[60, -2, 64]`. @throws MstError `usage` */
function parseEvents(text: string): number[] {
  const inner = /^\s*[[(]?([^[\]()]*)[\])]?\s*$/.exec(text)?.[1] ?? '';
  const events = inner.split(',').map((part) => (/^\s*-?\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (events.length > 0 && events.every((event) => event >= -2 && event <= 127)) return events;
  throw new MstError('usage', `${JSON.stringify(text)} is not a melody.`, {
    hint: 'Give pitches from 0 to 127, -1 to end a note and -2 to let it go on: --primer_melody "[60, -2, 64, -2]"',
  });
}
