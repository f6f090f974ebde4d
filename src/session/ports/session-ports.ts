// The ports of a session: opens what its plan names, and says what becomes of it. Where there are no MIDI ports it says why, and the
// session goes on without, unless a port was asked for.

import { MstError } from '../../core/errors.js';
import type { Voice } from '../../jam/settings.js';
import type { OutputClock } from '../clock/output-clock.js';
import type { InputPlan, OutputPlan, SessionPlan } from '../session-plan.js';
import { type MidiAccess, openMidiLibrary } from './midi-library.js';
import { type InputListener, MidiPorts } from './midi-ports.js';

/** What our own ports are called where other programs see them. */
const VIRTUAL_INPUT = 'mst in';
const VIRTUAL_OUTPUT = 'mst out';
/** A port of ALSA that only passes on what it is sent. */
const THROUGH = /midi through/i;

export interface PortListener {
  /** A message of input number `source`. */
  message(time: number, bytes: readonly number[], source: number): void;
  lost(source: number): void;
  /** A sentence for the player. */
  notice(text: string): void;
}

/** What is open. The lists of names change as ports come and go. */
export class SessionPorts {
  /** Names of inputs, by number. */
  readonly inputs: string[] = [];
  readonly outputs: string[] = [];
  /** Numbers of the keyboard and of files. */
  readonly sources = new Map<InputPlan, number>();
  readonly #access: () => MidiAccess;
  readonly #now: () => number;
  readonly #hearsClock: boolean;
  #ports: MidiPorts | undefined;
  /** Whether it was said why there are no ports. */
  #told = false;

  /**
   * @param now session seconds
   * @param hearsClock whether MIDI clock is heard
   */
  constructor(now: () => number, hearsClock: boolean, access: () => MidiAccess = openMidiLibrary) {
    this.#now = now;
    this.#hearsClock = hearsClock;
    this.#access = access;
  }

  /**
   * Opens the inputs of a plan; the computer keyboard and files are named only.
   * @throws MstError `not-found`, `engine` for a port that was asked for and is not there
   */
  openInputs(plans: readonly InputPlan[], listener: PortListener): void {
    for (const plan of plans) {
      if (plan.kind === 'keyboard' || plan.kind === 'file') {
        this.sources.set(plan, this.inputs.push(plan.kind === 'file' ? plan.path : 'computer keyboard') - 1);
      } else {
        this.#openInput(plan, listener);
      }
    }
  }

