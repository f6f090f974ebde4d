// A recorded session as a piece of music: tracks You, Model and Click, its tempo, and a marker where each turn begins. Bar lines stay bar
// lines, silences stay as long as they were; what was changed afterwards is as it was changed.

import { type ControlChange, createNoteSequence, type Note, type NoteSequence, type PitchBend } from '../../music/note-sequence.js';
import { type Marker, noteSequenceToMidi } from '../../music/note-sequence-to-midi.js';
import type { SessionLog } from '../log/log.js';
import { DEFAULT_SETTINGS } from '../settings.js';
import { cutBars } from './bars.js';
import { EditedSession } from './edited.js';
import { changesOf } from './edits.js';
import { isDrum, type PlayedGesture, PlayedSession, type PlayedVoice } from './played.js';
import type { Edit } from './timeline.js';

const TICKS_PER_QUARTER = 480;
/** Voices by their instruments, which are tracks. */
const TRACKS: readonly { readonly voice: PlayedVoice; readonly name: string }[] = [
  { voice: 'you', name: 'You' },
  { voice: 'model', name: 'Model' },
  { voice: 'click', name: 'Click' },
];
const CLICK_PROGRAM = 115;
const CONTROLLER = 0xb;
const BEND_CENTRE = 8192;

export interface ExportOptions {
  /** The answers as they were played, or those that were kept instead. Default `played`. */
  readonly takes?: 'played' | 'kept';
}

export interface MusicOptions {
  /** Whether the metronome has a track. */
  readonly click: boolean;
  /** General MIDI programs 0..127 instead of those the session began with. */
  readonly programs?: Readonly<Record<'you' | 'model', number>>;
}

/** A piece of music with words at times. */
export interface MarkedMusic {
  readonly sequence: NoteSequence;
  readonly markers: readonly Marker[];
}

/** The bytes of a Standard MIDI File. @throws MstError `bad-sequence` for what a MIDI file cannot hold */
export function sessionToMidi(log: SessionLog, options: ExportOptions = {}): Uint8Array {
  return musicToMidi(sessionToNoteSequence(log, options));
}

/** The session in seconds of session time, and a marker for each turn. */
function sessionToNoteSequence({ entries }: SessionLog, { takes = 'played' }: ExportOptions = {}): MarkedMusic {
  const session = new EditedSession(PlayedSession.of(entries), new Map(), { kept: takes === 'kept' });
  return musicOf(session, { click: true });
}

/** The session after changes, with the answers that were kept where no change says otherwise. */
export function editedSession({ entries }: SessionLog, edits: readonly Edit[], options: MusicOptions = { click: true }): MarkedMusic {
  return musicOf(new EditedSession(PlayedSession.of(entries), changesOf(edits)), options);
}

/** The bytes of a Standard MIDI File. @throws MstError `bad-sequence` for what a MIDI file cannot hold */
export function musicToMidi({ sequence, markers }: MarkedMusic): Uint8Array {
  return noteSequenceToMidi(sequence, { markers });
}

/** What is heard of a session, in seconds of the recording, and a marker for each turn. */
export function musicOf(session: EditedSession, { click, programs }: MusicOptions): MarkedMusic {
  const { played, turns, runs } = session;
  const { beatsPerBar, voices } = (played.header ?? { settings: DEFAULT_SETTINGS }).settings;
  const sounds: Record<PlayedVoice, number> = {
    you: programs?.you ?? voices.you?.program ?? played.program ?? 0,
    model: programs?.model ?? voices.model.program ?? 0,
    click: voices.click.program ?? CLICK_PROGRAM,
  };
  const sequence = createNoteSequence({
    ticksPerQuarter: TICKS_PER_QUARTER,
    ...cutBars(played.stretches, runs, beatsPerBar),
    instrumentInfos: TRACKS.filter(({ voice }) => click || voice !== 'click').map(({ name }, instrument) => ({ instrument, name })),
  });
  for (const [instrument, { voice }] of TRACKS.entries()) {
    if (voice === 'click' && !click) continue;
    for (const turn of turns) {
      if (voice !== 'click' && session.isMuted(turn)) continue;
      for (const note of session.notes(turn, voice)) {
        const { pitch, velocity, start, end } = note;
        const place = { instrument, program: isDrum(note) ? 0 : sounds[voice], isDrum: isDrum(note) };
        sequence.notes.push({ pitch, velocity, startTime: start, endTime: end, ...place } satisfies Note);
      }
    }
  }
  for (const { time, bytes } of gesturesOf(session)) {
    const [status, low, high] = bytes;
    const drum = isDrum({ channel: status & 0xf });
    const place = { instrument: 0, program: drum ? 0 : sounds.you, isDrum: drum };
    if (status >> 4 === CONTROLLER) {
      sequence.controlChanges.push({ time, controlNumber: low, controlValue: high, ...place } satisfies ControlChange);
    } else {
      sequence.pitchBends.push({ time, bend: (high << 7) + low - BEND_CENTRE, ...place } satisfies PitchBend);
    }
  }
  sequence.totalTime = sequence.notes.reduce((last, { endTime }) => Math.max(last, endTime), 0);
  return { sequence, markers: markersOf(session) };
}

function markersOf(session: EditedSession): Marker[] {
  let removed = 0;
  return session.played.turns.slice(1).flatMap((turn): Marker[] => {
    if (session.isDeleted(turn)) {
      removed++;
      return [];
    }
    return [{ time: session.span(turn).start, text: `${turn.turn + 1 - removed} ${turn.whose === 'you' ? 'You' : 'Model'}` }];
  });
}

/** Your controllers and pitch bends, in seconds of the recording. Of those in a part that was taken out the last of each kind counts, after it. */
export function gesturesOf(session: EditedSession): PlayedGesture[] {
  const gestures: PlayedGesture[] = [];
  const { runs, played } = session;
  const waiting = new Map<number, PlayedGesture>();
  let next = 0;
  const seek = (time: number): readonly PlayedGesture[] => {
    const from = next;
    while ((played.gestures[next]?.time ?? Number.POSITIVE_INFINITY) < time) next++;
    return played.gestures.slice(from, next);
  };
  for (const { from, to, shift } of runs) {
    for (const gesture of seek(from)) waiting.set(kindOf(gesture), gesture);
    for (const { bytes } of waiting.values()) gestures.push({ time: from - shift, bytes });
    waiting.clear();
    for (const { time, bytes } of seek(to)) gestures.push({ time: time - shift, bytes });
  }
  return gestures;
}

/** Equal for gestures of which a later one makes the earlier one void. */
function kindOf({ bytes: [status, first] }: PlayedGesture): number {
  return status * 128 + (status >> 4 === CONTROLLER ? first : 0);
}
