// Where MIDI messages go out: a port of the system, a virtual port of our own, a raw MIDI device, or memory that a test or a bench reads.
// An output is opened and used in the clock thread.

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { MstError } from '../../core/errors.js';
import { openMidiLibrary } from '../ports/midi-library.js';
import { byteOf, lengthOf } from './packed-message.js';

/** Which output to open. A port is named exactly as the system names it; a raw device, fifo or file is there already. */
export type OutputSpec =
  | { readonly kind: 'port'; readonly name: string }
  | { readonly kind: 'virtual'; readonly name: string }
  | { readonly kind: 'raw'; readonly path: string }
  | { readonly kind: 'memory'; readonly buffer: SharedArrayBuffer };

export interface Output {
  /** Sends a packed message at once; `now` is session time in seconds. May throw. */
  send(message: number, now: number): void;
  close(): void;
}

/** How long a raw device that is full may take to make room, in milliseconds. */
const PATIENCE_MS = 10;

/** @throws MstError `not-found` when there is no such port or device, `engine` when there are no ports at all */
export function openOutput(spec: OutputSpec): Output {
  switch (spec.kind) {
    case 'memory':
      return new MemoryOutput(spec.buffer);
    case 'raw':
      return openRawOutput(spec.path);
    default:
      return openPortOutput(spec);
  }
}

function openPortOutput({ kind, name }: { kind: 'port' | 'virtual'; name: string }): Output {
  const access = openMidiLibrary();
  if ('problem' in access) throw new MstError('engine', access.problem, { hint: access.hint });
  const port = new access.library.Output();
  // One buffer for each length, so that sending makes no garbage.
  const buffers = [1, 2, 3].map((length) => Buffer.alloc(length));
  try {
    if (kind === 'virtual') port.openVirtualPort(name);
    else port.openPort(indexOfPort(port, name));
  } catch (error) {
    port.destroy();
    if (error instanceof MstError) throw error;
    throw new MstError('not-found', `The MIDI output "${name}" cannot be opened: ${(error as Error).message}.`, {
      hint: 'Another program may be using it, or it was unplugged.',
      cause: error,
    });
  }
  return {
    send(message) {
      const buffer = buffers[lengthOf(message) - 1] as Buffer;
      for (let k = 0; k < buffer.length; k++) buffer[k] = byteOf(message, k);
      port.sendMessage(buffer);
    },
    close: () => port.destroy(),
  };
}

function indexOfPort(port: { getPortCount(): number; getPortName(index: number): string }, name: string): number {
  for (let index = 0; index < port.getPortCount(); index++) if (port.getPortName(index) === name) return index;
  throw new MstError('not-found', `The MIDI output "${name}" is not there any more.`, { hint: 'Plug it in again.' });
}

function openRawOutput(path: string): Output {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    const unread = (error as NodeJS.ErrnoException).code === 'ENXIO';
    throw new MstError('not-found', `The output ${path} cannot be opened: ${unread ? 'nobody reads from it' : (error as Error).message}.`, {
      hint: 'A raw MIDI device, such as /dev/snd/midiC1D0, or a fifo that another program reads is meant here.',
      cause: error,
    });
  }
  const buffer = Buffer.alloc(3);
  return {
    send(message) {
      const length = lengthOf(message);
      for (let k = 0; k < length; k++) buffer[k] = byteOf(message, k);
      const until = performance.now() + PATIENCE_MS;
      for (let done = 0; done < length; ) {
        try {
          done += writeSync(descriptor, buffer, done, length - done);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > until) throw error;
        }
      }
    },
    close: () => closeSync(descriptor),
  };
}

/** What a memory output has received: messages and the session times they were sent at. */
export interface Received {
  readonly time: number;
  readonly message: number;
}

const HEADER_BYTES = 8;
const ENTRY_BYTES = 16;

/** Memory for a memory output that keeps the first `capacity` messages. */
export const createOutputMemory = (capacity: number): SharedArrayBuffer => new SharedArrayBuffer(HEADER_BYTES + capacity * ENTRY_BYTES);

/** Everything a memory output has received so far. */
export function readOutputMemory(buffer: SharedArrayBuffer): Received[] {
  const count = Math.min(Atomics.load(new Int32Array(buffer, 0, 1), 0), (buffer.byteLength - HEADER_BYTES) / ENTRY_BYTES);
  const view = new DataView(buffer, HEADER_BYTES);
  return Array.from({ length: count }, (_, k) => ({
    time: view.getFloat64(k * ENTRY_BYTES),
    message: view.getInt32(k * ENTRY_BYTES + 8),
  }));
}

class MemoryOutput implements Output {
  readonly #count: Int32Array;
  readonly #view: DataView;

  constructor(buffer: SharedArrayBuffer) {
    this.#count = new Int32Array(buffer, 0, 1);
    this.#view = new DataView(buffer, HEADER_BYTES);
  }

  send(message: number, now: number): void {
    const at = Atomics.load(this.#count, 0) * ENTRY_BYTES;
    if (at < this.#view.byteLength) {
      this.#view.setFloat64(at, now);
      this.#view.setInt32(at + 8, message);
    }
    Atomics.add(this.#count, 0, 1);
  }

  close(): void {}
}
