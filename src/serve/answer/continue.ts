// POST /api/continue: NoteSequence JSON goes in, with what is wanted, and the answer's NoteSequence comes out. Field names are those of
// the protocol buffer as JSON, which Magenta.js's NoteSequence.fromObject and toJSON read and write.

import type { MelodyModel } from '../../model/model.js';
import { STEPS_PER_QUARTER } from '../../music/melody.js';
import type { Tempo } from '../../music/note-sequence.js';
import { answerCall, type Beats, heardBeats, knownBeats, type Length, type Tone } from './answer.js';
import { LONGEST_SECONDS, MOST_NOTES, MOST_STEPS } from './limits.js';
import { numberWithin, parseBody, refuse, wholeWithin } from './refuse.js';

const BODY = 'a JSON object: {"sequence": a NoteSequence, "seconds" or "steps": how much more, "model", "temperature", "seed"}';
const FIELDS = ['sequence', 'seconds', 'steps', 'model', 'temperature', 'seed'];
const MAX_TEMPERATURE = 10;
const MOST_TEMPOS = 1000;
const USUAL_VELOCITY = 80;
const PIANO = 0;

export interface ContinueWish {
  readonly kind: 'continue';
  readonly tones: readonly Tone[];
  /** When its last note ends, drums too. */
  readonly lastEnd: number;
  /** Empty where the sequence says none: it is heard from the notes. */
  readonly tempos: readonly Tempo[];
  /** Steps of a quarter note of a sequence that came in steps; the answer then has steps too. */
  readonly stepsPerQuarter?: number;
  readonly program: number;
  readonly length: { readonly seconds: number } | { readonly steps: number };
  readonly temperature: number;
  readonly seed: number;
}

/** What a body asks for; `model` and `seed` where it says. @throws MstError `usage` */
export function readContinueBody(body: Uint8Array): Omit<ContinueWish, 'seed'> & { readonly seed?: number; readonly model?: string } {
  const fields = objectOf(parseBody(body, BODY), 'The body', BODY);
  for (const name of Object.keys(fields)) if (!FIELDS.includes(name)) refuse('The body', BODY, 'It has a field of another name.');
  const { seconds, steps, model, temperature = 1, seed } = fields;
  if ((seconds === undefined) === (steps === undefined))
    refuse('The body', BODY, 'Give either "seconds" or "steps" for the length of the answer.');
  if (model !== undefined && typeof model !== 'string') refuse('model', 'the name of a model, as models.json lists it');
  return {
    kind: 'continue',
    ...readSequence(fields.sequence),
    length:
      steps === undefined
        ? { seconds: numberWithin(seconds, 'seconds', 0.01, LONGEST_SECONDS) }
        : { steps: wholeWithin(steps, 'steps', 1, MOST_STEPS) },
    temperature: numberWithin(temperature, 'temperature', 0, MAX_TEMPERATURE),
    ...(seed !== undefined && { seed: wholeWithin(seed, 'seed', 0, Number.MAX_SAFE_INTEGER) }),
    ...(typeof model === 'string' && { model }),
  };
}

type Music = Pick<ContinueWish, 'tones' | 'lastEnd' | 'tempos' | 'stepsPerQuarter' | 'program'>;

function readSequence(value: unknown): Music {
  const sequence = objectOf(value, 'sequence', 'a NoteSequence as JSON');
  const tempos = listOf(sequence.tempos, 'sequence.tempos', MOST_TEMPOS).map((tempo, k): Tempo => {
    const { time = 0, qpm } = objectOf(tempo, `sequence.tempos[${k}]`, 'an object');
    return {
      time: numberWithin(time, `sequence.tempos[${k}].time`, 0, LONGEST_SECONDS),
      qpm: numberWithin(qpm, `sequence.tempos[${k}].qpm`, 10, 1000),
    };
  });
  const info = sequence.quantizationInfo;
  const stepsPerQuarter =
    info === undefined || info === null
      ? undefined
      : wholeWithin(
          objectOf(info, 'sequence.quantizationInfo', 'an object').stepsPerQuarter,
          'sequence.quantizationInfo.stepsPerQuarter',
          1,
          96,
        );
  // Steps have one tempo.
  const tempo = tempos.slice(0, 1).map(({ qpm }): Tempo => ({ time: 0, qpm }));
  const quarters = knownBeats(tempo);
  const notes = listOf(sequence.notes, 'sequence.notes', MOST_NOTES).map((note, k) =>
    readNote(
      note,
      `sequence.notes[${k}]`,
      stepsPerQuarter === undefined ? undefined : (step) => quarters.secondsAt(step / stepsPerQuarter),
    ),
  );
  return {
    tones: notes.filter(({ isDrum }) => !isDrum).map(({ tone }) => tone),
    lastEnd: notes.reduce((last, { tone }) => Math.max(last, tone.end), 0),
    tempos: stepsPerQuarter === undefined ? tempos : tempo,
    ...(stepsPerQuarter !== undefined && { stepsPerQuarter }),
    program: notes.find(({ isDrum }) => !isDrum)?.program ?? PIANO,
  };
}

