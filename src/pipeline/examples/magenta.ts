// Step 3 by Magenta's rules, in one pass: every melody of every NoteSequence is encoded, and goes to a set as it comes (spec E).

import { configuration } from '../../encoding/configuration.js';
import type { MagentaDrop } from '../../extraction/magenta-melodies.js';
import { type ConvertedPaths, convertedLines, convertedRecords } from '../convert/converted.js';
import { handfuls } from '../files.js';
import { mapInWorkers } from '../pool.js';
import type { StepContext } from '../step.js';
import { ExampleSets, type ExamplesSummary } from './sets.js';
import type { ExamplesSettings } from './settings.js';
import type { KeptMelody, MagentaSong, MagentaTask } from './songs.js';
import { type SetName, splitBySequence } from './split.js';

/** Writes the sets and the report of the NoteSequences of so many files to the folder `target`. */
export async function makeMagentaSets(
  { converted, files, target }: { converted: ConvertedPaths; files: number; target: string },
  { config, evalRatio, seed }: ExamplesSettings,
  { progress, signal, jobs }: StepContext,
): Promise<ExamplesSummary> {
  const { encoding } = configuration(config);
  const split = splitBySequence(evalRatio, seed);
  const sets = new ExampleSets(target);
  progress.start(files, 'files');
  try {
    async function* tasks(): AsyncGenerator<MagentaTask> {
      for await (const records of handfuls(convertedRecords(converted))) yield { kind: 'magenta', records, encoding };
    }
    let open: { file: string; set: SetName; melodies: KeptMelody[]; dropped: MagentaDrop[] } | undefined;
    let tunes = 0;
    for await (const songs of mapInWorkers<MagentaTask, MagentaSong[]>(tasks(), 'examples/worker', { jobs, signal })) {
      for (const { file, melodies, dropped, records } of songs) {
        if (open !== undefined && open.file !== file) {
          sets.addLine(open);
          open = undefined;
        }
        const set = split.setOf();
        if (open === undefined) {
          open = { file, set, melodies: [], dropped: [] };
          tunes = 0;
        }
        const tune = ++tunes > 1 ? { tune: tunes } : {};
        sets.addExamples(set, records, melodies);
        // One by one: a song of another program may have more tracks than a call may have arguments.
        for (const melody of melodies) open.melodies.push({ ...melody, ...tune });
        for (const loss of dropped) open.dropped.push({ ...loss, ...tune });
      }
      progress.update(sets.files);
    }
    if (open !== undefined) sets.addLine(open);
    sets.addUnread(convertedLines(converted));
    progress.update(sets.files);
    return sets.commit();
  } finally {
    sets.abandon();
  }
}
