// Step 3 as mst does it, in two passes: first every song is searched, melodies met before are left out, and what was found is put aside on
// disk; then, when it is known which songs belong together, the sets are drawn and the melodies encoded, and where they are few the
// accompaniment of the songs to learn from. What is held in memory is a sketch of each melody and the name of each file, however many
// there are.

import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { configuration } from '../../encoding/configuration.js';
import { DuplicateIndex } from '../../extraction/duplicates.js';
import { makeFolder, storing, temporaryName, writeAll } from '../../registry/files.js';
import { type ConvertedPaths, convertedLines, convertedRecords } from '../convert/converted.js';
import { handfuls, jsonLine, jsonLines } from '../files.js';
import { mapInWorkers } from '../pool.js';
import type { StepContext } from '../step.js';
import type { Overrides } from './overrides.js';
import type { Dropped } from './report.js';
import { ExampleSets, type ExamplesSummary } from './sets.js';
import type { ExamplesSettings } from './settings.js';
import type { EncodedExample, EncodeTask, SearchedAccompaniment, SearchedMelody, SearchedSong, SearchTask } from './songs.js';
import { type SetName, splitByFamily } from './split.js';

/** A file searched, as it waits on disk. */
interface FoundFile {
  /** Its number: 0, 1, 2, ... in the order of the collection. */
  readonly song: number;
  readonly file: string;
  readonly melodies: Omit<SearchedMelody, 'sketch'>[];
  readonly accompaniment: SearchedAccompaniment[];
  readonly dropped: Dropped[];
  agreement: number;
  /** How many songs of it were met. */
  tunes: number;
}

interface Job {
  readonly converted: ConvertedPaths;
  /** How many files those are about. */
  readonly files: number;
  /** The folder for the sets. */
  readonly target: string;
  readonly overrides: Overrides;
  /** With more steps of melody than this there is enough to learn from: the accompaniment is left. */
  readonly mostMelody: number;
}

/** Writes the sets and the report of the NoteSequences of a job. */
export async function makeFoundSets(job: Job, settings: ExamplesSettings, context: StepContext): Promise<ExamplesSummary> {
  storing(job.target, () => makeFolder(job.target));
  const spool = temporaryName(join(job.target, 'melodies'));
  try {
    context.progress.start(2 * job.files, 'files');
    const searched = await search(job, settings, context, spool);
    return await encode(job, settings, context, spool, searched);
  } finally {
    rmSync(spool, { force: true });
  }
}

interface Searched {
  readonly index: DuplicateIndex;
  /** By song: the name of its family's first song. */
  readonly families: readonly (string | undefined)[];
  /** There is so little melody that accompaniment is learned from. */
  readonly accompanied: boolean;
}

/** Searches all songs, and writes what was found to `spool`. */
async function search(
  { converted, overrides, mostMelody }: Job,
  { choice = { kind: 'auto' }, melodiesOnly = false }: ExamplesSettings,
  { progress, signal, jobs }: StepContext,
  spool: string,
): Promise<Searched> {
  const index = new DuplicateIndex();
  const names: string[] = [];
  const yields: boolean[] = [];
  let steps = 0;
  const few = (): boolean => !melodiesOnly && steps <= mostMelody;
  async function* tasks(): AsyncGenerator<SearchTask> {
    for await (const records of handfuls(convertedRecords(converted)))
      yield { kind: 'search', records, choice, overrides: overrides.byFile, accompaniment: few() };
  }
  const descriptor = storing(spool, () => openSync(spool, 'wx'));
  try {
    let open: FoundFile | undefined;
    const close = (): void => {
      if (open === undefined) return;
      const line = jsonLine(open);
      storing(spool, () => writeAll(descriptor, line));
      yields.push(open.melodies.length > 0);
      steps = open.melodies.reduce((sum, { events }) => sum + events.length - 1, steps);
      open = undefined;
    };
    for await (const songs of mapInWorkers<SearchTask, SearchedSong[]>(tasks(), 'examples/worker', { jobs, signal })) {
      for (const { file, melodies, accompaniment, dropped, agreement } of songs) {
        if (open?.file !== file) {
          close();
          open = { song: names.push(file) - 1, file, melodies: [], accompaniment: [], dropped: [], agreement, tunes: 0 };
        }
        open.tunes += 1;
        const tune = open.tunes > 1 ? { tune: open.tunes } : {};
        open.agreement = Math.min(open.agreement, agreement);
        open.dropped.push(...dropped.map((loss) => ({ ...loss, ...tune })));
        if (few()) open.accompaniment.push(...accompaniment);
        for (const { events, about, sketch } of melodies) {
          const { instrument = -1, name, notes } = about;
          const first = sketch === undefined ? undefined : index.add(sketch, open.song, instrument);
          if (first === undefined) open.melodies.push({ events, about: { ...about, ...tune } });
          else
            open.dropped.push({
              reason: 'duplicate',
              of: names[first] as string,
              ...tune,
              ...(instrument < 0 ? {} : { instrument }),
              name,
              notes,
            });
        }
      }
      progress.update(names.length);
    }
    close();
  } finally {
    closeSync(descriptor);
  }
  const families = names.map((_, song) => (yields[song] ? names[index.familyOf(song)] : undefined));
  return { index, families, accompanied: few() };
}

