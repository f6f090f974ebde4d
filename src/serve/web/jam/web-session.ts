// The session of the page: ties the jam to its sound, models, ports, keys, recording and settings. It decides nothing about the music.

import { MstError } from '../../../core/errors.js';
import type { Control } from '../../../jam/control.js';
import type { LogEntry } from '../../../jam/log/log-entry.js';
import type { Status } from '../../../jam/status.js';
import type { Addresses } from '../addresses.js';
import type { DownloadKind, PageSession, PageSettings, PageView } from '../page-session.js';
import { RecordingKeeper } from '../recording/keeper.js';
import { SoundBank } from '../sound/bank.js';
import { Sound } from '../sound/sound.js';
import { keyboardLetters } from './keyboard-letters.js';
import { HINDSIGHT, LiveJam } from './live-jam.js';
import { MidiOut } from './midi-out.js';
import { ModelHost } from './model-host.js';
import { ModelList } from './model-list.js';
import { believable, engineSettings, keepSettings, loadSettings, type SettingsStore } from './page-settings.js';
import { RecordPlayer } from './record-player.js';
import { settingControls } from './setting-controls.js';
import { Speakers } from './speakers.js';
import { Timekeeper } from './timekeeper.js';
import { ViewStore } from './view-store.js';
import { YourPlaying } from './your-playing.js';

/** Room for what a thread of a busy computer takes, beside what a browser says its sound takes; seconds. */
const ROOM = 0.01;
const LONGEST_LATENCY = 1;

export class WebSession implements PageSession {
  readonly #kept: SettingsStore | undefined;
  readonly #store: ViewStore;
  readonly #sound: Sound;
  readonly #out = new MidiOut((session) => this.#time.browserTime(session));
  readonly #speakers: Speakers;
  readonly #time: Timekeeper;
  readonly #you: YourPlaying;
  readonly #host: ModelHost;
  readonly #models: ModelList;
  readonly #player: RecordPlayer;
  readonly #keeping: Promise<RecordingKeeper>;
  #keeper: RecordingKeeper | undefined;
  #jam: LiveJam | undefined;
  /** How often other models were chosen. */
  #switches = 0;
  #beginning = false;
  #nextNote = 1;

