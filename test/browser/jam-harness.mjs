// A page without pictures around the web app's session, for tests: the session, and ears at the loudspeaker that keep what is heard.

import { openSession } from '../../src/serve/web/jam/open-session.js';

/** Keeps every sample that reaches the loudspeaker, with the frame of the AudioContext at which it does. */
const EARS = `
  registerProcessor('ears', class extends AudioWorkletProcessor {
    process([input]) {
      const [left, right] = input;
      if (left !== undefined) this.port.postMessage({ frame: currentFrame, left: left.slice(), right: right.slice() });
      return true;
    }
  });`;

const heard = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode) {
    window.context = this.context;
    window.listening = this.context.audioWorklet.addModule(URL.createObjectURL(new Blob([EARS], { type: 'text/javascript' }))).then(() => {
      const ears = new AudioWorkletNode(this.context, 'ears', { numberOfOutputs: 0, channelCount: 2, channelCountMode: 'explicit' });
      ears.port.onmessage = ({ data }) => heard.push(data);
      connect.call(this, ears);
    });
  }
  return connect.call(this, target, ...more);
};

/** What was heard so far, from the first frame on, as one channel. */
window.takeHeard = () => {
  if (heard.length === 0) return { rate: 48000, frame: 0, samples: [] };
  const [{ frame }] = heard;
  const last = heard.at(-1);
  const samples = new Float32Array(last.frame + last.left.length - frame);
  for (const piece of heard) for (let i = 0; i < piece.left.length; i++) samples[piece.frame - frame + i] = (piece.left[i] + piece.right[i]) / 2;
  heard.length = 0;
  return { rate: window.context.sampleRate, frame, samples };
};

window.session = openSession();
window.orders = [];
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (message, ...more) {
  if (message?.type === 'play' || message?.type === 'zero') window.orders.push(message);
  return post.call(this, message, ...more);
};
