// What plays: mst's own synthesizer, a recorder in a test.

/** Who sounds; each has 16 channels of its own. */
export type SoundVoice = 'you' | 'model' | 'click';

export const SOUND_VOICES: readonly SoundVoice[] = ['you', 'model', 'click'];

export interface Instrument {
  /** Takes effect with the next block. @param port group of 16 channels */
  send(bytes: number[], port: number): void;
  /** Renders the next `BLOCK` frames into both from `at` on, in place of what was there. */
  render(left: Float32Array, right: Float32Array, at: number): void;
}