  /** @param storage where recordings are kept, such as `() => indexedDB`. @param settings where settings are, if the browser has such a place */
  constructor(addresses: Addresses, storage: () => IDBFactory, settings: SettingsStore | undefined) {
    this.#kept = settings;
    this.#store = new ViewStore(firstView(loadSettings(settings)));
    const bank = new SoundBank(addresses.bank);
    this.#sound = new Sound(addresses.worklet, bank, {
      changed: (sound) => this.#followSound(sound),
      played: (played) => this.#jam?.played(played),
    });
    this.#time = new Timekeeper(addresses.tickerWorker, this.#sound, () => this.#tick());
    this.#speakers = new Speakers(this.#sound, this.#out);
    this.#player = new RecordPlayer(
      { sound: this.#sound, speakers: this.#speakers, time: this.#time },
      { mayBegin: () => !this.view.jamming && !this.#beginning, changed: (turn) => this.#showPlayback(turn) },
    );
    this.#host = new ModelHost(addresses.modelWorker, {
      state: (name, state) => this.#models.become(name, state),
      answer: (answer) => this.#guard(() => this.#jam?.answer(this.#time.now(), answer)),
      failed: (problem) => this.#store.notify({ kind: 'error', ...problem }),
    });
    this.#models = new ModelList(this.#store, this.#host);
    this.#you = new YourPlaying(
      { sound: this.#sound, speakers: this.#speakers, out: this.#out },
      {
        played: (bytes, at, source) => this.#guard(() => this.#jam?.input(this.#time.at(at), bytes, source)),
        lost: (source) => this.control({ type: 'source-lost', source }),
        portsChanged: (midi) => this.#store.set({ midi }),
        choice: () => this.view.settings.ports,
        chose: (ports) => this.change({ ports }),
        pedalSteers: () => this.view.jamming && this.view.settings.mode === 'pedal',
      },
    );
    this.#keeping = RecordingKeeper.open(storage, bank, {
      changed: () => this.#showRecording(),
      trouble: (notice) => this.#store.notify(notice),
    });
    void this.#open();
  }

  get view(): PageView {
    return this.#store.view;
  }

  subscribe(listener: () => void): () => void {
    return this.#store.subscribe(listener);
  }

  status(): Status | null {
    return this.#jam?.status(this.#time.now()) ?? null;
  }

  now(): number {
    return this.#time.now();
  }

  playbackTime(): number | null {
    return this.#player.place;
  }

  async begin(): Promise<void> {
    if (this.#beginning || this.view.jamming) return;
    this.#beginning = true;
    try {
      this.stopPlayback();
      // The gesture counts for what is called at once.
      const sounding = this.#sound.start();
      const { settings } = this.view;
      const switches = this.#switches;
      const [keeper, models] = await Promise.all([this.#keeping, this.#models.open(this.#models.answering(settings.models)), sounding]);
      if (models.length === 0) {
        this.#store.notify({
          kind: 'error',
          message: 'There is no model that can answer yet.',
          hint: 'Choose another model, or train one: mst train',
        });
        return;
      }
      const { sound } = this.view;
      if (sound.state === 'failed') this.#store.notify({ kind: 'warning', message: sound.message, hint: sound.hint });
      keeper.begin();
      this.#startJam(models);
      // Others may have been chosen while these came.
      if (switches !== this.#switches) void this.#switchModels();
    } catch (error) {
      this.#report(error);
    } finally {
      this.#beginning = false;
    }
  }

  end(): void {
    this.control({ type: 'stop' });
  }

  control(control: Control): void {
    this.#guard(() => this.#jam?.control(this.#time.now(), control));
  }

  change(changes: Partial<PageSettings>): void {
    const old = this.view.settings;
    const exchanges = changes.exchanges === undefined && changes.mode !== undefined && changes.mode !== old.mode ? null : old.exchanges;
    const settings = believable({ ...old, exchanges, ...changes });
    this.#store.set({ settings, keys: keyboardLetters(settings.octave) });
    keepSettings(this.#kept, settings);
    this.#setSounds(settings);
    for (const control of settingControls(old, settings)) this.control(control);
    if (changes.models !== undefined) void this.#switchModels();
  }

  press(key: string, pitch: number, velocity: number, at: number = performance.now()): void {
    this.#you.press(key, pitch, velocity, at);
  }

  release(key: string, at: number = performance.now()): void {
    this.#you.release(key, at);
  }

  panic(): void {
    this.stopPlayback();
    this.#you.letGo();
    this.control({ type: 'panic' });
    this.#speakers.silence();
  }

  async askForMidi(): Promise<void> {
    await this.#you.ports.ask();
    const { midi } = this.view;
    if ('message' in midi) this.#store.notify({ kind: 'warning', message: midi.message, hint: midi.hint });
  }

  usePort(id: string, on: boolean): void {
    this.#you.ports.use(id, on);
  }

  dismiss(notice: number): void {
    this.#store.dismiss(notice);
  }

  reload(): Promise<void> {
    return this.#models.load();
  }

  play(turn: number | null, from?: number): void {
    const keeper = this.#keeper;
    if (keeper === undefined) return;
    if (this.view.jamming) {
      this.#store.notify({ kind: 'info', message: 'What was played can be heard again when the jam is over.' });
      return;
    }
    this.#player.play(keeper, turn, from);
  }

  stopPlayback(): void {
    this.#player.stop();
  }

  chooseTake(turn: number, take: number): void {
    this.#keeper?.edit({ type: 'take', turn, take });
  }

  mute(turn: number, muted: boolean): void {
    this.#keeper?.edit({ type: 'mute', turn, muted });
  }

  remove(turn: number): void {
    this.#keeper?.edit({ type: 'delete', turn });
  }

  undo(): void {
    this.#keeper?.undo();
  }

  redo(): void {
    this.#keeper?.redo();
  }

  async open(recording: string): Promise<void> {
    this.stopPlayback();
    await (await this.#keeping).open(recording);
  }

  async forget(recording: string): Promise<void> {
    await (await this.#keeping).forget(recording);
  }

  async download(kind: DownloadKind): Promise<void> {
    const { models, settings } = this.view;
    await (await this.#keeping).download(kind, { programs: settings.programs, models });
  }

  cancelDownload(): void {
    this.#keeper?.cancelDownload();
  }

  async #open(): Promise<void> {
    addEventListener('blur', () => this.#you.letGo());
    document.addEventListener('visibilitychange', () => document.hidden && this.#you.letGo());
    // A page that goes leaves nothing sounding on instruments.
    addEventListener('pagehide', () => this.#out.silence());
    // What is needed later is fetched now: the network may go.
    this.#sound.prepare();
    this.#time.prepare();
    void this.#you.ports.askIfAllowed();
    const loading = this.#models.load();
    const keeper = await this.#keeping;
    void loading.then(() => keeper.prepare());
    this.#keeper = keeper;
    this.#showRecording();
  }

  #startJam(models: readonly { readonly name: string; readonly hash: string }[]): void {
    this.#speakers.silence();
    this.#setSounds(this.view.settings);
    this.#time.restart();
    const [seed = 1] = crypto.getRandomValues(new Uint32Array(1));
    const latency = Math.min(LONGEST_LATENCY, this.#sound.latency + HINDSIGHT + ROOM);
    const names = models.map(({ name }) => name);
    const settings = engineSettings(this.view.settings, names, { seed, latency });
    const { version } = this.#models;
    const facts = {
      models,
      sources: this.#you.sources,
      created: new Date().toISOString(),
      ...(version !== undefined && { version }),
    };
    const jam = new LiveJam(settings, facts, {
      speakers: this.#speakers,
      firstId: this.#nextNote,
      hooks: { ask: (job) => this.#host.ask(job), log: (entry) => this.#log(entry), ended: () => this.#ended() },
    });
    this.#jam = jam;
    this.#store.set({ jamming: true });
    jam.begin();
    this.#tickIfNeeded();
  }

  #ended(): void {
    this.#nextNote = this.#jam?.nextId ?? this.#nextNote;
    this.#keeper?.end();
    // The last notes end now.
    this.#speakers.advance(this.#time.now() + HINDSIGHT);
    this.#store.set({ jamming: false });
    this.#tickIfNeeded();
  }

  #log(entry: LogEntry): void {
    this.#keeper?.add(entry);
    const { settings } = this.view;
    // A tempo that was tapped, or came from a controller.
    if (entry.type === 'tempo' && entry.qpm !== settings.qpm) this.#store.set({ settings: { ...settings, qpm: entry.qpm } });
  }

  async #switchModels(): Promise<void> {
    const asked = ++this.#switches;
    const models = await this.#models.open(this.#models.answering(this.view.settings.models));
    // Who was chosen meanwhile comes by itself.
    if (asked !== this.#switches || models.length === 0) return;
    this.control({ type: 'models', models: models.map(({ name }) => [{ model: name, weight: 1 }]) });
  }

  #followSound(sound: PageView['sound']): void {
    this.#store.set({ sound });
    if (sound.state !== 'on') return;
    this.#time.read();
    this.#setSounds(this.view.settings);
  }

  #setSounds({ programs, volumes }: PageSettings): void {
    for (const side of ['you', 'model'] as const) this.#sound.setProgram(side, programs[side]);
    for (const voice of ['you', 'model', 'click', 'all'] as const) this.#sound.setVolume(voice, volumes[voice]);
  }

  #tick(): void {
    this.#guard(() => {
      const now = this.#time.now();
      this.#jam?.advance(now);
      this.#player.advance(now);
      this.#speakers.advance(now);
    });
  }

  /** Lets time pass while something goes on. */
  #tickIfNeeded(): void {
    this.#time.run(this.view.jamming || this.#player.playing);
  }

  #showPlayback(playingBack: number | null | undefined): void {
    const { playingBack: _, ...view } = this.view;
    this.#store.replace(playingBack === undefined ? view : { ...view, playingBack });
    this.#tickIfNeeded();
  }

  #showRecording(): void {
    const keeper = this.#keeper;
    if (keeper === undefined) return;
    const { timeline, length, canUndo, canRedo, saved, recordings, making } = keeper;
    const { making: _, ...view } = { ...this.view, timeline, length, canUndo, canRedo, saved, recordings };
    this.#store.replace(making === undefined ? view : { ...view, making });
  }

  /** An error in the midst of playing ends the jam in order; one of the user's wishes is told, and changes nothing. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#report(error);
      if (error instanceof MstError && error.code === 'usage') return;
      this.#jam = undefined;
      this.#speakers.silence();
      if (this.view.jamming) this.#ended();
    }
  }

  #report(error: unknown): void {
    const { message = String(error), hint } = error as { message?: string; hint?: string };
    this.#store.notify({ kind: 'error', message, ...(hint !== undefined && { hint }) });
  }
}

function firstView(settings: PageSettings): PageView {
  return {
    listing: 'loading',
    models: [],
    settings,
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
    keys: keyboardLetters(settings.octave),
  };
}
