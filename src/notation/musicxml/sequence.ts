// A score as it sounds: measures in playing order, ties joined, whole notes turned into seconds.
import {
  AnnotationType,
  createNoteSequence,
  EncodingType,
  type Note,
  type NoteSequence,
  Parser,
  SourceType,
} from '../../music/note-sequence.js';
import { secondsAt, tempoMapOf } from '../tempo-map.js';
import { playingOrder } from './playing-order.js';
import type { Report } from './report.js';
import { initialContext, type Key, type Metre, type Part, type Score, type ScoreContext, type ScoreLine } from './score.js';

/** Nothing that is written down lasts longer; a hostile file may. */
const longestSeconds = 24 * 60 * 60;
const mostInstruments = 1_000;
/** Whole notes by which the end of a tied note may miss the start of the next, where lengths had to be rounded. */
const nearly = 1e-6;

/** Times are whole notes from the start. */
interface PlayedNote {
  instrument: number;
  line: ScoreLine;
  pitch: number;
  velocity: number;
  start: number;
  end: number;
}

type From<T> = T & { wholeNotes: number };

/** A score as it sounds, in order of playing. */
interface Played {
  readonly notes: PlayedNote[];
  readonly tempos: From<{ qpm: number }>[];
  readonly metres: From<Metre>[];
  readonly keys: From<Key>[];
  readonly chords: From<{ text: string }>[];
}

/** Plays a score. Throws through `report` when that makes more of it than the file justifies. */
export function scoreToNoteSequence(score: Score, filename: string, report: Report): NoteSequence {
  const instruments = instrumentsOf(score, report);
  const { notes, tempos, metres, keys, chords } = play(score, instruments, report);
  const map = tempoMapOf(tempos);
  const seconds = (wholeNotes: number): number => secondsAt(map, wholeNotes);
  notes.sort((a, b) => a.instrument - b.instrument || a.start - b.start);
  const sounding = notes.map(({ instrument, line, pitch, velocity, start, end }): Note => {
    const { part, voice, program, isDrum } = line;
    const note: Note = { pitch, velocity, startTime: seconds(start), endTime: seconds(end), instrument, program, isDrum, part };
    if (/^\d{1,6}$/.test(voice)) note.voice = Number(voice);
    return note;
  });
  const totalTime = sounding.reduce((latest, { endTime }) => Math.max(latest, endTime), 0);
  if (totalTime > longestSeconds) {
    report.fail(1, 'the score lasts longer than a day', 'Check its tempos and the lengths of its notes.');
  }
  const timed = <T extends { wholeNotes: number }>({ wholeNotes, ...rest }: T): Omit<T, 'wholeNotes'> & { time: number } => ({
    time: seconds(wholeNotes),
    ...rest,
  });
  const { title, composers, parts } = score;
  return createNoteSequence({
    filename,
    ticksPerQuarter: 220,
    sourceInfo: { sourceType: SourceType.scoreBased, encodingType: EncodingType.musicXml, parser: Parser.magentaMusicXml },
    sequenceMetadata: { title, artist: composers.join(', '), genre: [], composers: [...composers] },
    tempos: map.map(({ time, qpm }) => ({ time, qpm })),
    timeSignatures: metres.map(timed),
    keySignatures: keys.map(timed),
    notes: sounding,
    textAnnotations: chords.map((chord) => ({ ...timed(chord), annotationType: AnnotationType.chordSymbol })),
    partInfos: parts.flatMap(({ name }, part) => (name === '' ? [] : [{ part, name }])),
    instrumentInfos: instruments.infos,
    totalTime,
  });
}

function play(score: Score, instruments: Instruments, report: Report): Played {
  const played: Played = { notes: [], tempos: [{ wholeNotes: 0, qpm: initialContext.qpm }], metres: [], keys: [], chords: [] };
  const tied = new Map<string, PlayedNote>();
  let held: Partial<ScoreContext> = initialContext;
  const set = (wholeNotes: number, { qpm, metre, key }: Partial<ScoreContext>): void => {
    if (qpm !== undefined && qpm !== held.qpm) {
      if (played.tempos.at(-1)?.wholeNotes === wholeNotes) played.tempos.pop();
      played.tempos.push({ wholeNotes, qpm });
    }
    if (metre && (metre.numerator !== held.metre?.numerator || metre.denominator !== held.metre.denominator)) {
      played.metres.push({ wholeNotes, ...metre });
    }
    if (key && (key.key !== held.key?.key || key.mode !== held.key.mode)) played.keys.push({ wholeNotes, ...key });
    held = { qpm: qpm ?? held.qpm, metre: metre ?? held.metre, key: key ?? held.key };
  };

  let start = 0;
  for (const index of playingOrder(score.measures, report)) {
    const measure = score.measures[index];
    if (measure === undefined) continue;
    set(start, measure.context);
    for (const change of measure.changes) set(start + change.at, change.set);
    for (const { at, text } of measure.chordSymbols) played.chords.push({ wholeNotes: start + at, text });
    for (const { line, at, length, pitch, velocity, tied: holds } of measure.notes) {
      const name = `${line.part} ${pitch} ${line.voice}`;
      const before = tied.get(name);
      let note: PlayedNote;
      if (before && Math.abs(before.end - start - at) < nearly) {
        note = before;
        note.end = start + at + length;
      } else {
        note = { instrument: instruments.indexOf(line), line, pitch, velocity, start: start + at, end: start + at + length };
        played.notes.push(note);
      }
      if (holds) tied.set(name, note);
      else tied.delete(name);
    }
    start += measure.length;
  }
  return played;
}

interface Instruments {
  indexOf(line: ScoreLine): number;
  infos: { instrument: number; name: string }[];
}

/** One instrument for each voice of each part; a voice in two staves is one, unless it sounds in both at once. */
function instrumentsOf({ parts, measures }: Score, report: Report): Instruments {
  const nameOf = ({ part, voice, staff, program, isDrum }: ScoreLine): string => {
    const byStaff = parts[part]?.voicesByStaff.has(voice) ? staff : 0;
    return `${part} ${isDrum} ${program} ${byStaff} ${voice}`;
  };
  const found = new Map<string, ScoreLine>();
  const names = new Map<ScoreLine, string>();
  for (const { notes } of measures) {
    for (const { line } of notes) {
      if (names.has(line)) continue;
      const name = nameOf(line);
      names.set(line, name);
      if (!found.has(name)) found.set(name, line);
    }
  }
  if (found.size > mostInstruments) report.fail(1, `the score has more than ${mostInstruments} voices`, 'Split it into several files.');
  const lines = [...found].sort(([, a], [, b]) => a.part - b.part);
  const indices = new Map(lines.map(([name], index) => [name, index]));
  return {
    indexOf: (line) => indices.get(names.get(line) ?? '') ?? 0,
    infos: lines.flatMap(([, line], instrument) => {
      const name = instrumentName(line, parts, lines.filter(([, { part }]) => part === line.part).length > 1);
      return name === '' ? [] : [{ instrument, name }];
    }),
  };
}

function instrumentName({ part, voice, staff, isDrum }: ScoreLine, parts: readonly Part[], several: boolean): string {
  const whole = parts[part];
  const words = [whole?.name ?? ''];
  if (several && !isDrum) words.push(`voice ${voice}`);
  if (whole?.voicesByStaff.has(voice)) words.push(`staff ${staff}`);
  return words.filter((word) => word !== '').join(', ');
}
