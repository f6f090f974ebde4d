// A tune as it sounds: repeats played out, ties joined, whole notes turned into seconds.
import { modulo } from '../../music/modulo.js';
import {
  AnnotationType,
  createNoteSequence,
  EncodingType,
  type KeySignature,
  type Note,
  type NoteSequence,
  Parser,
  SourceType,
  type TextAnnotation,
  type TimeSignature,
} from '../../music/note-sequence.js';
import { add, compare, type Fraction, toNumber, zero } from '../fraction.js';
import { secondsAt, tempoMapOf } from '../tempo-map.js';
import { abcError } from './error.js';
import { type FailAt, inPlayingOrder } from './repeats.js';
import { type AbcContext, type AbcEvent, type AbcTune, EventRoom } from './tune.js';

/** Times are whole notes from the start. */
interface PlayedNote {
  pitch: number;
  start: Fraction;
  end: Fraction;
}

interface PlayedVoice {
  notes: PlayedNote[];
  chordSymbols: { at: Fraction; text: string }[];
  /** What holds from `at` on. */
  contexts: { at: Fraction; context: AbcContext }[];
}

const velocity = 90;

/**
 * The tune as it is played: a voice is an instrument (program 0, velocity 90; percussion if its clef says so), chord symbols are text annotations, metre, key and tempo
 * (120 quarter notes a minute where the tune does not say) stand at time 0 and wherever they change, keys as they sound; of several
 * voices' keys at one time the first voice's counts. Its X: number is the reference number; id and collection name stay empty.
 * Throws MstError `bad-abc` for repeats that cannot be played.
 */
export function abcToNoteSequence(tune: AbcTune): NoteSequence {
  const room = new EventRoom(tune.length);
  const fail: FailAt = (position, problem, hint) => {
    throw abcError(tune, position, problem, hint);
  };
  const voices = tune.voices.map((voice): PlayedVoice => {
    const events = inPlayingOrder(voice.events, { partOrder: tune.partOrder, room, fail });
    return playVoice(events, (event) => {
      throw abcError(tune, event.position, 'the lengths of the notes up to here have no common measure', 'use simpler tuplets');
    });
  });
  const start: AbcContext = { key: tune.key, metre: tune.metre, qpm: tune.qpm };
  const tempos = tempoMapOf(
    changes(voices, start.qpm, ({ qpm }) => qpm, Object.is).map(({ at, value }) => ({ wholeNotes: toNumber(at), qpm: value })),
  );
  const seconds = (at: Fraction): number => secondsAt(tempos, toNumber(at));
  const notes: Note[] = voices.flatMap((voice, instrument) =>
    voice.notes.map((note) => ({
      pitch: note.pitch,
      velocity,
      startTime: seconds(note.start),
      endTime: seconds(note.end),
      instrument,
      program: 0,
      isDrum: tune.voices[instrument]?.percussion === true,
    })),
  );
  const textAnnotations: TextAnnotation[] = voices.flatMap((voice) =>
    voice.chordSymbols.map(({ at, text }) => ({ time: seconds(at), text, annotationType: AnnotationType.chordSymbol })),
  );
  return createNoteSequence({
    filename: tune.filename,
    referenceNumber: tune.number,
    ticksPerQuarter: 220,
    sourceInfo: { sourceType: SourceType.scoreBased, encodingType: EncodingType.abc, parser: Parser.magentaAbc },
    sequenceMetadata: { title: tune.title, artist: tune.composers.join(', '), genre: [], composers: [...tune.composers] },
    tempos: tempos.map(({ time, qpm }) => ({ time, qpm })),
    timeSignatures: timeSignatures(voices, start).map(({ at, value }): TimeSignature => ({ time: seconds(at), ...value })),
    keySignatures: keySignatures(voices, start).map(({ at, value }): KeySignature => ({ time: seconds(at), ...value })),
    notes,
    textAnnotations,
    instrumentInfos: tune.voices.flatMap(({ name }, instrument) => (name === '' ? [] : [{ instrument, name }])),
    totalTime: notes.reduce((latest, note) => Math.max(latest, note.endTime), 0),
  });
}

function playVoice(events: readonly AbcEvent[], fail: (event: AbcEvent) => never): PlayedVoice {
  const voice: PlayedVoice = { notes: [], chordSymbols: [], contexts: [] };
  // The last note of each pitch that is tied to another; it is joined only if that one begins where it ends.
  const tied = new Map<number, PlayedNote>();
  let at = zero;
  let barStart = zero;
  let barEnd = zero;
  let context: AbcContext | undefined;
  for (const event of events) {
    try {
      if (event.kind === 'bar-line') {
        at = barEnd;
        barStart = at;
      } else if (event.kind === 'overlay') {
        at = barStart;
      } else if (event.kind === 'chord-symbol') {
        voice.chordSymbols.push({ at, text: event.text });
      } else if (event.kind === 'note' || event.kind === 'rest') {
        if (event.context !== context) voice.contexts.push({ at, context: event.context });
        context = event.context;
        if (event.kind === 'note') {
          for (const { pitch, length, tied: holds } of event.notes) {
            const end = add(at, length);
            let note = tied.get(pitch);
            if (note && compare(note.end, at) === 0) note.end = end;
            else {
              note = { pitch, start: at, end };
              voice.notes.push(note);
            }
            if (holds) tied.set(pitch, note);
            else tied.delete(pitch);
          }
        }
        at = add(at, event.length);
        if (compare(at, barEnd) > 0) barEnd = at;
      }
    } catch (error) {
      if (error instanceof RangeError) fail(event);
      throw error;
    }
  }
  return voice;
}

/** The changes of one setting over all voices, in order of time, the first voice's where several stand at one time. */
function changes<T>(
  voices: readonly PlayedVoice[],
  start: T,
  setting: (context: AbcContext) => T,
  same: (a: T, b: T) => boolean,
): { at: Fraction; value: T }[] {
  const all = voices.flatMap(({ contexts }) => {
    let held = start;
    return contexts.flatMap(({ at, context }) => {
      const value = setting(context);
      if (same(value, held)) return [];
      held = value;
      return [{ at, value }];
    });
  });
  const result = [{ at: zero, value: start }];
  let decidedAt: Fraction | undefined;
  for (const change of all.sort((a, b) => compare(a.at, b.at))) {
    if (decidedAt && compare(decidedAt, change.at) === 0) continue;
    decidedAt = change.at;
    if (compare(change.at, zero) === 0) result[0] = change;
    else if (!same(result[result.length - 1]?.value ?? start, change.value)) result.push(change);
  }
  return result;
}

function timeSignatures(
  voices: readonly PlayedVoice[],
  start: AbcContext,
): { at: Fraction; value: { numerator: number; denominator: number } }[] {
  const same = (a: AbcContext['metre'], b: AbcContext['metre']): boolean =>
    a?.numerator === b?.numerator && a?.denominator === b?.denominator;
  return changes(voices, start.metre, ({ metre }) => metre, same).flatMap(({ at, value }) => (value ? [{ at, value }] : []));
}

function keySignatures(voices: readonly PlayedVoice[], start: AbcContext): { at: Fraction; value: { key: number; mode: number } }[] {
  const setting = ({ key: { tonic, mode, shift } }: AbcContext): { key: number; mode: number } => ({
    key: modulo(tonic + shift, 12),
    mode,
  });
  return changes(voices, setting(start), setting, (a, b) => a.key === b.key && a.mode === b.mode);
}
