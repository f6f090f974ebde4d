// Stands for the system and its MIDI library while the bin runs: node --import ./fake-library.mjs main.js session ...   In the folder named
// by FAKE_MIDI, ports.json lists the ports ({"inputs": [...], "outputs": [...]}) and may change at any time, what is appended to
// PORT.played is played on an input, and what is sent to an output is appended to PORT.sent. When there is a file named fault, the main thread throws.
import fs, { appendFileSync, readFileSync, statSync } from 'node:fs';
import Module, { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.FAKE_MIDI ?? '';
const names = (kind) => JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'))[kind];

class Port {
  kind;
  getPortCount = () => names(this.kind).length;
  getPortName = (index) => names(this.kind)[index] ?? '';
  closePort() {}
  destroy() {
    this.closePort();
  }
}

class Input extends Port {
  kind = 'inputs';
  #listen = () => {};
  #timer;
  on(_, listen) {
    this.#listen = listen;
  }
  ignoreTypes() {}
  openPort(index) {
    const path = join(folder, `${this.getPortName(index)}.played`);
    let read = statSync(path).size;
    this.#timer = setInterval(() => {
      const bytes = readFileSync(path).subarray(read);
      for (let at = 0, length = 0; at < bytes.length; at += length, read += length) {
        // Of the system's messages only those of a clock are played here, one byte each.
        length = bytes[at] >= 0xf8 ? 1 : 3;
        if (at + length > bytes.length) return;
        this.#listen(0, bytes.subarray(at, at + length));
      }
    }, 2);
  }
  openVirtualPort() {}
  closePort() {
    clearInterval(this.#timer);
  }
}

class Output extends Port {
  kind = 'outputs';
  #name;
  openPort(index) {
    this.#name = this.getPortName(index);
  }
  openVirtualPort() {}
  sendMessage(bytes) {
    if (!names('outputs').includes(this.#name)) throw new Error('the device is gone');
    appendFileSync(join(folder, `${this.#name}.sent`), bytes);
  }
}

const load = Module._load;
Module._load = (name, ...others) => (name === '@julusian/midi' ? { Input, Output } : load(name, ...others));
const exists = fs.existsSync;
fs.existsSync = (path) => path === '/dev/snd/seq' || exists(path);
syncBuiltinESMExports();

if (isMainThread) {
  setInterval(() => {
    if (exists(join(folder, 'fault'))) throw new Error('a fault of the program');
  }, 20).unref();
}
