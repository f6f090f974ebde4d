// The page's sound: an AudioContext with mst's synthesizer in its audio thread. Woken by a gesture; says in words what is wrong with it.

import type { SoundVoice } from '../../../audio/live/instrument.js';
import { LIVE_GAIN, softLimit } from '../../../audio/live/loudness.js';
import type { Played, TimedMessage } from '../../../audio/live/timed-player.js';
import { programChange } from '../../../jam/midi-message.js';
import type { ClockReading } from '../jam/jam-clock.js';
import type { SoundState } from '../page-session.js';
import type { SoundBank } from './bank.js';
import type { SoundOrder, SoundReport } from './orders.js';

export interface SoundHooks {
  changed(state: SoundState): void;
  played(played: readonly Played[]): void;
}

/** A browser that does not wake the sound within this time waits for a gesture; milliseconds. */
const PATIENCE_MS = 1000;
const CHANNELS = 16;
const DRUM_CHANNEL = 9;
const VOLUME = 7;
/** Volumes glide for so long, seconds, so that nothing clicks. */
const GLIDE = 0.02;

/** The limiter takes twice the full scale, hence the half. */
const LOUDER = LIVE_GAIN / 2;
const CURVE_POINTS = 4097;

export class Sound {
  readonly #worklet: string;
  readonly #bank: SoundBank;
  readonly #hooks: SoundHooks;
  #state: SoundState = { state: 'waiting' };
  /** The audio thread's script on its way into the context. */
  #script: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #context: AudioContext | undefined;
  #gain: GainNode | undefined;
  #node: AudioWorkletNode | undefined;
  #volume = 1;
  #zero = 0;

  /** @param worklet address of the audio thread's script */
  constructor(worklet: string, bank: SoundBank, hooks: SoundHooks) {
    this.#worklet = worklet;
    this.#bank = bank;
    this.#hooks = hooks;
  }

  get state(): SoundState {
    return this.#state;
  }

  /** Whether it sounds and its clock runs. */
  get running(): boolean {
    return this.#state.state === 'on' && this.#context?.state === 'running';
  }

  /** Seconds from rendering to hearing; 0 without sound. */
  get latency(): number {
    const { outputLatency = 0, baseLatency = 0 } = this.#context ?? {};
    return outputLatency + baseLatency;
  }

