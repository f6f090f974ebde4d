// Judging a model: what it makes of held-out songs beside n-grams, and what it makes itself beside the corpus. Held-out songs are kept in
// memory, a byte a step; training songs are read once, in pieces.

import { Random } from '../../core/random.js';
import { compareWithCorpus } from '../../evaluate/comparison.js';
import { judgeCopying } from '../../evaluate/copying.js';
import { type Foretelling, foretelling } from '../../evaluate/event-scores.js';
import { FeatureCounts } from '../../evaluate/features.js';
import { type CurvePoint, findOverfitting } from '../../evaluate/learning-curve.js';
import type { Metrics } from '../../evaluate/metrics.js';
import { NgramModel, NgramTest } from '../../evaluate/ngram.js';
import { type BarredMelody, type Excerpt, excerptsOf, notesOf } from '../../evaluate/notes.js';
import { PassageSearch, type SharedPassage } from '../../evaluate/passages.js';
import type { Baselines, CopiedPassage, EvaluationReport } from '../../evaluate/report.js';
import { Sample } from '../../evaluate/sample.js';
import type { MelodyModel } from '../../model/model.js';
import { Breath } from '../breath.js';
import type { StepContext } from '../step.js';
import { corpusMelodies, placesOfMelodies } from './corpus-melodies.js';
import { Hearing } from './hearing.js';
import { firstBars, firstNote, JUDGED, type JudgedMelody, judgedMelodies, type Opening } from './judged-melodies.js';

/** Excerpts of held-out songs that are compared with; more are sampled. */
const MOST_EXCERPTS = 400;
/** Events the n-grams learn from; more are sampled, melody by melody, since their tables grow with them. */
const MOST_NGRAM_EVENTS = 400_000;

export interface JudgeRequest {
  /** Files of examples, and examples-report.jsonl. */
  readonly training: string;
  readonly heldOut: string;
  readonly report: string;
  /** Where the melodies will be, in the run's folder. */
  readonly folder: string;
  readonly seed: number;
  /** Training examples, and their events together. */
  readonly trainingExamples: number;
  readonly trainingEvents: number;
  readonly curve: readonly CurvePoint[];
  /** The step after which the melodies alone were learned; 0 where nothing else was. */
  readonly firstCourse: number;
}

export interface Judgement extends Omit<EvaluationReport, 'run' | 'step' | 'curve'> {
  /** Held-out melodies, the labels predicted in them, and the metrics, absent without any. */
  readonly melodies: number;
  readonly events: number;
  readonly metrics?: Metrics;
  readonly judged: readonly JudgedMelody[];
}

