// The MIDI ports of the system while a session runs: listing them, hearing several inputs at once, giving outputs to the clock, and
// noticing what is plugged in and out.

import { MstError } from '../../core/errors.js';
import type { OutputClock } from '../clock/output-clock.js';
import type { MidiLibrary, NativeInput, NativeOutput } from './midi-library.js';
import { PortKeeper } from './port-keeper.js';
import { findPort } from './port-names.js';

/** Who hears an input. Times are session seconds. */
export interface InputListener {
  message(time: number, bytes: readonly number[]): void;
  /** The input was unplugged; what it held will not be ended by it. */
  lost?(): void;
  back?(): void;
}

/** What is told of an output. */
export interface OutputListener {
  lost?(): void;
  back?(): void;
}

export interface MidiPortsOptions {
  /** Session seconds. */
  readonly now: () => number;
  /** Whether MIDI clock (timing, start, continue, stop) is heard; without, only what a player does. */
  readonly clock?: boolean;
}

const CHECK_MS = 1000;
const FIRST_REAL_TIME = 0xf8;
const ACTIVE_SENSING = 0xfe;
const SYSTEM_EXCLUSIVE = 0xf0;
const END_OF_EXCLUSIVE = 0xf7;
const STATUS = 0x80;

export class MidiPorts {
  readonly #library: MidiLibrary;
  readonly #options: MidiPortsOptions;
  /** These two open no port; they only look. */
  readonly #inputs: NativeInput;
  readonly #outputs: NativeOutput;
  readonly #heard = new Set<NativeInput>();
  readonly #inputKeeper = new PortKeeper();
  readonly #outputKeeper = new PortKeeper();
  readonly #failures = new Map<number, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** Looks for changes every second until `close`; that alone does not keep the process alive. */
  constructor(library: MidiLibrary, options: MidiPortsOptions) {
    this.#library = library;
    this.#options = options;
    this.#inputs = new library.Input();
    this.#outputs = new library.Output();
    this.#timer = setInterval(() => this.check(), CHECK_MS);
    this.#timer.unref();
  }

  get inputNames(): string[] {
    return portsOf(this.#inputs);
  }

  get outputNames(): string[] {
    return portsOf(this.#outputs);
  }

  /**
   * Hears an input. When it is unplugged it is heard again as soon as it is back.
   * @param wanted number from 1, name, or part of a name
   * @returns its name
   * @throws MstError `not-found`
   */
  openInput(wanted: string, listener: InputListener): string {
    const name = findPort(this.inputNames, wanted, 'input');
    let input = this.#hear(name, listener);
    this.#inputKeeper.keep(name, {
      lost: () => {
        this.#release(input);
        listener.lost?.();
      },
      back: (again) => {
        input = this.#hear(again, listener);
        listener.back?.();
      },
    });
    return name;
  }

  /** Makes an input of our own that other programs can play to. @throws MstError `engine` where the system has no such thing, as on Windows */
  openVirtualInput(name: string, listener: InputListener): void {
    const input = this.#listen(listener);
    try {
      input.openVirtualPort(name);
    } catch (error) {
      this.#release(input);
      throw new MstError('engine', `The virtual MIDI input "${name}" cannot be made: ${(error as Error).message}.`, {
        hint: 'Windows has no virtual ports of its own; a program such as loopMIDI makes some.',
        cause: error,
      });
    }
  }

  /**
   * Gives an output to the clock. When it is unplugged it is played to again as soon as it is back.
   * @returns its number at the clock, and its name
   * @throws MstError `not-found`, and as `OutputClock.open`
   */
  async openOutput(
    wanted: string,
    clock: Pick<OutputClock, 'open' | 'lose'>,
    listener: OutputListener = {},
  ): Promise<{ output: number; name: string }> {
    const name = findPort(this.outputNames, wanted, 'output');
    const output = await clock.open({ kind: 'port', name });
    const fail = this.#outputKeeper.keep(name, {
      lost: () => {
        clock.lose(output);
        listener.lost?.();
      },
      back: async (again) => {
        await clock.open({ kind: 'port', name: again }, output);
        listener.back?.();
      },
    });
    this.#failures.set(output, fail);
    return { output, name };
  }

  /** Tells of inputs that are plugged in from now on. */
  greetInputs(newcomer: (name: string) => void): void {
    this.#inputKeeper.greet(this.inputNames, newcomer);
  }

  /** Tells of outputs that are plugged in from now on. */
  greetOutputs(newcomer: (name: string) => void): void {
    this.#outputKeeper.greet(this.outputNames, newcomer);
  }

  /** To be told when the clock could not write to an output. */
  outputFailed(output: number): void {
    this.#failures.get(output)?.();
  }

  /** Looks at once for what was plugged in or out. */
  check(): void {
    this.#inputKeeper.check(this.inputNames);
    this.#outputKeeper.check(this.outputNames);
  }

  /** Closes all inputs; outputs are the clock's to close. */
  close(): void {
    clearInterval(this.#timer);
    for (const input of this.#heard) this.#release(input);
    this.#inputs.destroy();
    this.#outputs.destroy();
  }

  #hear(name: string, listener: InputListener): NativeInput {
    const input = this.#listen(listener);
    const index = namesOf(input).indexOf(name);
    try {
      if (index < 0) throw new Error('it is not there any more');
      input.openPort(index);
    } catch (error) {
      this.#release(input);
      throw new MstError('not-found', `The MIDI input "${name}" cannot be opened: ${(error as Error).message}.`, {
        hint: 'Another program may be using it, or it was unplugged.',
        cause: error,
      });
    }
    return input;
  }

  #listen(listener: InputListener): NativeInput {
    const { now, clock = false } = this.#options;
    const input = new this.#library.Input();
    this.#heard.add(input);
    // System exclusive messages and active sensing are nothing that a player does.
    input.ignoreTypes(true, !clock, true);
    input.on('messageBuffer', (_, bytes) => {
      if (this.#heard.has(input) && isPlayed(bytes, clock)) listener.message(now(), [...bytes]);
    });
    return input;
  }

  #release(input: NativeInput): void {
    if (!this.#heard.delete(input)) return;
    input.closePort();
    input.destroy();
  }
}

/** Whether a message is for the session. Drivers do not all heed what they are told to ignore. */
function isPlayed(bytes: Uint8Array, clock: boolean): boolean {
  const status = bytes[0] ?? 0;
  if (status < STATUS || status === SYSTEM_EXCLUSIVE || status === END_OF_EXCLUSIVE || status === ACTIVE_SENSING) return false;
  return status < FIRST_REAL_TIME || clock;
}

/** On ALSA the library's own ends of connections are listed, too; nobody wants to play to those. */
const isPort = (name: string): boolean => !/^RtMidi (?:In|Out)put Client:RtMidi (?:In|Out)put \d+:\d+$/.test(name);

type Ports = Pick<NativeInput, 'getPortCount' | 'getPortName'>;

/** The ports that a session can use. Of devices that are called the same the system's first is meant, once: it must not be heard twice. */
function portsOf(ports: Ports): string[] {
  return [...new Set(namesOf(ports).filter(isPort))];
}

function namesOf(port: Ports): string[] {
  return Array.from({ length: port.getPortCount() }, (_, index) => port.getPortName(index));
}