  /** Opens the outputs of a plan and routes the voices to them. @throws as `openInputs` */
  async openOutputs(
    { outputs, clickOutput }: Pick<SessionPlan, 'outputs' | 'clickOutput'>,
    clock: OutputClock,
    notice: (text: string) => void,
  ): Promise<void> {
    const numbers: number[] = [];
    for (const plan of outputs) numbers.push(...(await this.#openOutput(plan, clock, notice)));
    const click = clickOutput === undefined ? numbers : await this.#openOutput(clickOutput, clock, notice);
    const routes: Readonly<Record<Voice, readonly number[]>> = { you: numbers, model: numbers, click, clock: numbers };
    const route = (): void => {
      for (const voice of ['you', 'model', 'click', 'clock'] as const) clock.route(voice, routes[voice]);
    };
    route();
    if (numbers.length > 0 || !outputs.some(({ kind }) => kind === 'first')) return;
    // The first output that comes is the one there was not; a device may bring several at once.
    let found = false;
    this.#ports?.greetOutputs((wanted) => {
      if (found || THROUGH.test(wanted)) return;
      found = true;
      this.#openOutput({ kind: 'port', wanted }, clock, notice).then(
        (opened) => {
          numbers.push(...opened);
          route();
          notice(`Sound goes to ${wanted} now.`);
        },
        (error: Error) => {
          found = false;
          notice(error.message);
        },
      );
    });
  }

  /** To be told when the clock could not write to an output. */
  outputFailed(output: number): void {
    this.#ports?.outputFailed(output);
  }

  /** Closes all inputs; outputs are the clock's to close. */
  close(): void {
    this.#ports?.close();
    this.#ports = undefined;
  }

  #openInput(plan: Extract<InputPlan, { kind: 'port' | 'all' | 'virtual' }>, listener: PortListener): void {
    if (plan.kind === 'all') {
      const ports = this.#find(listener.notice);
      const open = (name: string): boolean => {
        if (THROUGH.test(name)) return false;
        try {
          this.#openPort(name, listener);
          return true;
        } catch (error) {
          listener.notice((error as Error).message);
          return false;
        }
      };
      for (const name of ports?.inputNames ?? []) open(name);
      ports?.greetInputs((name) => {
        if (open(name)) listener.notice(`${name} is heard, too.`);
      });
    } else if (plan.kind === 'virtual') {
      const source = this.inputs.push(VIRTUAL_INPUT) - 1;
      this.#need().openVirtualInput(VIRTUAL_INPUT, { message: (time, bytes) => listener.message(time, bytes, source) });
    } else {
      this.#openPort(plan.wanted, listener);
    }
  }

  #openPort(wanted: string, listener: PortListener): void {
    const source = this.inputs.length;
    let name = wanted;
    const heard: InputListener = {
      message: (time, bytes) => listener.message(time, bytes, source),
      lost: () => {
        this.inputs[source] = `${name} (gone)`;
        listener.lost(source);
        listener.notice(`${name} was unplugged. Plug it in again to go on with it.`);
      },
      back: () => {
        this.inputs[source] = name;
        listener.notice(`${name} is back.`);
      },
    };
    name = this.#need().openInput(wanted, heard);
    this.inputs.push(name);
  }

  async #openOutput(plan: OutputPlan, clock: OutputClock, notice: (text: string) => void): Promise<number[]> {
    if (plan.kind === 'raw') {
      const output = await clock.open({ kind: 'raw', path: plan.path });
      this.outputs.push(plan.path);
      return [output];
    }
    if (plan.kind === 'virtual') {
      this.#need();
      const output = await clock.open({ kind: 'virtual', name: VIRTUAL_OUTPUT });
      this.outputs.push(VIRTUAL_OUTPUT);
      return [output];
    }
    const ports = plan.kind === 'first' ? this.#find(notice) : this.#need();
    const wanted = plan.kind === 'first' ? ports?.outputNames.find((name) => !THROUGH.test(name)) : plan.wanted;
    if (ports === undefined || wanted === undefined) return [];
    const index = this.outputs.length;
    const opened = await ports.openOutput(wanted, clock, {
      lost: () => {
        this.outputs[index] = `${opened.name} (gone)`;
        notice(`${opened.name} was unplugged. Plug it in again to hear it.`);
      },
      back: () => {
        this.outputs[index] = opened.name;
        notice(`${opened.name} is back.`);
      },
    });
    this.outputs.push(opened.name);
    return [opened.output];
  }

  /** The ports where there are any; else says why not, once. */
  #find(notice: (text: string) => void): MidiPorts | undefined {
    if (this.#ports !== undefined || this.#told) return this.#ports;
    const access = this.#access();
    if ('library' in access) return this.#use(access);
    this.#told = true;
    notice(`${access.problem} ${access.hint}`);
    return undefined;
  }

  #need(): MidiPorts {
    if (this.#ports !== undefined) return this.#ports;
    const access = this.#access();
    if ('problem' in access) throw new MstError('engine', access.problem, { hint: access.hint });
    return this.#use(access);
  }

  #use({ library }: Extract<MidiAccess, { library: unknown }>): MidiPorts {
    this.#ports = new MidiPorts(library, { now: this.#now, clock: this.#hearsClock });
    return this.#ports;
  }
}

/** The ports there are. @throws MstError `engine` where there can be none */
export function portNames(access: MidiAccess = openMidiLibrary()): { inputs: string[]; outputs: string[] } {
  if ('problem' in access) throw new MstError('engine', access.problem, { hint: access.hint });
  const ports = new MidiPorts(access.library, { now: () => 0 });
  try {
    return { inputs: ports.inputNames, outputs: ports.outputNames };
  } finally {
    ports.close();
  }
}
