// Ears at a page's loudspeaker, for tests: what reaches the AudioContext's destination is kept, and when tones begin in it is found by
// loudness alone. Pages whose policy forbids scripts made on the spot need Playwright's `bypassCSP`.

/** The audio thread's script: every sample that reaches the loudspeaker, with the frame of the AudioContext at which it does. */
const WORKLET = `
  registerProcessor('ears', class extends AudioWorkletProcessor {
    process([[left, right]]) {
      if (left !== undefined) this.port.postMessage({ frame: currentFrame, left: left.slice(), right: (right ?? left).slice() });
      return true;
    }
  });`;

/**
 * To run before any script of the page. Defines `onsets()`, when tones began that were heard so far (seconds of the AudioContext, to the
 * millisecond), `forgetHeard()` and `loudest()` (since then, 1 = full scale).
 */
export const EARS = `if (window.AudioNode) {
  const heard = [];
  const address = URL.createObjectURL(new Blob([${JSON.stringify(WORKLET)}], { type: 'text/javascript' }));
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
      this.context.audioWorklet.addModule(address).then(() => {
        const ears = new AudioWorkletNode(this.context, 'ears', { numberOfOutputs: 0, channelCount: 2, channelCountMode: 'explicit' });
        ears.port.onmessage = ({ data }) => heard.push({ ...data, rate: this.context.sampleRate });
        connect.call(this, ears);
      });
    }
    return connect.call(this, target, ...more);
  };

  // A millisecond has a tone in it when it is so many times as loud as the 30 ms were before the tone rose, and no mere noise; where it
  // rises above those 30 ms is its onset.
  const [LOUDER, RISEN, FLOOR, BEFORE, RISE] = [4, 1.5, 0.004, 30, 8];
  window.onsets = () => {
    const peaks = new Map();
    for (const { frame, rate, left, right } of heard) {
      for (let i = 0; i < left.length; i++) {
        const at = Math.floor(((frame + i) / rate) * 1000);
        peaks.set(at, Math.max(peaks.get(at) ?? 0, Math.abs(left[i]), Math.abs(right[i])));
      }
    }
    const found = [];
    const level = (at) => peaks.get(at) ?? 0;
    for (const [at, peak] of peaks) {
      if (peak <= FLOOR || at / 1000 - (found.at(-1) ?? 0) <= BEFORE / 1000) continue;
      const before = Math.max(...Array.from({ length: BEFORE }, (_, k) => level(at - RISE - k)));
      if (peak <= LOUDER * before) continue;
      let onset = at;
      while (onset > at - RISE + 1 && level(onset - 1) > Math.max(FLOOR / 2, RISEN * before)) onset--;
      found.push(onset / 1000);
    }
    return found;
  };
  window.forgetHeard = () => {
    heard.length = 0;
  };
  window.loudest = () => {
    let most = 0;
    for (const { left, right } of heard) for (const side of [left, right]) for (const sample of side) most = Math.max(most, Math.abs(sample));
    return most;
  };
}`;
