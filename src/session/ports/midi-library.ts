// The optional package @julusian/midi, which knows the system's MIDI ports: loaded when it is needed, and where it cannot be, a sentence
// that says why. Only what mst uses of it is described here, so that mst also compiles without it.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { platform } from 'node:process';

/** A MIDI input. `message` hands over bytes and the seconds since the message before. */
export interface NativeInput {
  on(event: 'messageBuffer', listen: (seconds: number, bytes: Uint8Array) => void): unknown;
  ignoreTypes(sysex: boolean, timing: boolean, activeSensing: boolean): void;
  getPortCount(): number;
  getPortName(index: number): string;
  openPort(index: number): void;
  openVirtualPort(name: string): void;
  closePort(): void;
  destroy(): void;
}

export interface NativeOutput {
  sendMessage(bytes: Buffer): void;
  getPortCount(): number;
  getPortName(index: number): string;
  openPort(index: number): void;
  openVirtualPort(name: string): void;
  closePort(): void;
  destroy(): void;
}

export interface MidiLibrary {
  readonly Input: new () => NativeInput;
  readonly Output: new () => NativeOutput;
}

/** The library, or why there is none: what is missing, and what would help. */
export type MidiAccess = { readonly library: MidiLibrary } | { readonly problem: string; readonly hint: string };

const PACKAGE = '@julusian/midi';
/** Without this the library would fail too, and write its own words over the screen. */
const LINUX_SEQUENCER = '/dev/snd/seq';

/**
 * Loads the library; works at once, also in a thread that has no event loop to wait in.
 * @param load what loads a package by its name; throws where it cannot
 */
export function openMidiLibrary(
  load: (name: string) => unknown = createRequire(import.meta.url),
  { system = platform, exists = existsSync }: { system?: string; exists?: (path: string) => boolean } = {},
): MidiAccess {
  if (system === 'linux' && !exists(LINUX_SEQUENCER)) {
    return {
      problem: 'This system has no MIDI sequencer, so there are no MIDI ports here.',
      hint: `On Linux, sudo modprobe snd-seq makes one (${LINUX_SEQUENCER}). The computer keyboard works without.`,
    };
  }
  let library: MidiLibrary;
  try {
    library = load(PACKAGE) as MidiLibrary;
  } catch (error) {
    const missing =
      (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' &&
      (error as Error).message.startsWith(`Cannot find module '${PACKAGE}'`);
    return {
      problem: missing
        ? `The package ${PACKAGE}, which knows MIDI ports, is not installed.`
        : `The package ${PACKAGE} does not run here: ${reason(error)}`,
      hint: `npm install ${PACKAGE} installs it${system === 'linux' ? '; it needs the ALSA library (libasound2)' : ''}. The computer keyboard works without.`,
    };
  }
  try {
    new library.Output().destroy();
  } catch (error) {
    return { problem: `MIDI ports cannot be used here: ${reason(error)}`, hint: 'The computer keyboard works without.' };
  }
  return { library };
}

const reason = (error: unknown): string => {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
};
