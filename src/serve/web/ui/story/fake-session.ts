// A page session without sound, models or memory: it shows any state it is given, keeps its commands in a list, and does the simplest thing
// each asks for. For pictures and tests; not shipped.

import type { Control } from '../../../../jam/control.js';
import type { Status } from '../../../../jam/status.js';
import { keyboardLetters } from '../../jam/keyboard-letters.js';
import { DEFAULT_PAGE_SETTINGS } from '../../jam/page-settings.js';
import type { DownloadKind, PageSession, PageSettings, PageView } from '../../page-session.js';
import { statusAt } from './tunes.js';

export const SETTINGS: PageSettings = { ...DEFAULT_PAGE_SETTINGS, models: ['folk'] };

export const VIEW: PageView = {
  listing: 'ready',
  models: [
    {
      name: 'folk',
      path: 'models/folk',
      hash: 'a',
      files: ['config.json'],
      size: 2_310_000,
      configuration: 'lookback_rnn',
      artist: 'folk',
      written: '2025-11-20T10:00:00Z',
      loaded: { state: 'ready' },
    },
    {
      name: 'coldplay',
      path: 'models/coldplay',
      hash: 'b',
      files: ['config.json'],
      size: 2_280_000,
      configuration: 'attention_rnn',
      artist: 'coldplay',
      written: '2025-11-21T16:30:00Z',
      loaded: { state: 'listed' },
    },
  ],
  settings: SETTINGS,
  sound: { state: 'waiting' },
  midi: { state: 'unasked' },
  notices: [],
  jamming: false,
  timeline: [],
  length: 0,
  canUndo: false,
  canRedo: false,
  saved: 'nothing',
  recordings: [],
  keys: keyboardLetters(0),
};

/** What a state is made of. */
export interface Story {
  readonly view?: Partial<PageView>;
  /** The jam's status at a session second; without one it is that of the tunes. */
  readonly status?: (time: number) => Status | null;
  /** The session second at which all stands still; without one time goes on. */
  readonly at?: number;
  readonly playback?: number;
}

export class FakeSession implements PageSession {
  view: PageView;
  /** Every command with its arguments. */
  readonly calls: (readonly unknown[])[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #story: Story;
  #began = performance.now();

  constructor(story: Story) {
    this.#story = story;
    this.view = { ...VIEW, ...story.view };
  }

  /** Replaces a part of the view. */
  show(part: Partial<PageView>): void {
    this.view = { ...this.view, ...part };
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status(): Status | null {
    if (!this.view.jamming) return null;
    const model = this.view.settings.models[0];
    return this.#story.status?.(this.now()) ?? statusAt(this.now(), { mode: this.view.settings.mode }, model);
  }

  now(): number {
    return this.#story.at ?? (performance.now() - this.#began) / 1000;
  }

  playbackTime(): number | null {
    return this.view.playingBack === undefined ? null : (this.#story.playback ?? 2 + (performance.now() - this.#began) / 1000);
  }

  async begin(): Promise<void> {
    this.#call('begin');
    this.#began = performance.now();
    this.show({ jamming: true, sound: { state: 'on', latencyMs: 12 } });
  }

  end(): void {
    this.#call('end');
    this.show({ jamming: false });
  }

  control(control: Control): void {
    this.#call('control', control);
  }

  change(settings: Partial<PageSettings>): void {
    this.#call('change', settings);
    const next = { ...this.view.settings, ...settings };
    this.show({ settings: next, keys: keyboardLetters(next.octave) });
  }

  press(key: string, pitch: number, velocity: number, at?: number): void {
    this.#call('press', key, pitch, velocity, at);
  }

  release(key: string): void {
    this.#call('release', key);
  }

  panic(): void {
    this.#call('panic');
  }

  async askForMidi(): Promise<void> {
    this.#call('askForMidi');
  }

  usePort(id: string, on: boolean): void {
    this.#call('usePort', id, on);
  }

  dismiss(notice: number): void {
    this.#call('dismiss', notice);
    this.show({ notices: this.view.notices.filter(({ id }) => id !== notice) });
  }

  async reload(): Promise<void> {
    this.#call('reload');
  }

  play(turn: number | null, from?: number): void {
    this.#call('play', turn, from);
    this.#began = performance.now();
    this.show({ playingBack: turn });
  }

  stopPlayback(): void {
    this.#call('stopPlayback');
    const { playingBack: _, ...rest } = this.view;
    this.view = rest;
    this.show({});
  }

  chooseTake(turn: number, take: number): void {
    this.#call('chooseTake', turn, take);
  }

  mute(turn: number, muted: boolean): void {
    this.#call('mute', turn, muted);
  }

  remove(turn: number): void {
    this.#call('remove', turn);
  }

  undo(): void {
    this.#call('undo');
  }

  redo(): void {
    this.#call('redo');
  }

  async open(recording: string): Promise<void> {
    this.#call('open', recording);
  }

  async forget(recording: string): Promise<void> {
    this.#call('forget', recording);
  }

  async download(kind: DownloadKind): Promise<void> {
    this.#call('download', kind);
  }

  cancelDownload(): void {
    this.#call('cancelDownload');
    const { making: _, ...rest } = this.view;
    this.view = rest;
    this.show({});
  }

  #call(...call: readonly unknown[]): void {
    this.calls.push(call);
  }
}