  /** Fetches all that is needed, so that it is there when the user begins, and when the network is not. */
  prepare(): void {
    // What is missing is said when the user begins.
    this.#bank.bytes().catch(() => {});
    if (this.#context !== undefined || typeof AudioContext !== 'function') return;
    try {
      // It waits for a gesture, but its thread can have its script.
      this.#context = this.#createContext();
      void this.#fetchScript(this.#context);
    } catch {
      // Said when the user begins.
    }
  }

  /** Starts or wakes the sound; to be called from a gesture. Never rejects: see `state`. */
  async start(): Promise<void> {
    if (this.#state.state === 'failed') this.#drop();
    this.#starting ??= this.#open();
    await this.#starting;
    await this.#wake();
  }

  /** What the clocks show; undefined while no sound runs. */
  read(): ClockReading | undefined {
    const context = this.#context;
    if (context === undefined || !this.running) return undefined;
    const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
    const rendered = context.currentTime;
    // Some browsers have nothing sensible there for a while.
    if (performanceTime > 0 && contextTime > 0 && contextTime <= rendered + 0.1 && contextTime > rendered - 1.5) {
      return { heard: contextTime, browser: performanceTime };
    }
    return { heard: rendered - this.latency, browser: performance.now() };
  }

  /** Session time 0 is at this time of the AudioContext. */
  setZero(zero: number): void {
    if (zero === this.#zero) return;
    this.#zero = zero;
    this.#order({ type: 'zero', zero });
  }

  play(messages: readonly TimedMessage[]): void {
    if (messages.length > 0) this.#order({ type: 'play', messages });
  }

  cancel(voice: SoundVoice, from: number): void {
    this.#order({ type: 'cancel', voice, from });
  }

  silence(voice?: SoundVoice): void {
    this.#order(voice === undefined ? { type: 'silence' } : { type: 'silence', voice });
  }

  /** @param program of General MIDI, 0..127 */
  setProgram(voice: SoundVoice, program: number): void {
    this.#onChannels(voice, (channel) => (channel === DRUM_CHANNEL ? undefined : programChange(channel, program)));
  }

  /** @param volume 0..1 */
  setVolume(voice: SoundVoice | 'all', volume: number): void {
    if (voice !== 'all') {
      this.#onChannels(voice, (channel) => [0xb0 | channel, VOLUME, Math.round(127 * volume)]);
      return;
    }
    this.#volume = volume;
    if (this.#context !== undefined) this.#gain?.gain.setTargetAtTime(volume * LOUDER, this.#context.currentTime, GLIDE);
  }

  async #open(): Promise<void> {
    this.#become({ state: 'starting' });
    try {
      const context = this.#context ?? this.#createContext();
      this.#context = context;
      context.onstatechange = () => this.#followContext();
      const node = await this.#createNode(context);
      this.#gain = new GainNode(context, { gain: this.#volume * LOUDER });
      node
        .connect(this.#gain)
        .connect(new WaveShaperNode(context, { curve: limiterCurve() }))
        .connect(context.destination);
      this.#node = node;
      this.#order({ type: 'zero', zero: this.#zero });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fetchScript(context: AudioContext): Promise<void> {
    if (this.#script !== undefined) return this.#script;
    const script = context.audioWorklet.addModule(this.#worklet);
    this.#script = script;
    script.catch(() => {
      if (this.#script === script) this.#script = undefined;
    });
    return script;
  }

  #createContext(): AudioContext {
    if (typeof AudioContext !== 'function') throw new SoundProblem('This browser has no Web Audio.', 'Use a newer browser.');
    const context = new AudioContext({ latencyHint: 'interactive' });
    if (context.audioWorklet !== undefined) return context;
    void context.close();
    throw new SoundProblem(
      window.isSecureContext ? 'This browser has no AudioWorklet.' : 'Browsers let only pages over https, or from this computer, sound.',
      window.isSecureContext ? 'Use a newer browser.' : 'Open the page at http://localhost, or start the server with: mst serve --https',
    );
  }

  /** The node, when its synthesizer has read the sound bank. */
  async #createNode(context: AudioContext): Promise<AudioWorkletNode> {
    const [bank] = await Promise.all([this.#bank.bytes(), this.#fetchScript(context)]);
    const node = new AudioWorkletNode(context, 'mst-synthesizer', { numberOfInputs: 0, numberOfOutputs: 1, outputChannelCount: [2] });
    await new Promise<void>((resolve, reject) => {
      node.port.onmessage = ({ data }: MessageEvent<SoundReport>) => {
        if (data.type === 'ready') resolve();
        else if (data.type === 'failed') {
          this.#bank.forget();
          reject(new SoundProblem(data.message, 'Reload the page.'));
          this.#fail(new SoundProblem(data.message, 'Reload the page.'));
        } else this.#hooks.played(data.played);
      };
      node.onprocessorerror = () => {
        const problem = new SoundProblem('The synthesizer has stopped.', 'Begin again, or reload the page.');
        reject(problem);
        this.#fail(problem);
      };
      // The bytes stay here, too, should the sound have to be started once more.
      const bytes = bank.slice().buffer;
      node.port.postMessage({ type: 'bank', bytes } satisfies SoundOrder, [bytes]);
    });
    return node;
  }

  async #wake(): Promise<void> {
    const context = this.#context;
    if (context === undefined || this.#state.state === 'failed') return;
    if (context.state !== 'running') {
      const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
      await Promise.race([context.resume().catch(() => {}), patience]);
    }
    this.#followContext();
  }

  #followContext(): void {
    if (this.#node === undefined || this.#context === undefined || this.#state.state === 'failed') return;
    if (this.#context.state === 'running') this.#become({ state: 'on', latencyMs: Math.round(this.latency * 1000) });
    else this.#become({ state: 'waiting' });
  }

  #fail(error: unknown): void {
    const { message, hint = 'Check that the computer has a sound output, and begin again.' } = error as { message: string; hint?: string };
    this.#become({ state: 'failed', message: `There is no sound: ${message}`, hint: `${hint} MIDI outputs work without it.` });
  }

  /** Forgets what failed, so that it can be tried again. */
  #drop(): void {
    this.#node?.port.postMessage({ type: 'close' } satisfies SoundOrder);
    this.#node = undefined;
    void this.#context?.close().catch(() => {});
    this.#context = undefined;
    this.#starting = undefined;
    this.#script = undefined;
  }

  #onChannels(voice: SoundVoice, bytesFor: (channel: number) => number[] | undefined): void {
    const channels = Array.from({ length: CHANNELS }, (_, channel) => bytesFor(channel));
    this.play(channels.flatMap((bytes) => (bytes === undefined ? [] : [{ time: null, voice, bytes }])));
  }

  #order(order: SoundOrder): void {
    this.#node?.port.postMessage(order);
  }

  #become(state: SoundState): void {
    const [old, fresh] = [JSON.stringify(this.#state), JSON.stringify(state)];
    this.#state = state;
    if (old !== fresh) this.#hooks.changed(state);
  }
}

/** The limiter of live sound up to twice the full scale. */
function limiterCurve(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: CURVE_POINTS }, (_, k) => softLimit(2 * ((2 * k) / (CURVE_POINTS - 1) - 1)));
}

/** What is wrong with the sound, in words for the user. */
class SoundProblem extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