function readNote(
  value: unknown,
  where: string,
  timeOfStep: ((step: number) => number) | undefined,
): { tone: Tone; isDrum: boolean; program: number } {
  const note = objectOf(value, where, 'an object');
  const { pitch, velocity = USUAL_VELOCITY, program = PIANO, isDrum = false } = note;
  const step = (name: 'quantizedStartStep' | 'quantizedEndStep', timeOf: (step: number) => number): number => {
    // Protocol buffers write 64-bit numbers as text.
    const given = typeof note[name] === 'string' && /^\d{1,9}$/.test(note[name]) ? Number(note[name]) : (note[name] ?? 0);
    return timeOf(wholeWithin(given, `${where}.${name}`, 0, 96 * LONGEST_SECONDS * 20));
  };
  const time = (name: 'startTime' | 'endTime'): number => numberWithin(note[name] ?? 0, `${where}.${name}`, 0, LONGEST_SECONDS);
  const start = timeOfStep === undefined ? time('startTime') : step('quantizedStartStep', timeOfStep);
  const end = timeOfStep === undefined ? time('endTime') : step('quantizedEndStep', timeOfStep);
  if (end <= start) refuse(`The end of ${where}`, 'after its beginning');
  return {
    tone: {
      pitch: wholeWithin(pitch, `${where}.pitch`, 0, 127),
      velocity: wholeWithin(velocity, `${where}.velocity`, 1, 127),
      start,
      end,
    },
    isDrum: isDrum === true,
    program: wholeWithin(program, `${where}.program`, 0, 127),
  };
}

/**
 * The answer alone as NoteSequence JSON, its times counted from the beginning of the call.
 * @returns undefined when it was stopped
 * @throws MstError `usage`, `bad-model`
 */
export function continueSequence(model: MelodyModel, wish: ContinueWish, stop: () => boolean): string | undefined {
  const { tones, lastEnd, tempos, stepsPerQuarter, temperature, seed, program } = wish;
  const heard = tempos.length === 0 && stepsPerQuarter === undefined ? heardBeats(tones) : undefined;
  const beats: Beats = heard ?? knownBeats(tempos);
  const length: Length = 'steps' in wish.length ? wish.length : { until: lastEnd + wish.length.seconds };
  const answer = answerCall(model, { tones, lastEnd, beats, length, temperature, seed }, stop);
  if (answer === undefined) return undefined;
  const stepAt = (seconds: number): number => Math.round(beats.quarterAt(seconds) * (stepsPerQuarter ?? STEPS_PER_QUARTER));
  const steps = (start: number, end: number): object =>
    stepsPerQuarter === undefined ? {} : { quantizedStartStep: stepAt(start), quantizedEndStep: Math.max(stepAt(start) + 1, stepAt(end)) };
  const totalTime = answer.at(-1)?.end ?? 0;
  return JSON.stringify({
    ticksPerQuarter: 220,
    tempos: heard === undefined ? (tempos.length === 0 ? [{ time: 0, qpm: 120 }] : tempos) : [{ time: 0, qpm: heard.qpm }],
    notes: answer.map(({ pitch, velocity, start, end }) => ({
      pitch,
      velocity,
      startTime: start,
      endTime: end,
      ...(program !== PIANO && { program }),
      ...steps(start, end),
    })),
    totalTime,
    ...(stepsPerQuarter !== undefined && { quantizationInfo: { stepsPerQuarter }, totalQuantizedSteps: stepAt(totalTime) }),
  });
}

function objectOf(value: unknown, where: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return refuse(where, expected);
}

/** A list that may be missing. */
function listOf(value: unknown, where: string, most: number): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.length <= most) return value;
  return refuse(where, `a list of at most ${most}`);
}
