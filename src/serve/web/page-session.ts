// What the page's pictures know of the page's playing: the one interface between ui/ (what is seen) and the rest (what sounds and is kept).
// A PageSession is made by jam/; ui/ shows its `view` and `status` and calls its commands. No command throws: trouble becomes a notice.

import type { Control } from '../../jam/control.js';
import type { Metronome } from '../../jam/settings.js';
import type { Status } from '../../jam/status.js';
import type { TimelineTurn } from '../../jam/timeline/timeline.js';
import type { Exchange, TurnModeName } from '../../jam/turns/turn-modes.js';
import type { ListedModel } from '../listing.js';

export type Side = 'you' | 'model';

/** A MIDI port as it is remembered. */
export interface PortMark {
  readonly id: string;
  readonly name: string;
}

/** What the user chose of MIDI ports, those that are not plugged in too. */
export interface PortChoice {
  readonly inputsOff: readonly PortMark[];
  readonly outputsOn: readonly PortMark[];
}

/** What the user chose; kept from visit to visit. */
export interface PageSettings {
  /** Names of models that answer in turn; one as a rule. */
  readonly models: readonly string[];
  readonly mode: TurnModeName;
  /** null = those of the mode. */
  readonly exchanges: readonly Exchange[] | null;
  readonly qpm: number;
  readonly beatsPerBar: number;
  readonly temperature: number;
  readonly metronome: Metronome;
  /** General MIDI programs, 0..127. */
  readonly programs: Readonly<Record<Side, number>>;
  /** 0..1. */
  readonly volumes: Readonly<Record<Side | 'click' | 'all', number>>;
  /** Octaves by which the computer keyboard and the screen's piano are moved, -3..3. */
  readonly octave: number;
  readonly ports: PortChoice;
}

/** Whether the page can sound. `waiting`: browsers want a gesture first. */
export type SoundState =
  | { readonly state: 'waiting' | 'starting' | 'on'; readonly latencyMs?: number }
  | { readonly state: 'failed'; readonly message: string; readonly hint: string };

export interface MidiPort extends PortMark {
  /** Whether it is in use: inputs are unless switched off, outputs are when switched on. */
  readonly on: boolean;
}

export type MidiState =
  | { readonly state: 'unasked' | 'asking' }
  | { readonly state: 'on'; readonly inputs: readonly MidiPort[]; readonly outputs: readonly MidiPort[] }
  /** Not allowed, no such thing in this browser, or not over plain http. */
  | { readonly state: 'denied' | 'unsupported' | 'insecure'; readonly message: string; readonly hint: string };

/** Where a model is on its way into the page. */
export type ModelState =
  /** `done`: how much of it has come, 0..1. */
  | { readonly state: 'listed' | 'loading' | 'ready'; readonly done?: number }
  | { readonly state: 'broken'; readonly message: string; readonly hint?: string };

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
}

/** A recording that is kept in this browser. */
export interface KeptRecording {
  readonly id: string;
  /** ISO 8601. */
  readonly created: string;
  readonly turns: number;
  readonly seconds: number;
  readonly model: string;
}

export type DownloadKind = 'midi' | 'wav' | 'mp3' | 'page';

/** Everything that changes seldom, as one value that is replaced when something does. */
export interface PageView {
  /** `loading`: the list of models is on its way; `failed`: it could not be had (the reason is in `trouble`). */
  readonly listing: 'loading' | 'ready' | 'failed';
  readonly trouble?: { readonly message: string; readonly hint?: string };
  readonly models: readonly (ListedModel & { readonly loaded: ModelState })[];
  readonly settings: PageSettings;
  readonly sound: SoundState;
  readonly midi: MidiState;
  readonly notices: readonly Notice[];
  /** Whether a jam is going on. */
  readonly jamming: boolean;
  /** The recording that is open, as it stands: that of the jam going on, of the last one, or one that was opened. */
  readonly timeline: readonly TimelineTurn[];
  /** Its length in seconds after edits. */
  readonly length: number;
  /** The turns' index whose sound is played back, with `null` for the whole; undefined when nothing is. */
  readonly playingBack?: number | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Whether the recording is safe in this browser. */
  readonly saved: 'nothing' | 'saving' | 'saved' | 'failed';
  readonly recordings: readonly KeptRecording[];
  /** The download in the making, and how far it is, 0..1. */
  readonly making?: { readonly kind: DownloadKind; readonly done: number };
  /** Letters that play, by KeyboardEvent.code, with the pitch each plays now. */
  readonly keys: ReadonlyMap<string, number>;
}

export interface PageSession {
  readonly view: PageView;
  /** Told after every change of `view`. Returns what ends that. */
  subscribe(listener: () => void): () => void;
  /** The jam at this moment, or null before the first; meant to be asked for every frame. */
  status(): Status | null;
  /** Seconds of session time as it is heard now. */
  now(): number;
  /** Where the playback is, in seconds of session time; null when nothing is played back. */
  playbackTime(): number | null;

  /** Begins a jam; call it from a gesture, which also wakes the sound. */
  begin(): Promise<void>;
  /** Ends it; the recording stays open. */
  end(): void;
  control(control: Control): void;
  /** Changes settings, at once where the jam can. */
  change(settings: Partial<PageSettings>): void;
  /**
   * Plays a key of the screen's piano or the computer keyboard, also before a jam begins (then it only sounds). `key` tells held keys apart.
   * Keys are let go by themselves when the page loses the focus or is hidden.
   * @param at the `timeStamp` of the event that did it; absent: now
   */
  press(key: string, pitch: number, velocity: number, at?: number): void;
  release(key: string, at?: number): void;
  panic(): void;
  askForMidi(): Promise<void>;
  usePort(id: string, on: boolean): void;
  dismiss(notice: number): void;
  /** Fetches the list of models again. */
  reload(): Promise<void>;

  play(turn: number | null, from?: number): void;
  stopPlayback(): void;
  chooseTake(turn: number, take: number): void;
  mute(turn: number, muted: boolean): void;
  remove(turn: number): void;
  undo(): void;
  redo(): void;
  open(recording: string): Promise<void>;
  forget(recording: string): Promise<void>;
  /** Makes a file of the open recording and hands it to the browser. */
  download(kind: DownloadKind): Promise<void>;
  /** Gives up the file in the making. */
  cancelDownload(): void;
}
