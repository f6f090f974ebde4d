import { afterEach, describe, expect, test } from 'vitest';
import { openMidiLibrary } from '../../../src/session/ports/midi-library.js';
import { MidiPorts } from '../../../src/session/ports/midi-ports.js';
import { findPort } from '../../../src/session/ports/port-names.js';
import { FakeMidi } from '../support/fake-midi.js';

describe('a port is found', () => {
  const names = ['Midi Through:Midi Through Port-0 14:0', 'USB Piano:USB Piano MIDI 1 20:0', 'USB Pad:USB Pad MIDI 1 24:0', '2'];
  test.each([
    ['USB Piano:USB Piano MIDI 1 20:0', names[1]],
    ['usb piano:usb piano midi 1', names[1]],
    ['piano', names[1]],
    ['1', names[0]],
    ['3', names[2]],
    // A name goes before a number.
    ['2', names[3]],
  ])('%s', (wanted, name) => {
    expect(findPort(names, wanted, 'input')).toBe(name);
  });

  test('or what there is instead is listed', () => {
    const refusal = (wanted: string, list = names) => {
      try {
        return findPort(list, wanted, 'output');
      } catch (error) {
        const { message, hint } = error as { message: string; hint: string };
        return [message, hint];
      }
    };
    expect(refusal('usb')).toEqual([
      '"usb" could be any of several MIDI outputs.',
      'MIDI outputs: 2 "USB Piano:USB Piano MIDI 1 20:0", 3 "USB Pad:USB Pad MIDI 1 24:0".',
    ]);
    expect(refusal('organ', ['A'])).toEqual(['There is no MIDI output called "organ".', 'MIDI outputs: 1 "A".']);
    expect(refusal('0', [])).toEqual(['There is no MIDI output called "0".', 'No MIDI output is connected.']);
  });
});

describe('without ports, a sentence says why', () => {
  const midi = new FakeMidi();
  test('no sequencer', () => {
    const access = openMidiLibrary(() => midi, { system: 'linux', exists: () => false });
    expect(access).toMatchObject({
      problem: expect.stringContaining('no MIDI sequencer'),
      hint: expect.stringContaining('computer keyboard'),
    });
  });
  test('package not installed', () => {
    const load = () => {
      throw Object.assign(new Error("Cannot find module '@julusian/midi'\nRequire stack: …"), { code: 'MODULE_NOT_FOUND' });
    };
    expect(openMidiLibrary(load, { system: 'darwin' })).toMatchObject({ problem: expect.stringContaining('is not installed') });
  });
  test('package without its library', () => {
    const load = () => {
      throw new Error('libasound.so.2: cannot open shared object file: No such file or directory');
    };
    expect(openMidiLibrary(load, { system: 'linux', exists: () => true })).toMatchObject({
      problem: expect.stringContaining('libasound.so.2: cannot open'),
      hint: expect.stringContaining('libasound2'),
    });
  });
  test('ports that fail', () => {
    const Output = class {
      constructor() {
        throw new Error('Failed to initialise RtMidi');
      }
    };
    expect(openMidiLibrary(() => ({ ...midi, Output }), { system: 'win32' })).toMatchObject({
      problem: 'MIDI ports cannot be used here: Failed to initialise RtMidi.',
    });
  });
  test('and with them, the library', () => {
    expect(openMidiLibrary(() => midi, { system: 'linux', exists: () => true })).toEqual({ library: midi });
  });
});

