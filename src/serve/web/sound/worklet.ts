// The audio thread: mst's own synthesizer, playing what the page orders. Bundled by itself, scripts/build-web.mjs.

import './worklet-scope.js';
import { SOUND_VOICES } from '../../../audio/live/instrument.js';
import { TimedPlayer } from '../../../audio/live/timed-player.js';
import { readSoundFont } from '../../../audio/soundfont-bytes.js';
import { BLOCK, Synthesizer } from '../../../audio/synthesizer.js';
import type { SoundOrder, SoundReport } from './orders.js';

class SynthesizerProcessor extends AudioWorkletProcessor {
  #player: TimedPlayer | undefined;
  #zero = 0;
  #closed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<SoundOrder>) => this.#guard(() => this.#obey(data));
  }

  process(_: readonly (readonly Float32Array[])[], [output]: readonly (readonly Float32Array[])[]): boolean {
    const [left, right] = output ?? [];
    if (this.#player === undefined || left === undefined || right === undefined) return !this.#closed;
    const player = this.#player;
    this.#guard(() => player.render(left, right, currentFrame));
    const played = player.takePlayed();
    if (played.length > 0) this.#say({ type: 'played', played });
    return !this.#closed;
  }

  #obey(order: SoundOrder): void {
    switch (order.type) {
      case 'bank':
        void this.#open(order.bytes);
        return;
      case 'zero':
        this.#zero = order.zero;
        if (this.#player !== undefined) this.#player.zero = order.zero;
        return;
      case 'play':
        for (const message of order.messages) this.#player?.play(message);
        return;
      case 'cancel':
        this.#player?.cancel(order.voice, order.from);
        return;
      case 'silence':
        this.#player?.silence(order.voice);
        return;
      case 'close':
        this.#closed = true;
        this.#player = undefined;
    }
  }

  async #open(bytes: ArrayBuffer): Promise<void> {
    try {
      const font = await readSoundFont(new Uint8Array(bytes), 'The sound bank');
      const synthesizer = new Synthesizer(font, { rate: sampleRate, ports: SOUND_VOICES.length });
      const player = new TimedPlayer(synthesizer, { rate: sampleRate, block: BLOCK });
      player.zero = this.#zero;
      this.#player = player;
      this.#say({ type: 'ready' });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** After a failure it is silent. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#player = undefined;
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }

  #say(report: SoundReport): void {
    this.port.postMessage(report);
  }
}

registerProcessor('mst-synthesizer', SynthesizerProcessor);
