// New melodies from a model as MIDI files: `mst generate`, and the preview of step 6 (spec G).

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import type { Continuation } from '../../model/continuation.js';
import { type GenerateOptions, generateStepwise } from '../../model/generate.js';
import type { MelodyModel } from '../../model/model.js';
import { melodyToNoteSequence } from '../../music/melody.js';
import type { NoteSequence } from '../../music/note-sequence.js';
import { noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';
import { writeFileAtomic } from '../../registry/files.js';
import { Breath } from '../breath.js';
import type { Progress } from '../progress.js';

/** How melodies are drawn from a model. */
export interface Search extends Omit<GenerateOptions, 'totalSteps' | 'random'> {
  readonly temperature: number;
  readonly beamSize: number;
  readonly branchFactor: number;
  readonly stepsPerIteration: number;
}

export const PLAIN_SAMPLING: Search = { temperature: 1, beamSize: 1, branchFactor: 1, stepsPerIteration: 1 };

/** What becomes of a melody's events: the piece of music that is written. */
export type Compose = (events: readonly number[]) => NoteSequence;

/** A melody's events. Melody `index` of a seed is the same however many are asked for. */
async function generateEvents(
  model: MelodyModel,
  { melody, totalSteps }: Continuation,
  { search, seed, index, signal, breath }: { search: Search; seed: number; index: number; signal: AbortSignal; breath: Breath },
): Promise<number[]> {
  const steps = generateStepwise(model, melody.events, { ...search, totalSteps, random: new Random(seed).derive(`melody ${index}`) });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breath.take();
    signal.throwIfAborted();
  }
}

/** The name of a generated file: `<model>-s<seed>-<index>.mid`, counting from 1. */
function generatedName(model: string, seed: number, index: number): string {
  return `${model.replaceAll(':', '-')}-s${seed}-${String(index).padStart(2, '0')}.mid`;
}

/**
 * Writes `count` melodies to a folder as MIDI files.
 * @param options.compose by default the melody alone, at the tempo of the continuation
 * @returns the paths written
 * @throws MstError `exists` before anything is written when a file is there and `force` is false; the abort reason, with every file
 *   whole that is there; what `generateMelody` throws
 */
export async function generateFiles(
  model: MelodyModel,
  continuation: Continuation,
  {
    name,
    directory,
    count,
    search,
    compose = (events) => melodyToNoteSequence({ ...continuation.melody, events }, { qpm: continuation.qpm }),
    seed,
    force,
    signal,
    progress,
  }: {
    name: string;
    directory: string;
    count: number;
    search: Search;
    compose?: Compose | undefined;
    seed: number;
    force: boolean;
    signal: AbortSignal;
    progress: Progress;
  },
): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, i) => join(directory, generatedName(name, seed, i + 1)));
  const present = force ? undefined : paths.find((path) => existsSync(path));
  if (present !== undefined) {
    throw new MstError('exists', `${present} is there already.`, {
      hint: 'Choose another --seed or --output-dir, or overwrite it with --force.',
    });
  }
  progress.start(count, 'melodies');
  const breath = new Breath();
  for (const [i, path] of paths.entries()) {
    const events = await generateEvents(model, continuation, { search, seed, index: i + 1, signal, breath });
    writeFileAtomic(path, noteSequenceToMidi(compose(events)));
    progress.update(i + 1);
  }
  return paths;
}
