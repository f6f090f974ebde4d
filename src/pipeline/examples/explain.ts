// What became of every file in step 3, told: the lines of its report, and a page to look at and listen to. The sets are not made again; the
// page's notes come from the NoteSequences, searched once more, and it is left as it is while nothing has changed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { ConfigName } from '../../encoding/configuration.js';
import type { TrackChoice } from '../../extraction/find-melodies.js';
import { noteSequenceFilename } from '../../records/note-sequence.js';
import { sweepAbandoned, writeFileAtomic } from '../../registry/files.js';
import type { ExplainedFile } from '../../view/explain-data.js';
import { explainPage, explainPageVersion } from '../../view/explain-page.js';
import { whyNot } from '../../view/explain-words.js';
import { type ConvertedPaths, convertedPaths, convertedRecords } from '../convert/converted.js';
import { handfuls } from '../files.js';
import { mapInWorkers } from '../pool.js';
import { fingerprint, hashFile, readFreshStamp, writeStamp } from '../stamp.js';
import type { StepContext } from '../step.js';
import { explainedFile, type SongsOfFile } from './explained-file.js';
import type { ExplainTask, ShownSong } from './explained-music.js';
import { OVERRIDES, readOverrides } from './overrides.js';
import { EXAMPLES_REPORT, reportLines } from './report.js';

const EXPLAIN_PAGE = 'explain.html';
/** Files on a page: of more, so many spread evenly over them. And characters of notes: those of later files stay away. */
const MOST_FILES = 3000;
const MOST_CHARACTERS = 48_000_000;
export interface ExplainSettings {
  readonly config: ConfigName;
  readonly compat: boolean;
  readonly choice?: TrackChoice | undefined;
  /** The command that makes the page again, to be shown on it. */
  readonly command: string;
}

function notAbout(report: string): MstError {
  return new MstError('bad-record', `${report} is not about the NoteSequences it lies with.`, {
    hint: 'Make the examples again: mst examples NAME --explain --force',
  });
}

/**
 * Writes the page about the examples of a dataset, unless it is there.
 * @param directory the dataset, datasets/<artist>, with the report of step 3
 * @returns the page's path
 * @throws MstError `bad-record` when the report is damaged or about something else
 */
export async function explainExamples(
  { directory, artist, ...settings }: { directory: string; artist: string } & ExplainSettings,
  context: StepContext,
): Promise<string> {
  const target = join(directory, settings.config);
  const report = join(target, EXAMPLES_REPORT);
  const converted = convertedPaths(directory, artist);
  const page = join(target, EXPLAIN_PAGE);
  const key = fingerprint({ report: hashFile(report), source: hashFile(...converted.sequences), settings, page: explainPageVersion });
  if (!context.force && readFreshStamp(target, 'explain', key) !== undefined) return page;

  sweepAbandoned(target);
  const { compat, command, config } = settings;
  const files: ExplainedFile[] = [];
  const totals = countLines(report);
  const chosen = chosenFiles(report, totals.files);
  const showing = shownFiles({ directory, report, converted, chosen, every: totals.files <= MOST_FILES }, settings, context);
  for await (const file of showing) files.push(file);
  const overrides = compat ? {} : { overrides: { path: join('datasets', artist, OVERRIDES).replaceAll('\\', '/'), command } };
  writeFileAtomic(page, explainPage({ artist, config, totals, lost: whyNot(compat), ...overrides, files }));
  const summary = { files: files.length, melodies: totals.melodies };
  writeStamp(target, 'explain', { fingerprint: key, settings, outputs: [EXPLAIN_PAGE], summary });
  return page;
}

function countLines(report: string) {
  const totals = { files: 0, kept: 0, dropped: 0, melodies: 0, training: 0, eval: 0 };
  for (const { status, set, melodies } of reportLines(report)) {
    totals.files++;
    totals[status]++;
    totals.melodies += melodies.length;
    if (set !== undefined) totals[set] += melodies.length;
  }
  return totals;
}

/** The names of the files that go on the page. */
function chosenFiles(report: string, count: number): ReadonlySet<string> {
  const chosen = new Set<string>();
  let number = 0;
  for (const { file } of reportLines(report)) {
    const place = (n: number): number => Math.floor((n * Math.min(MOST_FILES, count)) / count);
    if (place(number + 1) > place(number)) chosen.add(file);
    number++;
  }
  return chosen;
}

interface Job {
  readonly directory: string;
  readonly report: string;
  readonly converted: ConvertedPaths;
  readonly chosen: ReadonlySet<string>;
  /** Every file is chosen. */
  readonly every: boolean;
}

/** The chosen files in the order of the report, each with its songs. */
async function* shownFiles(
  { directory, report, converted, chosen, every }: Job,
  { compat, choice = { kind: 'auto' } }: ExplainSettings,
  { progress, signal, jobs }: StepContext,
): AsyncGenerator<ExplainedFile> {
  const overrides =
    !compat && existsSync(join(directory, OVERRIDES))
      ? readOverrides(directory, [...chosen]).byFile
      : new Map<string, TrackChoice | 'skip'>();
  async function* tasks(): AsyncGenerator<ExplainTask> {
    for await (const all of handfuls(convertedRecords(converted))) {
      const records = every ? all : all.filter((record) => chosen.has(noteSequenceFilename(record, 'A NoteSequence of the collection')));
      if (records.length > 0) yield { kind: 'explain', records, compat, choice, overrides };
    }
  }
  let characters = 0;
  let done = 0;
  progress.start(chosen.size, 'files');
  const songs = groupsOf(mapInWorkers<ExplainTask, ShownSong[]>(tasks(), 'examples/worker', { jobs, signal }));
  let next = await songs.next();
  try {
    for (const line of reportLines(report)) {
      if (!chosen.has(line.file)) continue;
      let found: SongsOfFile = [];
      // A file that could not be read has a line but no song; those come last.
      if (!next.done && next.value.file === line.file) {
        found = next.value.songs;
        next = await songs.next();
      }
      const file = explainedFile(line, found, { compat, room: MOST_CHARACTERS - characters });
      if (file === undefined) throw notAbout(report);
      characters += file.songs.reduce((sum, { length }) => sum + length, 0);
      progress.update(++done);
      yield file;
    }
    if (!next.done) throw notAbout(report);
  } finally {
    await songs.return(undefined);
  }
}

/** Songs of one file, which come one after the other, together. */
async function* groupsOf(handfuls: AsyncIterable<ShownSong[]>): AsyncGenerator<{ file: string; songs: ShownSong[] }, undefined> {
  let open: { file: string; songs: ShownSong[] } | undefined;
  for await (const songs of handfuls) {
    for (const song of songs) {
      if (open?.file === song.file) open.songs.push(song);
      else {
        if (open !== undefined) yield open;
        open = { file: song.file, songs: [song] };
      }
    }
  }
  if (open !== undefined) yield open;
  return undefined;
}
