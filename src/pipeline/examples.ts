// Step 3, examples: the melodies of every song, encoded for one configuration, in training_melodies.tfrecord and
// eval_melodies.tfrecord (spec E), and one line a file in examples-report.jsonl.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../core/errors.js';
import { type ConfigName, configuration } from '../encoding/configuration.js';
import type { SongDrop } from '../extraction/song-melodies.js';
import { encodeRecord } from '../records/tfrecord.js';
import { AtomicFile, sweepAbandoned } from '../registry/files.js';
import { CONVERT_REPORT, NOTE_SEQUENCES } from './convert.js';
import type { ConvertLine } from './convert-file.js';
import type { ExamplesTask, KeptMelody, SongExamples } from './examples-file.js';
import { handfuls, jsonLine, readJsonLines } from './files.js';
import { mapInWorkers } from './pool.js';
import { drawOf, type SetName, type Split, splitByFile, splitBySequence } from './split.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from './stamp.js';
import type { StepContext, StepResult } from './step.js';
import { recordsOfFile } from './tfrecord-file.js';

export const TRAINING_MELODIES = 'training_melodies.tfrecord';
export const EVAL_MELODIES = 'eval_melodies.tfrecord';
export const EXAMPLES_REPORT = 'examples-report.jsonl';

export interface ExamplesSettings {
  readonly config: ConfigName;
  /** Share of songs set aside for judging, 0 to less than 1. */
  readonly evalRatio: number;
  readonly seed: number;
  readonly compat: boolean;
}

/** A line of examples-report.jsonl. */
export interface ExamplesLine {
  readonly file: string;
  readonly status: 'kept' | 'dropped';
  /** Where its melodies went. */
  readonly set?: SetName;
  readonly melodies: readonly KeptMelody[];
  /** What was left out, and why. */
  readonly dropped: readonly (SongDrop | { readonly reason: string })[];
  /** Chords were read as their highest notes. */
  readonly reducedChords?: boolean;
}

interface SetTotals {
  songs: number;
  melodies: number;
  /** Training steps in them: one less than its events for each melody. */
  steps: number;
}

export interface ExamplesSummary {
  readonly files: number;
  readonly kept: number;
  readonly dropped: number;
  readonly training: Readonly<SetTotals>;
  readonly eval: Readonly<SetTotals>;
  /** How often each reason for leaving something out occurs. */
  readonly reasons: Readonly<Record<string, number>>;
}

/**
 * Makes the examples of a dataset for one configuration.
 * @param directory the dataset, datasets/<artist>; the examples go to its folder of the configuration's name
 * @throws MstError `not-found` before step 2, `no-melody` when nothing can be trained on
 */
export async function examples(
  { directory, artist, ...settings }: { directory: string; artist: string } & ExamplesSettings,
  context: StepContext,
): Promise<StepResult<ExamplesSummary>> {
  const source = join(directory, NOTE_SEQUENCES);
  for (const path of [source, join(directory, CONVERT_REPORT)]) {
    if (existsSync(path)) continue;
    throw new MstError('not-found', `${path} is not there yet.`, { hint: `Convert the music first: mst convert ${artist}` });
  }
  const { config, evalRatio, seed, compat } = settings;
  const target = join(directory, config);
  const key = fingerprint({ source: hashFile(source), report: hashFile(join(directory, CONVERT_REPORT)), settings });
  const fresh = context.force ? undefined : readFreshStamp<ExamplesSummary>(target, 'examples', key);
  if (fresh !== undefined) return { skipped: true, summary: fresh.summary };

  sweepAbandoned(target);
  let pass = await makeSets(
    { directory, target, ...settings },
    compat ? splitBySequence(evalRatio, seed) : splitByFile(evalRatio, seed),
    context,
  );
  const moved = compat ? undefined : missingSet(pass, evalRatio, seed);
  if (moved !== undefined) pass = await makeSets({ directory, target, ...settings }, splitByFile(evalRatio, seed, moved), context);
  if (pass.summary.training.melodies === 0) {
    const { kept, files } = pass.summary;
    throw new MstError(
      'no-melody',
      kept === 0 ? `No melody was found in any of the ${files} files.` : 'All melodies were set aside for judging.',
      {
        hint:
          kept === 0
            ? `A melody has at least 7 bars and 5 different pitches; each file has its reason in ${join(target, EXAMPLES_REPORT)}`
            : 'Use a smaller --eval_ratio, or more songs.',
      },
    );
  }
  const outputs = [TRAINING_MELODIES, EVAL_MELODIES, EXAMPLES_REPORT];
  writeStamp(target, 'examples', { fingerprint: key, settings, outputs, summary: pass.summary });
  return { skipped: false, summary: pass.summary };
}

