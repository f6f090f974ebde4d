// Cutting a NoteSequence wherever its tempo or metre changes, so that every part has one of each (spec B.1).
import { MstError } from '../core/errors.js';
import { AnnotationType, type ControlChange, copyNote, DEFAULT_QPM, type NoteSequence, type TextAnnotation } from './note-sequence.js';

/** Sustain, sostenuto and soft pedal: the only controllers that survive a cut. */
const PEDALS: ReadonlySet<number> = new Set([64, 66, 67]);
/** How many pedal states may be repeated at the beginnings of parts. */
const MAX_REPEATED_PEDALS = 1_000_000;

/**
 * Cuts at every change of tempo (exact comparison) or metre; a change at time 0 cuts nothing. Notes belong to the part they begin in and
 * end with it at the latest; times count from the start of the part. Metre, key, tempo, chord and pedals in force at a cut are repeated at
 * time 0. Parts may be empty; a sequence without notes (totalTime 0) has none. Lists that a cut does not touch (part and instrument
 * names, sections) are shared with the original. Throws MstError `bad-sequence` for a sequence that is already quantized.
 */
export function splitOnTimeChanges(sequence: NoteSequence): NoteSequence[] {
  if (sequence.quantizationInfo !== undefined) {
    throw new MstError('bad-sequence', 'a quantized sequence cannot be split', { hint: 'Split it first and quantize the parts.' });
  }
  const boundaries = changeTimes(sequence);
  return boundaries.length > 1 ? partsBetween(sequence, boundaries) : [];
}

/** 0, the times of all changes, and totalTime: strictly ascending. */
function changeTimes({ timeSignatures, tempos, totalTime }: NoteSequence): number[] {
  let metre = '4/4';
  let qpm = DEFAULT_QPM;
  const changes: { time: number; metre?: string; qpm?: number }[] = [];
  for (const { time, numerator, denominator } of timeSignatures) changes.push({ time, metre: `${numerator}/${denominator}` });
  for (const tempo of tempos) changes.push({ time: tempo.time, qpm: tempo.qpm });
  changes.sort(byTime);
  const times = [0];
  for (const change of changes) {
    if (change.time >= totalTime) break;
    if ((change.metre ?? metre) === metre && (change.qpm ?? qpm) === qpm) continue;
    if (change.time > (times.at(-1) as number)) times.push(change.time);
    metre = change.metre ?? metre;
    qpm = change.qpm ?? qpm;
  }
  if (totalTime > (times.at(-1) as number)) times.push(totalTime);
  return times;
}

function byTime(a: { time: number }, b: { time: number }): number {
  return a.time - b.time;
}

function partsBetween(sequence: NoteSequence, boundaries: readonly number[]): NoteSequence[] {
  const parts = boundaries.slice(0, -1).map(
    (): NoteSequence => ({
      ...sequence,
      totalTime: 0,
      notes: [],
      timeSignatures: [],
      keySignatures: [],
      tempos: [],
      textAnnotations: [],
      controlChanges: [],
      pitchBends: [],
    }),
  );
  let k = -1;
  for (const note of sequence.notes.toSorted((a, b) => a.startTime - b.startTime)) {
    if (note.startTime < 0) continue;
    while (k + 1 < boundaries.length && note.startTime >= (boundaries[k + 1] as number)) k++;
    const part = parts[k];
    if (part === undefined) break;
    const start = boundaries[k] as number;
    const copy = copyNote(note);
    copy.startTime = note.startTime - start;
    copy.endTime = Math.min(note.endTime, boundaries[k + 1] as number) - start;
    part.notes.push(copy);
    if (copy.endTime > part.totalTime) part.totalTime = copy.endTime;
  }
  const { textAnnotations: texts } = sequence;
  distribute(sequence.timeSignatures, boundaries, (part) => (parts[part] as NoteSequence).timeSignatures);
  distribute(sequence.keySignatures, boundaries, (part) => (parts[part] as NoteSequence).keySignatures);
  distribute(sequence.tempos, boundaries, (part) => (parts[part] as NoteSequence).tempos);
  const chords = texts.filter(({ annotationType }) => annotationType === AnnotationType.chordSymbol);
  distribute(chords, boundaries, (part) => (parts[part] as NoteSequence).textAnnotations);
  distributeBeats(texts, boundaries, parts);
  distributePedals(sequence.controlChanges, boundaries, parts);
  parts.forEach((part, index) => {
    const startTimeOffset = boundaries[index] as number;
    part.subsequenceInfo = { startTimeOffset, endTimeOffset: sequence.totalTime - startTimeOffset - part.totalTime };
  });
  return parts;
}

