// A soft voice for single notes, on WebAudio alone: a triangle with a little of its octave, struck and fading.

/** Seconds. */
const ATTACK = 0.008;
const DECAY = 0.28;
const RELEASE = 0.12;
const A4 = 69;

export interface Voice {
  /** Loudness at the stroke, 0..1. */
  readonly level: number;
  /** How much of it a held note keeps. */
  readonly held: number;
  /** Overtones above so many hertz are dampened. */
  readonly brightness: number;
  /** How much of the octave sounds along, 0..1. */
  readonly octave: number;
}

export const SOLO: Voice = { level: 0.34, held: 0.45, brightness: 3200, octave: 0.22 };
export const BEHIND: Voice = { level: 0.07, held: 0.35, brightness: 1400, octave: 0 };

/** Hertz of a MIDI pitch. */
function frequencyOf(pitch: number): number {
  return 440 * 2 ** ((pitch - A4) / 12);
}

/** Plays a note into `output` at a time of its context, for so many seconds. */
export function strike(output: AudioNode, { pitch, at, seconds }: { pitch: number; at: number; seconds: number }, voice: Voice): void {
  const { context } = output;
  const { level, held, brightness, octave } = voice;
  const envelope = new GainNode(context, { gain: 0 });
  const end = at + Math.max(seconds, 0.06);
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(level, at + ATTACK);
  envelope.gain.setTargetAtTime(level * held, at + ATTACK, DECAY / 3);
  envelope.gain.setTargetAtTime(0, end - 0.02, RELEASE / 4);
  const filter = new BiquadFilterNode(context, { type: 'lowpass', frequency: Math.max(brightness, 2 * frequencyOf(pitch)), Q: 0.3 });
  const sound = (type: OscillatorType, frequency: number, gain: number): void => {
    const oscillator = new OscillatorNode(context, { type, frequency });
    const amount = new GainNode(context, { gain });
    oscillator.connect(amount).connect(filter);
    oscillator.start(at);
    oscillator.stop(end + RELEASE);
    oscillator.onended = () => {
      amount.disconnect();
      if (gain === 1) filter.disconnect();
    };
  };
  sound('triangle', frequencyOf(pitch), 1);
  if (octave > 0) sound('sine', 2 * frequencyOf(pitch), octave);
  filter.connect(envelope).connect(output);
}