/** Judges a model. @throws MstError `bad-record` where a file is damaged; the abort reason */
export async function judgeModel(
  model: MelodyModel,
  { training, heldOut, report, folder, seed, trainingExamples, trainingEvents, curve, firstCourse }: JudgeRequest,
  { progress, signal }: Pick<StepContext, 'progress' | 'signal'>,
): Promise<Judgement> {
  const { settings: encoding } = model.encoder;
  const random = new Random(seed);
  const breath = new Breath();
  const pause = async (): Promise<void> => {
    await breath.take();
    signal.throwIfAborted();
  };

  progress.start(undefined, 'events of songs set aside');
  const hearing = new Hearing(model);
  const songs: BarredMelody[] = [];
  const sample = new Sample<Excerpt>(MOST_EXCERPTS, random.derive('excerpts'));
  for await (const { example, events, stepsPerBar, pickup } of corpusMelodies(heldOut, { set: 'eval', report, encoding })) {
    hearing.hear(events, example.labels);
    const song = { events: Int8Array.from(events), stepsPerBar, pickup };
    songs.push(song);
    for (const excerpt of excerptsOf(song, JUDGED.bars)) sample.offer(excerpt);
    progress.update(hearing.events);
    await pause();
  }

  progress.start(2 * JUDGED.melodies, 'melodies made');
  const make = async (openings: readonly Opening[], name: string): Promise<JudgedMelody[]> => {
    const melodies: JudgedMelody[] = [];
    for (const melody of judgedMelodies(model, openings, name, seed)) {
      melodies.push(melody);
      await pause();
    }
    return melodies;
  };
  const unheard = await make(firstBars(songs, random.derive('first bars')), 'unheard');
  progress.update(JUDGED.melodies);
  const only = drawNumbers(trainingExamples, JUDGED.melodies, random.derive('first notes'));
  const openings: Opening[] = [];
  for await (const melody of corpusMelodies(training, { set: 'training', report, encoding, only })) openings.push(firstNote(melody));
  const recalled = await make(openings, 'recall');
  progress.update(2 * JUDGED.melodies);
  const judged = [...unheard, ...recalled];

  progress.start(trainingEvents, 'events compared');
  const made = judged.map((melody) => excerptsOf(melody, JUDGED.bars)[0] as Excerpt);
  const aside = sample.items;
  const pieces = [...made, ...aside];
  const search = new PassageSearch(pieces.map(({ notes }) => notes));
  const counts = new FeatureCounts();
  const ngrams = [1, 6].map((order) => new NgramModel([], { order, smoothing: 'kneser-ney' }, encoding));
  const drawNgrams = random.derive('n-grams');
  const share = MOST_NGRAM_EVENTS / trainingEvents;
  const learned = { melodies: 0, events: 0, sampled: share < 1 };
  let compared = 0;
  for await (const melody of corpusMelodies(training, { set: 'training', report, encoding })) {
    for (const excerpt of excerptsOf(melody, JUDGED.bars)) counts.add(excerpt);
    search.read(notesOf(melody.events));
    compared += melody.example.steps;
    if (songs.length > 0 && drawNgrams.uniform() < share) {
      for (const ngram of ngrams) ngram.learn(melody);
      learned.melodies++;
      learned.events += melody.example.steps;
    }
    progress.update(compared);
    await pause();
  }

  const tests = ngrams.map((ngram) => new NgramTest(ngram));
  progress.start(songs.length, 'songs foretold by n-grams');
  for (const [i, song] of songs.entries()) {
    for (const test of tests) test.add(song);
    progress.update(i + 1);
    await pause();
  }
  const [unigram, sixGram] = tests.map((test) => foretelling(test.result())) as [Foretelling, Foretelling];

  const passages = pieces.map((_, piece) => search.longest(piece));
  const bars = pieces.map(({ stepsPerBar }, piece) => lengthOf(passages[piece] ?? null) / stepsPerBar);
  const copied = await namePassages(judged, passages.slice(0, made.length), { training, report });
  return {
    melodies: songs.length,
    events: hearing.events,
    ...(hearing.events > 0 && { metrics: hearing.metrics }),
    baselines: hearing.events === 0 ? null : beside(hearing.foretelling, unigram, sixGram, learned),
    generated: { folder, unheard: unheard.length, recalled: recalled.length, bars: JUDGED.bars, temperature: JUDGED.temperature, seed },
    excerpts: { training: counts.excerpts, heldOut: aside.length },
    comparison: compareWithCorpus(
      { training: counts, heldOut: aside, generated: unheard.length > 0 ? made.slice(0, unheard.length) : made },
      random.derive('yardstick'),
    ),
    copying: {
      judgement: judgeCopying(bars.slice(unheard.length, made.length), bars.slice(made.length), JUDGED.bars),
      passages: copied,
    },
    overfitting: findOverfitting(curve, firstCourse),
    judged,
  };
}

function beside(model: Foretelling, unigram: Foretelling, sixGram: Foretelling, learnedFrom: Baselines['learnedFrom']): Baselines {
  return { model, unigram, sixGram, advantagePercent: 100 * (1 - model.natsPerEvent / sixGram.natsPerEvent), learnedFrom };
}

/** Steps of a passage, 0 of none. */
function lengthOf(passage: SharedPassage | null): number {
  return passage === null ? 0 : passage.to - passage.from;
}

/** At most `count` different numbers below `end`. */
function drawNumbers(end: number, count: number, random: Random): Set<number> {
  const numbers = new Set<number>();
  while (numbers.size < Math.min(count, end)) numbers.add(random.integer(end));
  return numbers;
}

/** Says of the passages of generated melodies where they stand, in both; longest first. */
async function namePassages(
  judged: readonly JudgedMelody[],
  passages: readonly (SharedPassage | null)[],
  { training, report }: Pick<JudgeRequest, 'training' | 'report'>,
): Promise<CopiedPassage[]> {
  const melodies = new Set(passages.flatMap((passage) => (passage === null ? [] : [passage.melody])));
  const places = await placesOfMelodies(training, { set: 'training', report, melodies });
  const named = passages.flatMap((passage, piece): CopiedPassage[] => {
    const { file, stepsPerBar, pickup } = judged[piece] as JudgedMelody;
    const place = passage === null ? undefined : places.get(passage.melody);
    if (passage === null || place === undefined) return [];
    const steps = lengthOf(passage);
    const range = (from: number, size: number) => ({ from: Math.floor(from / size) + 1, to: Math.ceil((from + steps) / size) });
    return [
      {
        file,
        in: range(passage.from + pickup, stepsPerBar),
        notes: passage.notes,
        bars: steps / stepsPerBar,
        song: { file: place.file, part: place.part + 1, in: range(place.startStep + passage.melodyFrom, place.stepsPerBar) },
        semitones: passage.semitones + place.transposed,
      },
    ];
  });
  return named.sort((a, b) => b.bars - a.bars || b.notes - a.notes || (a.file < b.file ? -1 : 1));
}