/** Encodes what waits in `spool`, each family into the set it is drawn for. */
async function encode(
  { target, converted, files, overrides }: Job,
  { config, evalRatio, seed }: ExamplesSettings,
  { progress, signal, jobs }: StepContext,
  spool: string,
  { index, families, accompanied }: Searched,
): Promise<ExamplesSummary> {
  const { encoding } = configuration(config);
  const split = splitByFamily(
    families.filter((family) => family !== undefined),
    evalRatio,
    seed,
  );
  const setOf = (song: number): SetName => split.get(families[song] ?? '') ?? 'training';
  const isHeldOut = (song: number): boolean => setOf(song) === 'eval';
  /** Of a song whose melodies are learned from, what no melody and no accompaniment before it has, and nothing like a melody of songs set aside. */
  const accompanimentOf = ({ song, accompaniment }: FoundFile): number[][] =>
    accompanied && families[song] !== undefined && setOf(song) === 'training'
      ? accompaniment
          .filter(({ sketch: numbers, instrument }) => {
            const sketch = numbers && Uint32Array.from(numbers);
            return !sketch || (![...index.songsWith(sketch)].some(isHeldOut) && index.add(sketch, song, instrument) === undefined);
          })
          .map(({ events }) => [...events])
      : [];
  const sets = new ExampleSets(target);
  const waiting: { file: FoundFile; accompaniment: number[][] }[][] = [];
  async function* tasks(): AsyncGenerator<EncodeTask> {
    for await (const found of handfuls(jsonLines<FoundFile>(spool))) {
      const files = found.map((file) => ({ file, accompaniment: accompanimentOf(file) }));
      waiting.push(files);
      const melodies = files.flatMap(({ file, accompaniment }) => [...file.melodies.map(({ events }) => events), ...accompaniment]);
      yield { kind: 'encode', melodies, encoding };
    }
  }
  try {
    for await (const encoded of mapInWorkers<EncodeTask, EncodedExample[]>(tasks(), 'examples/worker', { jobs, signal })) {
      let next = 0;
      for (const { file: found, accompaniment: others } of waiting.shift() ?? []) {
        const { song, file, melodies, dropped, agreement } = found;
        const examples = encoded.slice(next, next + melodies.length);
        next += melodies.length;
        const accompaniment = { pieces: others.length, steps: others.reduce((sum, { length }) => sum + length - 1, 0) };
        const records = encoded.slice(next, next + others.length).map(({ record }) => record);
        next += others.length;
        sets.addAccompaniment(records, accompaniment.steps);
        const set = setOf(song);
        const kept = melodies.map(({ about }, k) => ({ ...about, transposed: examples[k]?.transposed ?? 0 }));
        sets.addExamples(
          set,
          examples.map(({ record }) => record),
          kept,
        );
        const beside = others.length > 0 ? { accompaniment } : {};
        sets.addLine({ file, set, melodies: kept, ...beside, dropped, agreement: Math.round(agreement * 1000) / 1000 });
      }
      progress.update(families.length + sets.files);
    }
    sets.addUnread(convertedLines(converted));
    progress.update(2 * files);
    const { unused } = overrides;
    return { ...sets.commit(), ...(unused.length > 0 && { unusedOverrides: unused }) };
  } finally {
    sets.abandon();
  }
}