describe('ports of a session', () => {
  const opened: MidiPorts[] = [];
  afterEach(() => {
    for (const ports of opened.splice(0)) ports.close();
  });
  function start(options: { clock?: boolean } = {}) {
    const midi = new FakeMidi();
    midi.inputs = ['Piano 20:0', 'Pad 24:0'];
    midi.outputs = ['Synth 28:0'];
    let time = 0;
    const ports = new MidiPorts(midi, { now: () => time++, ...options });
    opened.push(ports);
    const heard: unknown[] = [];
    const listener = (name: string) => ({
      message: (at: number, bytes: readonly number[]) => heard.push([name, at, ...bytes]),
      lost: () => heard.push([name, 'lost']),
      back: () => heard.push([name, 'back']),
    });
    return { midi, ports, heard, listener };
  }

  test('several inputs are heard at once, each by its listener', () => {
    const { midi, ports, heard, listener } = start();
    expect(ports.openInput('piano', listener('a'))).toBe('Piano 20:0');
    ports.openInput('2', listener('b'));
    ports.openVirtualInput('mst', listener('c'));
    midi.play('Piano 20:0', 0x90, 60, 1);
    midi.play('Pad 24:0', 0x99, 36, 2);
    midi.play('mst', 0xe0, 0, 64);
    expect(heard).toEqual([
      ['a', 0, 0x90, 60, 1],
      ['b', 1, 0x99, 36, 2],
      ['c', 2, 0xe0, 0, 64],
    ]);
  });

  test.each([
    [false, []],
    [true, [0xf8, 0xfa, 0xfb, 0xfc]],
  ])('active sensing and system exclusive are never heard, the clock if wanted (%s)', (clock, expected) => {
    const { midi, ports, heard, listener } = start({ clock });
    ports.openInput('Piano', listener('a'));
    expect(midi.ignored).toEqual([[true, !clock, true]]);
    for (const status of [0xfe, 0xf8, 0xfa, 0xfb, 0xfc, 0xf0, 0xf7, 0x33]) midi.play('Piano 20:0', status);
    expect(heard.map((entry) => (entry as unknown[])[2])).toEqual(expected);
  });

  test('an input that is plugged out is lost once, and heard again when it is back under another number', () => {
    const { midi, ports, heard, listener } = start();
    ports.openInput('Piano', listener('a'));
    const gone = midi.open.get('Piano 20:0');
    midi.inputs = ['Pad 24:0'];
    ports.check();
    ports.check();
    // A message that was on its way from a port that is closed is nobody's.
    gone?.(0, Uint8Array.of(0x90, 1, 1));
    midi.inputs = ['Pad 24:0', 'Piano 32:0'];
    ports.check();
    ports.check();
    midi.play('Piano 32:0', 0x90, 60, 1);
    expect(heard).toEqual([
      ['a', 'lost'],
      ['a', 'back'],
      ['a', 0, 0x90, 60, 1],
    ]);
    expect([...midi.open.keys()]).toEqual(['Piano 32:0']);
  });

  test('ports that are new are told of once each time they come, those that come back are not', () => {
    const { midi, ports, listener } = start();
    ports.openInput('Piano', listener('a'));
    const told: string[] = [];
    ports.greetInputs((name) => told.push(name));
    ports.greetOutputs((name) => told.push(name));
    for (const inputs of [['Pad 24:0'], ['Pad 24:0', 'Organ 30:0'], ['Piano 32:0', 'Organ 30:0'], [], ['Organ 30:0']]) {
      midi.inputs = inputs;
      ports.check();
      ports.check();
    }
    midi.outputs = ['Synth 28:0', 'Amp 40:0'];
    ports.check();
    expect(told).toEqual(['Organ 30:0', 'Organ 30:0', 'Amp 40:0']);
  });

  test('the library’s own ends of connections are no ports, virtual ports of others are', () => {
    const { midi, ports } = start();
    midi.inputs = ['RtMidi Output Client:RtMidi Output 131:0', 'RtMidi Output Client:band 132:0'];
    midi.outputs = ['RtMidi Input Client:RtMidi Input 130:0', 'Synth 28:0'];
    expect([ports.inputNames, ports.outputNames]).toEqual([['RtMidi Output Client:band 132:0'], ['Synth 28:0']]);
  });

  test('of devices that bear the very same name there is one, and it is heard once', () => {
    const { midi, ports } = start();
    midi.inputs = ['Pad', 'Piano', 'Pad'];
    midi.outputs = ['Synth', 'Synth'];
    expect([ports.inputNames, ports.outputNames]).toEqual([['Pad', 'Piano'], ['Synth']]);
  });

  test('of two devices of the same name, the one that stays is not taken for the one that left', () => {
    const { midi, ports, heard, listener } = start();
    midi.inputs = ['Piano 20:0', 'Piano 24:0'];
    ports.openInput('Piano 20:0', listener('a'));
    ports.openInput('Piano 24:0', listener('b'));
    midi.inputs = ['Piano 24:0'];
    ports.check();
    expect(heard).toEqual([['a', 'lost']]);
  });

  test('an output that is lost, or fails, is given up and taken back in its old place', async () => {
    const { midi, ports } = start();
    const asked: unknown[] = [];
    let refuse = false;
    const clock = {
      open: async (spec: unknown, again?: number) => {
        asked.push(['open', spec, again]);
        if (refuse) throw new Error('not yet');
        return again ?? 5;
      },
      lose: (output: number) => asked.push(['lose', output]),
    };
    const told: string[] = [];
    const listener = { lost: () => told.push('lost'), back: () => told.push('back') };
    expect(await ports.openOutput('synth', clock, listener)).toEqual({ output: 5, name: 'Synth 28:0' });
    ports.outputFailed(5);
    ports.outputFailed(5);
    refuse = true;
    ports.check();
    await Promise.resolve();
    await Promise.resolve();
    refuse = false;
    ports.check();
    await new Promise((resolve) => setTimeout(resolve));
    midi.outputs = [];
    ports.check();
    const open = ['open', { kind: 'port', name: 'Synth 28:0' }];
    expect(asked).toEqual([
      [...open, undefined],
      ['lose', 5],
      [...open, 5],
      [...open, 5],
      ['lose', 5],
    ]);
    expect(told).toEqual(['lost', 'back', 'lost']);
  });

  test('an input that the driver refuses is refused in words', () => {
    const { midi, ports, listener } = start();
    midi.inputs = ['broken'];
    expect(() => ports.openInput('broken', listener('a'))).toThrow('The MIDI input "broken" cannot be opened: the driver says no.');
    expect(() => ports.openVirtualInput('broken', listener('a'))).toThrow('The virtual MIDI input "broken" cannot be made');
  });
});
