// How a program plays the tones of a voice: envelope, filter, vibrato, sends. Plain numbers; sound-bank.ts says them in the words of SoundFont.

/** All of it optional; times are seconds, levels decibels. */
export interface Shape {
  /** Decibels louder than the voice is. */
  readonly gain?: number;
  readonly attack?: number;
  readonly hold?: number;
  /** Seconds in which the tone falls by 100 dB at middle C, until `sustain` dB below the beginning (by default 100: to nothing). */
  readonly decay?: number;
  readonly sustain?: number;
  /** Cents by which the decay grows shorter with each key above middle C, and longer below. */
  readonly decayTracking?: number;
  /** Seconds in which it falls by 100 dB once the key is let go. */
  readonly release?: number;
  /** Filter: hertz, resonance in decibels, and by how many cents it opens at the beginning and closes within `seconds`. */
  readonly cutoff?: number;
  readonly resonance?: number;
  readonly sweep?: { readonly cents: number; readonly seconds: number; readonly attack?: number };
  /** Cents by which the filter closes from the hardest to the softest stroke. */
  readonly touch?: number;
  readonly vibrato?: { readonly hertz: number; readonly cents: number; readonly delay: number };
  readonly tremolo?: { readonly hertz: number; readonly decibels: number };
  /** Shares sent to the effects, 0..1. */
  readonly chorus?: number;
  readonly reverb?: number;
  /** Semitones the voice is moved by. */
  readonly transpose?: number;
  /** -1 left .. 1 right. */
  readonly pan?: number;
  /** Struck while another of its group sounds, it ends that one. */
  readonly group?: number;
}
