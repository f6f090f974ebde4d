// The MIDI ports of this computer as the browser has them: asked for when the user wants, plugged and unplugged while playing. Inputs are
// heard unless switched off; outputs are sent to when switched on; both is remembered.

import type { MidiPort, MidiState, PortChoice, PortMark } from '../page-session.js';
import type { OutputPort } from './midi-out.js';
import { marked, withMark } from './port-choice.js';

export interface MidiPortsHooks {
  changed(state: MidiState): void;
  /** Which ports the user chose so far. */
  choice(): PortChoice;
  /** The user chose otherwise. */
  chose(choice: PortChoice): void;
  /** @param at the browser's time, milliseconds. @param name of the input */
  message(input: string, bytes: number[], at: number, name: string): void;
  /** An input is heard no more; what it held ends. */
  lost(input: string): void;
  openOutput(id: string, port: OutputPort, name: string): void;
  closeOutput(id: string): void;
}

/** What says only that a cable is in. */
const ACTIVE_SENSING = 0xfe;

export class MidiPorts {
  readonly #hooks: MidiPortsHooks;
  #access: MIDIAccess | undefined;
  #state: MidiState = { state: 'unasked' };
  /** Inputs that are heard, and outputs that are sent to, now. */
  readonly #hearing = new Map<string, MIDIInput>();
  readonly #sending = new Set<string>();

  constructor(hooks: MidiPortsHooks) {
    this.#hooks = hooks;
  }

  /** Asks for the ports where that was allowed on an earlier visit, so that the user is not bothered. */
  async askIfAllowed(): Promise<void> {
    try {
      const { state } = await navigator.permissions.query({ name: 'midi' as PermissionName });
      if (state === 'granted') await this.ask();
    } catch {
      // The browser does not tell; the user can ask.
    }
  }

  /** Asks the browser, which may ask the user. Never rejects. */
  async ask(): Promise<void> {
    if (this.#access !== undefined || this.#state.state === 'asking') return;
    if (!window.isSecureContext) {
      this.#become({
        state: 'insecure',
        message: 'Browsers give MIDI only to pages that come over https, or from this computer.',
        hint: 'Open the page at http://localhost, or start the server with: mst serve --https',
      });
      return;
    }
    if (typeof navigator.requestMIDIAccess !== 'function') {
      this.#become({
        state: 'unsupported',
        message: 'This browser has no MIDI.',
        hint: 'Chrome, Edge, Opera and Firefox have it. The letters of the computer keyboard, and the piano on the screen, play everywhere.',
      });
      return;
    }
    this.#become({ state: 'asking' });
    try {
      this.#access = await navigator.requestMIDIAccess();
    } catch (error) {
      const refused = error instanceof DOMException && (error.name === 'SecurityError' || error.name === 'NotAllowedError');
      this.#become(
        refused
          ? {
              state: 'denied',
              message: 'MIDI is not allowed on this page.',
              hint: 'Allow it in the browser: the sign to the left of the address, then MIDI devices; and ask again.',
            }
          : {
              state: 'unsupported',
              message: `MIDI does not start: ${error instanceof Error ? error.message : String(error)}.`,
              hint: 'Close other programs that use the instrument, and ask again.',
            },
      );
      return;
    }
    this.#access.onstatechange = () => this.#look();
    this.#look();
  }

  /** Switches a port that is plugged in on or off. */
  use(id: string, on: boolean): void {
    const access = this.#access;
    if (access === undefined) return;
    const { inputsOff, outputsOn } = this.#hooks.choice();
    const [inputs, outputs] = [access.inputs, access.outputs].map((ports) => [...ports.values()].filter(isThere).map(markOf));
    const input = inputs?.find((port) => port.id === id);
    const output = outputs?.find((port) => port.id === id);
    if (output !== undefined) this.#hooks.chose({ inputsOff, outputsOn: withMark(outputsOn, output, on, outputs ?? []) });
    else if (input !== undefined) this.#hooks.chose({ inputsOff: withMark(inputsOff, input, !on, inputs ?? []), outputsOn });
    this.#look();
  }

  /** Compares what is plugged in and wanted with what is in use. */
  #look(): void {
    const access = this.#access;
    if (access === undefined) return;
    const inputs = [...access.inputs.values()].filter(isThere);
    const outputs = [...access.outputs.values()].filter(isThere);
    const choice = this.#hooks.choice();
    const off = marked(choice.inputsOff, inputs.map(markOf));
    const on = marked(choice.outputsOn, outputs.map(markOf));
    for (const [id, input] of this.#hearing) {
      if (inputs.includes(input) && !off.has(id)) continue;
      input.onmidimessage = null;
      this.#hearing.delete(id);
      this.#hooks.lost(id);
    }
    for (const input of inputs) if (!off.has(input.id) && !this.#hearing.has(input.id)) this.#hear(input);
    for (const id of this.#sending) {
      if (on.has(id)) continue;
      this.#sending.delete(id);
      this.#hooks.closeOutput(id);
    }
    for (const output of outputs) {
      if (!on.has(output.id) || this.#sending.has(output.id)) continue;
      this.#sending.add(output.id);
      this.#hooks.openOutput(output.id, output, nameOf(output));
    }
    this.#become({
      state: 'on',
      inputs: inputs.map((port): MidiPort => ({ ...markOf(port), on: this.#hearing.has(port.id) })),
      outputs: outputs.map((port): MidiPort => ({ ...markOf(port), on: this.#sending.has(port.id) })),
    });
  }

  #hear(input: MIDIInput): void {
    this.#hearing.set(input.id, input);
    input.onmidimessage = ({ data, timeStamp }) => {
      if (data === null || data.length === 0 || data[0] === ACTIVE_SENSING) return;
      this.#hooks.message(input.id, [...data], timeStamp, nameOf(input));
    };
  }

  #become(state: MidiState): void {
    this.#state = state;
    this.#hooks.changed(state);
  }
}

function isThere({ state }: MIDIPort): boolean {
  return state === 'connected';
}

function markOf(port: MIDIPort): PortMark {
  return { id: port.id, name: nameOf(port) };
}

function nameOf({ name, manufacturer }: MIDIPort): string {
  return name || manufacturer || 'MIDI';
}
