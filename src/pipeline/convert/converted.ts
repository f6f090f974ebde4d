// What step 2 leaves for step 3: the NoteSequences of a dataset and the report about its files, each in one file, or in shards that were
// made one by one, on several machines perhaps. Shards in their order hold what the one file would.

import { join } from 'node:path';
import { MstError } from '../../core/errors.js';
import { jsonLines } from '../files.js';
import { recordsOfFile } from '../tfrecord-file.js';
import type { ConvertLine } from './file.js';
import { convertNames, namesIn, partsOf } from './shards.js';

/** Where the NoteSequences of a dataset and the report about its files lie, in their order. */
export interface ConvertedPaths {
  readonly sequences: readonly string[];
  readonly reports: readonly string[];
}

/** @throws MstError `not-found` when step 2 was not done, or only for some of its shards; `exists` when there is more than one result of it */
export function convertedPaths(directory: string, artist: string): ConvertedPaths {
  const names = new Set(namesIn(directory));
  const counts = [...new Set([...names].flatMap((name) => partsOf(name) ?? []))].sort((a, b) => a - b);
  const { sequences, report } = convertNames();
  const [of] = counts;
  if (counts.length > 1 || (of !== undefined && names.has(sequences))) {
    const found = [...(names.has(sequences) ? ['the whole'] : []), ...counts.map((count) => `parts of ${count}`)];
    throw new MstError('exists', `The music in ${directory} is there more than once: ${found.join(' and ')}.`, {
      hint: `Convert it again: mst convert ${artist} --force`,
    });
  }
  if (of === undefined) {
    const missing = [sequences, report].find((name) => !names.has(name));
    if (missing === undefined) return { sequences: [join(directory, sequences)], reports: [join(directory, report)] };
    throw new MstError('not-found', `${join(directory, missing)} is not there yet.`, {
      hint: `Convert the music first: mst convert ${artist}`,
    });
  }
  const shards = Array.from({ length: of }, (_, k) => ({ number: k + 1, of, ...convertNames({ number: k + 1, of }) }));
  const missing = shards.filter((shard) => !names.has(shard.sequences) || !names.has(shard.report));
  const [first] = missing;
  if (first !== undefined) {
    const some = missing.slice(0, 5).map(({ number }) => `${number}/${of}`);
    const more = missing.length > some.length ? ` and ${missing.length - some.length} more` : '';
    throw new MstError(
      'not-found',
      `Of the ${of} parts of ${artist}, ${some.join(', ')}${more} ${missing.length === 1 ? 'is' : 'are'} not converted yet.`,
      {
        hint: `Convert them too: mst convert ${artist} --shard ${first.number}/${of}; or all in one: mst convert ${artist}`,
      },
    );
  }
  const paths = (pick: (shard: (typeof shards)[number]) => string): string[] => shards.map((shard) => join(directory, pick(shard)));
  return { sequences: paths((shard) => shard.sequences), reports: paths((shard) => shard.report) };
}

/** The NoteSequence records of a dataset, in order. @throws MstError `bad-record` where a file is damaged */
export async function* convertedRecords({ sequences }: ConvertedPaths): AsyncGenerator<Uint8Array> {
  for (const path of sequences) yield* recordsOfFile(path);
}

/** The lines of the report of step 2, in order. @throws MstError `bad-record` naming the line that is damaged */
export function* convertedLines({ reports }: ConvertedPaths): Generator<ConvertLine> {
  for (const path of reports) yield* jsonLines<ConvertLine>(path);
}
