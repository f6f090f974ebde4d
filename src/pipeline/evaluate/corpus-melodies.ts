// The melodies of a set of examples as they were encoded, each with its place in its song as far as examples-report.jsonl tells. Both
// files are read in step and in pieces, so that their size does not matter.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { MstError } from '../../core/errors.js';
import type { EncodingSettings } from '../../encoding/configuration.js';
import { createEncoder } from '../../encoding/encoders.js';
import type { Example } from '../../encoding/example.js';
import { decodeExample } from '../examples/read.js';
import { reportLines } from '../examples/report.js';
import type { SetName } from '../examples/split.js';
import { recordsOfFile } from '../tfrecord-file.js';

/** Where a melody comes from. */
export interface MelodyPlace {
  /** File of the collection. */
  readonly file: string;
  /** Part of the song between changes of tempo or metre, and the step in it where the melody begins. */
  readonly part: number;
  readonly startStep: number;
  readonly stepsPerBar: number;
  /** Semitones it was moved by for the model. */
  readonly transposed: number;
}

export interface CorpusMelody {
  readonly example: Example;
  /** Its events in the model's key and range, one more than the example has steps. */
  readonly events: readonly number[];
  readonly stepsPerBar: number;
  /** Steps before its first bar line. */
  readonly pickup: number;
}

/** The bar of music whose examples come without a report: 4/4. */
const COMMON_BAR = 16;

/**
 * The melodies in a file of examples, in its order.
 * @param report examples-report.jsonl; where there is none every bar is taken to be one of 4/4
 * @param only numbers of those wanted, from 0; all by default
 * @throws MstError `bad-record` where a file is damaged, or the report is not about these examples
 */
export async function* corpusMelodies(
  path: string,
  { set, report, encoding, only }: { set: SetName; report: string; encoding: EncodingSettings; only?: ReadonlySet<number> },
): AsyncGenerator<CorpusMelody> {
  const encoder = createEncoder(encoding);
  const places = existsSync(report) ? placesOfSet(report, set) : undefined;
  let count = 0;
  for await (const record of recordsOfFile(path)) {
    const name = `${path}: record ${++count}`;
    const place = places?.next();
    if (only?.has(count - 1) === false) continue;
    const example = decodeExample(record, name, encoder);
    if (place !== undefined && (place.done || place.value.steps !== example.steps + 1)) throw notAbout(report, name);
    const stepsPerBar = place?.value?.stepsPerBar ?? COMMON_BAR;
    const beyond = (place?.value?.startStep ?? 0) % stepsPerBar;
    yield { example, events: encoder.eventsOf(example), stepsPerBar, pickup: beyond === 0 ? 0 : stepsPerBar - beyond };
  }
}

/** The places of a few melodies of a set by their numbers, from 0; numbers of the examples' file where there is no report. */
export async function placesOfMelodies(
  path: string,
  { set, report, melodies }: { set: SetName; report: string; melodies: ReadonlySet<number> },
): Promise<Map<number, MelodyPlace>> {
  const found = new Map<number, MelodyPlace>();
  if (!existsSync(report)) {
    const whole = { part: 0, startStep: 0, stepsPerBar: COMMON_BAR, transposed: 0 };
    for (const number of melodies) found.set(number, { file: `melody ${number + 1} of ${path}`, ...whole });
    return found;
  }
  let number = 0;
  for (const place of placesOfSet(report, set)) {
    if (melodies.has(number)) found.set(number, place);
    number++;
  }
  return found;
}

function* placesOfSet(report: string, set: SetName): Generator<MelodyPlace & { steps: number }> {
  for (const line of reportLines(report)) {
    if (line.set !== set) continue;
    for (const { steps, bars, part = 0, startStep = 0, transposed = 0 } of line.melodies) {
      const stepsPerBar = bars > 0 ? Math.max(1, Math.round(steps / bars)) : COMMON_BAR;
      yield { file: line.file, part, startStep, stepsPerBar, transposed, steps };
    }
  }
}

function notAbout(report: string, record: string): MstError {
  const artist = dirname(dirname(report));
  return new MstError('bad-record', `${report} is not about the examples beside it: ${record} has another length.`, {
    hint: `Make the examples in ${artist} again: mst examples NAME --force`,
  });
}
