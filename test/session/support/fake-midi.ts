// Stands for @julusian/midi: ports that a test plugs in and out, and plays on.
import type { MidiLibrary, NativeInput, NativeOutput } from '../../../src/session/ports/midi-library.js';

export class FakeMidi implements MidiLibrary {
  inputs: string[] = [];
  outputs: string[] = [];
  /** What was opened, by its name; virtual ports with a star before it. */
  readonly open = new Map<string, (seconds: number, bytes: Uint8Array) => void>();
  readonly ignored: boolean[][] = [];
  readonly Input: new () => NativeInput;
  readonly Output: new () => NativeOutput;

  constructor() {
    const midi = this;
    this.Input = class implements NativeInput {
      #listen: (seconds: number, bytes: Uint8Array) => void = () => {};
      #name: string | undefined;
      on(_: 'messageBuffer', listen: (seconds: number, bytes: Uint8Array) => void): void {
        this.#listen = listen;
      }
      ignoreTypes(...types: boolean[]): void {
        midi.ignored.push(types);
      }
      getPortCount = () => midi.inputs.length;
      getPortName = (index: number) => midi.inputs[index] ?? '';
      openPort(index: number): void {
        this.openVirtualPort(this.getPortName(index));
      }
      openVirtualPort(name: string): void {
        if (name === 'broken') throw new Error('the driver says no');
        this.#name = name;
        midi.open.set(name, (seconds, bytes) => this.#listen(seconds, bytes));
      }
      closePort(): void {
        if (this.#name !== undefined) midi.open.delete(this.#name);
        this.#name = undefined;
      }
      destroy(): void {
        this.closePort();
      }
    };
    this.Output = class implements NativeOutput {
      sendMessage(): void {}
      getPortCount = () => midi.outputs.length;
      getPortName = (index: number) => midi.outputs[index] ?? '';
      openPort(): void {}
      openVirtualPort(): void {}
      closePort(): void {}
      destroy(): void {}
    };
  }

  /** Plays a message on an open input. */
  play(name: string, ...bytes: number[]): void {
    this.open.get(name)?.(0, Uint8Array.from(bytes));
  }
}