interface Pass {
  readonly summary: ExamplesSummary;
  /** Files that gave melodies. */
  readonly kept: readonly string[];
}

/** With two songs or more, neither set may be empty: the song nearest to the border changes sides. */
function missingSet({ summary, kept }: Pass, evalRatio: number, seed: number): ReadonlyMap<string, SetName> | undefined {
  if (kept.length < 2 || evalRatio === 0) return undefined;
  const byDraw = [...kept].sort((a, b) => drawOf(a, seed) - drawOf(b, seed));
  if (summary.eval.melodies === 0) return new Map([[byDraw[0] as string, 'eval']]);
  if (summary.training.melodies === 0) return new Map([[byDraw.at(-1) as string, 'training']]);
  return undefined;
}

async function makeSets(
  { directory, target, config, compat }: { directory: string; target: string } & ExamplesSettings,
  split: Split,
  { progress, signal, jobs }: StepContext,
): Promise<Pass> {
  const converted = readJsonLines<ConvertLine>(join(directory, CONVERT_REPORT));
  const { encoding } = configuration(config);
  const reasons: Record<string, number> = {};
  const totals = { training: { songs: 0, melodies: 0, steps: 0 }, eval: { songs: 0, melodies: 0, steps: 0 } };
  const kept: string[] = [];
  let files = 0;
  const sets = { training: new AtomicFile(join(target, TRAINING_MELODIES)), eval: new AtomicFile(join(target, EVAL_MELODIES)) };
  const report = new AtomicFile(join(target, EXAMPLES_REPORT));
  const close = (line: ExamplesLine): void => {
    report.write(jsonLine(line));
    files += 1;
    for (const { reason } of line.dropped) reasons[reason] = (reasons[reason] ?? 0) + 1;
    if (line.status === 'kept') kept.push(line.file);
  };
  progress.start(converted.length, 'files');
  try {
    async function* tasks(): AsyncGenerator<ExamplesTask> {
      for await (const records of handfuls(recordsOfFile(join(directory, NOTE_SEQUENCES)), 16)) yield { records, encoding, compat };
    }
    let open: (Omit<ExamplesLine, 'status' | 'melodies' | 'dropped'> & { melodies: KeptMelody[]; dropped: SongDrop[] }) | undefined;
    const finish = (): void => {
      if (open === undefined) return;
      const { file, melodies, dropped, reducedChords, set } = open;
      const status = melodies.length > 0 ? 'kept' : 'dropped';
      const why = melodies.length === 0 && dropped.length === 0 ? [{ reason: 'no notes' }] : dropped;
      close({ file, status, ...(status === 'kept' && { set }), melodies, dropped: why, ...(reducedChords && { reducedChords }) });
      open = undefined;
    };
    for await (const songs of mapInWorkers<ExamplesTask, SongExamples[]>(tasks(), 'examples-worker', { jobs, signal })) {
      for (const song of songs) {
        if (open?.file !== song.file) finish();
        const set = split.setOf(song.file);
        open ??= { file: song.file, set, melodies: [], dropped: [] };
        for (const example of song.examples) sets[set].write(encodeRecord(example));
        open.melodies.push(...song.melodies);
        open.dropped.push(...song.dropped);
        if (song.reducedChords) open = { ...open, reducedChords: true };
        if (song.melodies.length > 0) totals[set].songs += 1;
        totals[set].melodies += song.melodies.length;
        for (const { steps } of song.melodies) totals[set].steps += steps - 1;
      }
      progress.update(files);
    }
    finish();
    for (const { file, status, reasons } of converted) {
      if (status === 'refused' || status === 'duplicate') {
        close({
          file,
          status: 'dropped',
          melodies: [],
          dropped: [{ reason: status === 'refused' ? `not readable: ${reasons.join('; ')}` : 'duplicate' }],
        });
      }
    }
    progress.update(files);
    report.commit();
    sets.training.commit();
    sets.eval.commit();
  } finally {
    report.abandon();
    sets.training.abandon();
    sets.eval.abandon();
  }
  return { summary: { files, kept: kept.length, dropped: files - kept.length, ...totals, reasons }, kept };
}