/**
 * Walks events in the order of time along the parts. `enter(k)` is called when part k begins, `inside(event, k)` for an event within part
 * k, and `passed(event)` once the event is what holds from its time on. An event on a boundary belongs to the part that begins there.
 */
function walk<E extends { time: number }>(
  events: readonly E[],
  boundaries: readonly number[],
  steps: { enter: (part: number) => void; inside: (event: E, part: number) => void; passed: (event: E) => void },
): void {
  const last = boundaries.length - 1;
  let part = -1;
  for (const event of events.toSorted(byTime)) {
    if (event.time > 0) {
      while (part < last && event.time > (boundaries[part + 1] as number)) {
        part++;
        if (part === last) return;
        steps.enter(part);
      }
      if (event.time < (boundaries[part + 1] as number)) steps.inside(event, part);
    }
    steps.passed(event);
  }
  while (part < last - 1) steps.enter(++part);
}

/** Copies events that hold until the next one into the parts. */
function distribute<E extends { time: number }>(events: readonly E[], boundaries: readonly number[], into: (part: number) => E[]): void {
  let current: E | undefined;
  walk(events, boundaries, {
    enter: (part) => {
      if (current !== undefined) into(part).push({ ...current, time: 0 });
    },
    inside: (event, part) => into(part).push({ ...event, time: event.time - (boundaries[part] as number) }),
    passed: (event) => {
      current = event;
    },
  });
}

/** Copies beats, which hold for no time, into the parts. */
function distributeBeats(texts: readonly TextAnnotation[], boundaries: readonly number[], parts: readonly NoteSequence[]): void {
  let k = -1;
  for (const text of texts.filter(({ annotationType }) => annotationType === AnnotationType.beat).sort(byTime)) {
    if (text.time < 0) continue;
    while (k + 1 < boundaries.length && text.time >= (boundaries[k + 1] as number)) k++;
    const part = parts[k];
    if (part === undefined) return;
    part.textAnnotations.push({ ...text, time: text.time - (boundaries[k] as number) });
  }
}

/** Copies pedal changes into the parts, each of which begins with the pedals of every instrument as they are. */
function distributePedals(changes: readonly ControlChange[], boundaries: readonly number[], parts: readonly NoteSequence[]): void {
  const current = new Map<number, ControlChange>();
  let repeated = 0;
  walk(
    changes.filter(({ controlNumber }) => PEDALS.has(controlNumber)),
    boundaries,
    {
      enter: (part) => {
        repeated += current.size;
        if (repeated > MAX_REPEATED_PEDALS) {
          throw new MstError(
            'bad-sequence',
            `${boundaries.length - 1} changes of tempo or metre with ${current.size} pedals held are too many`,
          );
        }
        for (const change of current.values()) (parts[part] as NoteSequence).controlChanges.push({ ...change, time: 0 });
      },
      inside: (change, part) => {
        (parts[part] as NoteSequence).controlChanges.push({ ...change, time: change.time - (boundaries[part] as number) });
      },
      passed: (change) => {
        current.set(change.instrument * 128 + change.controlNumber, change);
      },
    },
  );
}
