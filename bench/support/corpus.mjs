// What the benches of learning share: the melodies of a folder of MIDI files by Magenta's rules, data sets of them, and training in a
// folder of its own that goes afterwards.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMelody } from '../../dist/encoding/encoders.js';
import { magentaMelodies } from '../../dist/extraction/magenta-melodies.js';
import { midiToNoteSequence } from '../../dist/music/midi-to-note-sequence.js';
import { createDataset } from '../../dist/train/dataset.js';
import { trainModel } from '../../dist/train/trainer.js';
import { midiFiles } from './midi-files.mjs';

/** Every song of a folder that yields melodies, by file name. */
export function readSongs(folder) {
  return midiFiles(folder).flatMap((file) => {
    try {
      const { melodies } = magentaMelodies(midiToNoteSequence(readFileSync(join(folder, file))));
      return melodies.length > 0 ? [{ file, melodies: melodies.map(({ melody }) => melody) }] : [];
    } catch {
      return [];
    }
  });
}

export function datasetOf(encoder, songs) {
  return createDataset(
    songs.flatMap(({ melodies }) => melodies.map(({ events }) => encodeMelody(encoder, events).example)),
    encoder,
  );
}

/** Trains as `mst fit` does and gives back the evaluations, each with the wall seconds it came after. `inspect` is shown the run's folder. */
export async function learn(options, tell = () => {}, inspect = () => {}) {
  const runDirectory = mkdtempSync(join(tmpdir(), 'mst-learn-'));
  const evaluations = [];
  const began = performance.now();
  try {
    await trainModel({
      runDirectory,
      source: { artist: 'bench', config: options.plan.configuration, compat: true },
      resume: false,
      now: Date.now,
      ...options,
      onProgress({ evaluation, ...report }) {
        if (evaluation === undefined) return;
        const found = { seconds: (performance.now() - began) / 1000, ...report, ...evaluation };
        evaluations.push(found);
        tell(found);
      },
    });
    inspect(runDirectory);
  } finally {
    rmSync(runDirectory, { recursive: true, force: true });
  }
  return evaluations;
}
