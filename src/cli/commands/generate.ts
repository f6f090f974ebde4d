// mst generate --model NAME --output-dir DIR: new melodies as MIDI files (spec G.1; option names are Magenta's).

import { resolve } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { Continuation } from '../../model/continuation.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { type Context, defineCommand } from '../command.js';
import { runTask } from '../tasks.js';
import { defaultModel } from './models.js';

export const generateCommand = defineCommand({
  name: 'generate',
  usage: '--model NAME|PATH --output-dir DIR',
  describe: 'Write new melodies as MIDI files',
  options: {
    model: { type: 'text', describe: 'Name of a model, or path of its folder; else the one of MAGENTA_MODEL' },
    'output-dir': { type: 'text', describe: 'Folder to write to', required: true },
    num_outputs: { type: 'integer', min: 1, max: 10_000, default: 10, describe: 'Melodies to write' },
    num_steps: { type: 'integer', min: 2, max: 100_000, default: 128, describe: 'Length in 16th steps, the primer included' },
    primer_melody: { type: 'text', describe: 'Begin with these events, such as "[60, -2, 64]": pitches, -1 note off, -2 nothing new' },
    primer_midi: { type: 'text', describe: 'Begin with the melody of this MIDI file' },
    qpm: { type: 'number', min: 10, max: 1000, describe: "Quarter notes a minute; by default 120, or the primer file's" },
    temperature: { type: 'number', min: 0, max: 100, default: 1, describe: 'Below 1 safer, above 1 bolder, 0 always the likeliest' },
    beam_size: { type: 'integer', min: 1, max: 1024, default: 1, describe: 'Melodies the beam search keeps' },
    branch_factor: { type: 'integer', min: 1, max: 1024, default: 1, describe: 'Continuations it tries for each' },
    steps_per_iteration: { type: 'integer', min: 1, max: 100_000, default: 1, describe: 'Steps it takes at a time' },
    compat: { type: 'text', choices: ['magenta'], describe: "Magenta's quirks in where the primer ends" },
  },
  examples: [
    ['mst generate --model coldplay --output-dir new-songs', 'Ten melodies of eight bars'],
    ['mst generate --model coldplay --output-dir new-songs --primer_midi riff.mid --num_steps 256', 'Continue a riff'],
  ],
  async run(context, given) {
    const { openModel } = await import('../../model/model.js');
    const { findModel, loadModel } = await import('../../registry/models.js');
    const { generateFiles } = await import('../../pipeline/songs/generate.js');
    const { home, current, output, force, signal } = context;
    // Without --seed every call gives other melodies; the seed stands in their names.
    const seed = context.seed ?? context.clock() % 1_000_000;
    const found = findModel(home, given.model ?? defaultModel(context), current);
    const model = openModel(loadModel(found));
    const continuation = await whatToContinue(context, given);
    const files = await runTask(
      context,
      'Generating',
      async (progress) =>
        generateFiles(model, continuation, {
          name: found.name,
          directory: resolve(current, given['output-dir']),
          count: given.num_outputs,
          search: {
            temperature: given.temperature,
            beamSize: given.beam_size,
            branchFactor: given.branch_factor,
            stepsPerIteration: given.steps_per_iteration,
          },
          seed,
          force,
          signal,
          progress,
        }),
      (written) => `${written.length} written`,
    );
    output.result({ model: found.name, seed, files }, files.join('\n'));
  },
});

interface Primer {
  readonly primer_melody: string | undefined;
  readonly primer_midi: string | undefined;
  readonly qpm: number | undefined;
  readonly num_steps: number;
  readonly compat: 'magenta' | undefined;
}

async function whatToContinue(context: Context, given: Primer): Promise<Continuation> {
  const { continueEvents, continueSequence, DEFAULT_PRIMER } = await import('../../model/continuation.js');
  const { primer_melody: melody, primer_midi: midi, qpm, num_steps: numSteps } = given;
  const compat = given.compat === 'magenta';
  if (melody !== undefined && midi !== undefined) {
    throw new MstError('usage', 'There are two primers, --primer_melody and --primer_midi.', { hint: 'Give one of them.' });
  }
  if (midi !== undefined) {
    const sequence = await readPrimer(resolve(context.current, midi), compat);
    if (sequence.notes.every(({ isDrum }) => isDrum)) {
      throw new MstError('bad-primer', `${midi} has no melody to begin with.`, { hint: 'Give a MIDI file with notes other than drums.' });
    }
    return continueSequence(qpm === undefined || compat ? sequence : atTempo(sequence, qpm), { numSteps, compat });
  }
  if (melody === undefined) context.output.note('No primer was given, so each melody begins with a C4.');
  const events = melody === undefined ? DEFAULT_PRIMER : parseEvents(melody);
  return continueEvents(events, { numSteps, compat, ...(qpm !== undefined && { qpm }) });
}

async function readPrimer(path: string, compat: boolean): Promise<NoteSequence> {
  const { readMidi } = await import('../../music/midi-to-note-sequence.js');
  const { readSource } = await import('../../pipeline/fetch/sources.js');
  const { defaultLimits } = await import('../../pipeline/archive.js');
  const bytes = readSource(path, defaultLimits);
  if (!(bytes instanceof Uint8Array)) {
    throw new MstError('not-found', `${path} ${bytes.refused}.`, { hint: 'Give the path of a MIDI file.' });
  }
  try {
    return readMidi(bytes, { compat }).sequence;
  } catch (error) {
    if (error instanceof MstError)
      throw new MstError(error.code, `${path}: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
    throw error;
  }
}

/** The same notes played at another tempo throughout. */
function atTempo(sequence: NoteSequence, qpm: number): NoteSequence {
  const factor = (sequence.tempos[0]?.qpm ?? 120) / qpm;
  const notes = sequence.notes.map((note) => ({ ...note, startTime: note.startTime * factor, endTime: note.endTime * factor }));
  return { ...sequence, notes, tempos: [{ time: 0, qpm }], totalTime: sequence.totalTime * factor };
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
