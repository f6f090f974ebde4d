// A page without pictures around the web app's session, for tests: the session, and ears at the loudspeaker that keep what is heard. The
// test serves the ears' own script as ears.js.

import { openSession } from '../../src/serve/web/jam/open-session.js';

const heard = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode) {
    window.context = this.context;
    window.listening = this.context.audioWorklet.addModule('ears.js').then(() => {
      const ears = new AudioWorkletNode(this.context, 'ears', { numberOfOutputs: 0, channelCount: 2, channelCountMode: 'explicit' });
      ears.port.onmessage = ({ data }) => heard.push(data);
      connect.call(this, ears);
    });
  }
  return connect.call(this, target, ...more);
};

/** A millisecond is an onset when it is so many times as loud as the 30 ms before, and no mere noise. */
const LOUDER = 4;
const FLOOR = 0.004;
const BEFORE = 30;

/** When tones began that were heard so far: seconds of the AudioContext, to the millisecond. */
window.onsets = () => {
  const rate = window.context.sampleRate;
  const peaks = new Map();
  for (const { frame, left, right } of heard) {
    for (let i = 0; i < left.length; i++) {
      const at = Math.floor(((frame + i) / rate) * 1000);
      peaks.set(at, Math.max(peaks.get(at) ?? 0, Math.abs(left[i]), Math.abs(right[i])));
    }
  }
  const found = [];
  for (const [at, peak] of peaks) {
    const before = Math.max(...Array.from({ length: BEFORE }, (_, k) => peaks.get(at - 1 - k) ?? 0));
    // A tone may take a few milliseconds to become loud: it is one.
    if (peak > FLOOR && peak > LOUDER * before && at / 1000 - (found.at(-1) ?? 0) > BEFORE / 1000) found.push(at / 1000);
  }
  return found;
};

window.forgetHeard = () => {
  heard.length = 0;
};

window.session = openSession();

/** Waits until the session's turn is whose. */
window.turnOf = async (whose) => {
  while (window.session.status()?.phase !== whose) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Plays pitches one after the other, each held and let go; milliseconds. */
window.playKeys = async (pitches, held = 100, between = 60) => {
  for (const [k, pitch] of pitches.entries()) {
    window.session.press(`key ${k}`, pitch, 90);
    await new Promise((resolve) => setTimeout(resolve, held));
    window.session.release(`key ${k}`);
    await new Promise((resolve) => setTimeout(resolve, between));
  }
};
