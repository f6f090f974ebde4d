// What goes to MIDI outputs of this computer, on time: messages wait here until shortly before they are due, since browsers cannot take
// back what they were given, and go out with the time at which to be sent. Pure; outputs are what the browser has, or a test.

import type { SoundVoice } from '../../../audio/live/instrument.js';
import { noteOff, readMessage, SUSTAIN_PEDAL, silence } from '../../../jam/midi-message.js';
import { LATEST_NOTE } from '../../../jam/output.js';

export interface OutputPort {
  /** @param at the browser's time, milliseconds; absent: at once */
  send(bytes: number[], at?: number): void;
}

/** Messages are given to the browser this much ahead, seconds; it must be more than the time between two calls of `advance`. */
const AHEAD = 0.03;
const MOST_WAITING = 50_000;
const CHANNELS = 16;
const PROGRAM_CHANGE = 0xc0;
const CONTROL_CHANGE = 0xb0;

interface Waiting {
  readonly time: number;
  readonly voice: SoundVoice;
  readonly bytes: readonly number[];
}

interface Sounding {
  readonly voice: SoundVoice;
  readonly channel: number;
  readonly pitch: number;
  /** -Infinity for one that was sent at once. */
  readonly due: number;
}

export class MidiOut {
  readonly #browserTime: (session: number) => number;
  readonly #ports = new Map<string, OutputPort>();
  #waiting: Waiting[] = [];
  readonly #sounding = new Map<string, Sounding>();

  /** @param browserTime the browser's time (milliseconds) of a session time (seconds) */
  constructor(browserTime: (session: number) => number) {
    this.#browserTime = browserTime;
  }

  open(id: string, port: OutputPort): void {
    this.#ports.set(id, port);
  }

  /** Ends what sounds there, and sends nothing there any more. */
  close(id: string): void {
    const port = this.#ports.get(id);
    this.#ports.delete(id);
    if (port !== undefined) this.#hush(port);
  }

  /** Sends a message at a session time. Programs stay as they are set on the instrument. */
  send(time: number, voice: SoundVoice, bytes: readonly number[]): void {
    if (this.#ports.size === 0 || this.#waiting.length >= MOST_WAITING || isProgram(bytes)) return;
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1] as Waiting).time > time) at--;
    this.#waiting.splice(at, 0, { time, voice, bytes });
  }

  /** Sends a message at once. @param except outputs that are left out */
  sendNow(voice: SoundVoice, bytes: readonly number[], except: (id: string) => boolean = () => false): void {
    if (this.#ports.size === 0 || isProgram(bytes)) return;
    this.#follow({ time: Number.NEGATIVE_INFINITY, voice, bytes });
    for (const [id, port] of this.#ports) if (!except(id)) give(port, bytes);
  }

  /** Takes back what a voice would send at `from` or later; what of it is on its way already ends with its beginning. */
  cancel(voice: SoundVoice, from: number): void {
    this.#waiting = this.#waiting.filter((each) => each.voice !== voice || each.time < from);
    for (const [key, note] of this.#sounding) {
      if (note.voice !== voice || note.due < from) continue;
      this.#sounding.delete(key);
      for (const port of this.#ports.values()) this.#end(port, note);
    }
  }

  /** Time has passed: what is due soon is given to the outputs. @param now session time */
  advance(now: number): void {
    let count = 0;
    for (const each of this.#waiting) {
      if (each.time > now + AHEAD) break;
      count++;
      if (each.time < now - LATEST_NOTE && readMessage(each.bytes).type === 'note-on') continue;
      this.#follow(each);
      const at = this.#browserTime(each.time);
      for (const port of this.#ports.values()) give(port, each.bytes, at);
    }
    if (count > 0) this.#waiting.splice(0, count);
  }

  /** Takes back everything, and ends everything; or all of one voice, whose pedals go up. */
  silence(voice?: SoundVoice): void {
    if (voice === undefined) {
      this.#waiting = [];
      for (const port of this.#ports.values()) this.#hush(port);
      this.#sounding.clear();
      return;
    }
    this.cancel(voice, Number.NEGATIVE_INFINITY);
    const pedals = Array.from({ length: CHANNELS }, (_, channel) => [CONTROL_CHANGE | channel, SUSTAIN_PEDAL, 0]);
    for (const port of this.#ports.values()) for (const bytes of pedals) give(port, bytes);
  }

  /** Ends everything on an output, what it was given and has not sent yet too. */
  #hush(port: OutputPort): void {
    for (const note of this.#sounding.values()) this.#end(port, note);
    for (const bytes of allSilence()) give(port, bytes);
  }

  /** Ends a note, at its beginning where that is still to come. */
  #end(port: OutputPort, { channel, pitch, due }: Sounding): void {
    give(port, noteOff(channel, pitch), Number.isFinite(due) ? this.#browserTime(due) : undefined);
  }

  #follow({ time, voice, bytes }: Waiting): void {
    const message = readMessage(bytes);
    if (message.type !== 'note-on' && message.type !== 'note-off') return;
    const { channel, pitch } = message;
    const key = `${voice} ${channel} ${pitch}`;
    if (message.type === 'note-on') this.#sounding.set(key, { voice, channel, pitch, due: time });
    else this.#sounding.delete(key);
  }
}

/** An output that was pulled out throws; the browser tells of that by itself. */
function give(port: OutputPort, bytes: readonly number[], at?: number): void {
  try {
    port.send([...bytes], at);
  } catch {
    // Nothing can be done for it.
  }
}

function isProgram([status = 0]: readonly number[]): boolean {
  return (status & 0xf0) === PROGRAM_CHANGE;
}

function allSilence(): number[][] {
  return Array.from({ length: CHANNELS }, (_, channel) => silence(channel)).flat();
}
