// A recorded session as a piece to listen to and to look at: it begins with the bar of its first note, without the metronome, each side with
// sounds of its own, and knows whose turn is when. Pure.

import { MstError } from '../core/errors.js';
import { BeatMap } from '../extraction/beats.js';
import type { Mix } from '../jam/answers/job.js';
import type { SessionLog } from '../jam/log/log.js';
import { DEFAULT_SETTINGS } from '../jam/settings.js';
import { EditedSession } from '../jam/timeline/edited.js';
import { changesOf } from '../jam/timeline/edits.js';
import { PlayedSession } from '../jam/timeline/played.js';
import { musicOf } from '../jam/timeline/session-to-midi.js';
import type { Edit } from '../jam/timeline/timeline.js';
import { usualPrograms } from '../jam/usual-programs.js';
import type { NoteSequence } from '../music/note-sequence.js';
import type { Marker } from '../music/note-sequence-to-midi.js';
import { barsUntil } from './bars.js';

/** Quarter notes that rounding may move a note before its bar line. */
const INSTANT = 1e-3;
/** The voices of a session by the instruments of its music. */
const [YOU, MODEL] = [0, 1];

export interface SessionPieceOptions {
  /** What the one who plays is called. Default "You". */
  readonly player?: string;
  /** The answers as they were played, or those that were kept instead. Default `played`. */
  readonly takes?: 'played' | 'kept';
  /** What was changed afterwards. */
  readonly edits?: readonly Edit[];
  /** General MIDI programs 0..127 instead of those the session has. */
  readonly programs?: Readonly<Record<'you' | 'model', number>>;
}

/** A turn. Seconds of the piece. */
export interface Turn {
  readonly whose: 'you' | 'model';
  /** Who that is: the player, a model by its name, or the names of a mix. */
  readonly by: string;
  readonly start: number;
  readonly end: number;
  /** Notes that begin in it, of both sides. */
  readonly notes: { readonly you: number; readonly model: number };
}

export interface SessionPiece {
  /** Instruments: `you` and `model`, if they played. */
  readonly sequence: NoteSequence;
  /** One for each turn. */
  readonly markers: readonly Marker[];
  readonly turns: readonly Turn[];
  readonly you: { readonly instrument: number; readonly name: string };
  readonly model: { readonly instrument: number; readonly name: string };
  /** Seconds of the session that lie before it. */
  readonly offset: number;
}

/** Makes a piece of a session. @throws MstError `no-input` when nobody played a note */
export function sessionPiece(log: SessionLog, options: SessionPieceOptions = {}): SessionPiece {
  const { player = 'You', takes = 'played', edits = [] } = options;
  const session = new EditedSession(PlayedSession.of(log.entries), changesOf(edits), { kept: takes === 'kept' });
  const { sequence: whole } = musicOf(session, { click: false, programs: options.programs ?? programsOf(session.played) });
  const begins = firstBar(whole);
  const sequence = from(whole, begins);
  const you = { instrument: YOU, name: player };
  const model = { instrument: MODEL, name: modelName(log) };
  sequence.instrumentInfos = [you, model];
  const turns = turnsOf(session, { you, model, begins, end: sequence.totalTime });
  const markers = turns.map(({ start, by }, k) => ({ time: start, text: `${k + 1} ${by}` }));
  // What was taken out before it lies in the session all the same.
  const offset = begins + (session.runs.find(({ to, shift }) => begins < to - shift)?.shift ?? 0);
  return { sequence, markers, turns, you, model, offset };
}

/** What a session is called that has no title. */
export function sessionTitle({ model, turns }: SessionPiece): string {
  const names = [...new Set(turns.filter(({ whose }) => whose === 'model').map(({ by }) => by))];
  return `Jam with ${names.length > 0 && names.length <= 3 ? names.join(' and ') : model.name}`;
}

/** What a mix is called: its models' names, "and" between them. */
function mixName(mix: Mix): string {
  return mix.map(({ model }) => model).join(' and ');
}

/** The one name that all answers have, or "Model". */
function modelName({ header }: SessionLog): string {
  const names = new Set(header.settings.models.map(mixName));
  const [only] = names;
  return names.size === 1 && only !== undefined && only !== '' ? only : 'Model';
}

/** Each side's own sound, and one of ours where it has none. */
function programsOf({ header, program }: PlayedSession): { you: number; model: number } {
  const { voices } = (header ?? { settings: DEFAULT_SETTINGS }).settings;
  return usualPrograms({ you: voices.you?.program ?? program ?? null, model: voices.model.program });
}

/** Seconds at which the bar of the first note begins. @throws MstError `no-input` when there is none */
function firstBar({ notes, tempos, timeSignatures }: NoteSequence): number {
  const first = notes.reduce((least, { startTime }) => Math.min(least, startTime), Number.POSITIVE_INFINITY);
  if (first === Number.POSITIVE_INFINITY) {
    throw new MstError('no-input', 'Nobody plays a note in this session.', { hint: 'Choose one with notes in it.' });
  }
  const beats = new BeatMap(tempos);
  const place = beats.quarterAt(first);
  const bar = barsUntil({ timeSignatures }, beats, place).findLast((each) => each <= place + INSTANT) ?? 0;
  return Math.max(0, Math.min(first, beats.secondsAt(bar)));
}

/** The music from `begins` seconds on, where no note is before. Of tempos, metres and such before it the last ones hold. */
function from(sequence: NoteSequence, begins: number): NoteSequence {
  const at = (time: number): number => Math.max(0, time - begins);
  const later = <T extends { time: number }>(events: readonly T[]): T[] => events.map((event) => ({ ...event, time: at(event.time) }));
  const holding = <T extends { time: number }>(events: readonly T[]): T[] =>
    later(events).filter((_, i, moved) => i === moved.length - 1 || (moved[i + 1]?.time ?? 0) > 0);
  const notes = sequence.notes.map((note) => ({ ...note, startTime: at(note.startTime), endTime: at(note.endTime) }));
  return {
    ...sequence,
    notes,
    totalTime: notes.reduce((last, { endTime }) => Math.max(last, endTime), 0),
    tempos: holding(sequence.tempos),
    timeSignatures: holding(sequence.timeSignatures),
    controlChanges: later(sequence.controlChanges),
    pitchBends: later(sequence.pitchBends),
  };
}

function turnsOf(
  session: EditedSession,
  { you, model, begins, end }: { you: SessionPiece['you']; model: SessionPiece['model']; begins: number; end: number },
): Turn[] {
  const turns = session.turns.slice(session.turns[0]?.index === 0 ? 1 : 0).map((turn): Turn => {
    const { whose, mix } = turn;
    const count = (voice: 'you' | 'model'): number => (session.isMuted(turn) ? 0 : session.notes(turn, voice).length);
    const by = whose === 'you' ? you.name : mix.length === 0 ? model.name : mixName(mix);
    const { start, end } = session.span(turn);
    return { whose, by, start: Math.max(0, start - begins), end: end - begins, notes: { you: count('you'), model: count('model') } };
  });
  return turns.filter((turn) => turn.start < Math.min(turn.end, end));
}
