// Real MIDI ports, where the system has them: Linux with the ALSA sequencer, its tools (arecordmidi, aseqdump, aconnect), and virtual raw MIDI
// devices (snd-virmidi) as hardware keyboards. Elsewhere these tests report themselves skipped. What came out is read by ALSA's own tools.
// All that needs the devices is in this file, since its tests run one after the other and pull the same plug.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeLog } from '../../../src/jam/log/log.js';
import { readMidi } from '../../../src/music/midi-to-note-sequence.js';
import { OutputClock } from '../../../src/session/clock/output-clock.js';
import { SessionTime } from '../../../src/session/clock/session-time.js';
import { readFileMessages } from '../../../src/session/file-messages.js';
import { type MidiLibrary, openMidiLibrary } from '../../../src/session/ports/midi-library.js';
import { MidiPorts } from '../../../src/session/ports/midi-ports.js';

const BIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
/** Unbinding the device from its driver is what pulling its plug does. */
const DRIVER = '/sys/bus/platform/drivers/snd_virmidi';
const DEVICE = 'snd_virmidi.0';
const KEYBOARD = '/dev/snd/midiC0D0';
const hasTools = spawnSync('arecordmidi', ['--version']).status === 0;
const here = existsSync('/dev/snd/seq') && existsSync(KEYBOARD) && hasTools;
const canUnplug = existsSync(join(DRIVER, DEVICE)) && process.getuid?.() === 0;
if (!here) console.log('Skipped: real MIDI ports need the ALSA sequencer (/dev/snd/seq), snd-virmidi and alsa-utils.');

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(20);
};
const listing = (): string => execFileSync('aconnect', ['-l'], { encoding: 'utf8' });
/** The client number of an ALSA client whose line of `aconnect -l` contains `name`. */
const clientOf = (name: string): string => {
  const [, client = ''] = new RegExp(`^client (\\d+): '[^\\n]*${name}`, 'm').exec(listing()) ?? [];
  return client;
};

const keys = (hex: string): void => writeFileSync(KEYBOARD, Buffer.from(hex, 'hex'));

describe.skipIf(!here)('real ports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mst-ports-'));
  const time = new SessionTime();
  let library: MidiLibrary;
  let ports: MidiPorts;
  let clock: OutputClock;
  beforeAll(async () => {
    const access = openMidiLibrary();
    if ('problem' in access) throw new Error(access.problem);
    library = access.library;
    clock = await OutputClock.start(time, (output) => ports.outputFailed(output));
    ports = new MidiPorts(library, { now: () => time.now() });
  });
  afterAll(async () => {
    ports.close();
    await clock.end();
    rmSync(folder, { recursive: true });
  });

  test('inputs and outputs are listed', () => {
    const devices = listing().match(/VirMIDI 0-\d/g) ?? [];
    expect(devices.length).toBeGreaterThan(0);
    for (const names of [ports.inputNames, ports.outputNames]) {
      for (const device of devices) expect(names.filter((name) => name.includes(device))).toHaveLength(1);
    }
  });

  test('what a hardware keyboard plays is heard, in order, active sensing left out', async () => {
    const heard: string[] = [];
    ports.openInput('VirMIDI 0-0', { message: (_, bytes) => heard.push(Buffer.from(bytes).toString('hex')) });
    keys('903c64fe904000803c00fe');
    keys('b0407fe0004000ff'.slice(0, 12));
    await until(() => heard.length >= 5);
    expect(heard).toEqual(['903c64', '904000', '803c00', 'b0407f', 'e00040']);
  });

  test('a virtual output is recorded note by note by another program', async () => {
    const output = await clock.open({ kind: 'virtual', name: 'mst model' });
    // What a player plays is sent however late an emulated machine is with it.
    clock.route('you', [output]);
    const port = listing();
    expect(port).toContain('mst model');
    const client = /client (\d+)[^\n]*\n(?:\s+\d+ [^\n]*\n|\s+Conn[^\n]*\n)*?\s+\d+ 'mst model/.exec(port)?.[1];
    const path = join(folder, 'recorded.mid');
    const recorder = spawn('arecordmidi', ['-p', `${client}:0`, path], { stdio: 'ignore' });
    await until(() => listing().includes('Connecting To') || recorder.exitCode !== null);
    const start = time.now() + 0.3;
    const pitches = [60, 62, 64, 65, 67, 69, 71, 72];
    for (const [k, pitch] of pitches.entries()) {
      clock.schedule(start + 0.2 * k, 'you', [0x90, pitch, 50 + k]);
      // The last key is held until everything ends.
      if (pitch !== 72) clock.schedule(start + 0.2 * k + 0.15, 'you', [0x80, pitch, 0]);
    }
    await until(() => clock.pending === 0);
    clock.close(output);
    await sleep(300);
    recorder.kill('SIGINT');
    await until(() => recorder.exitCode !== null || recorder.signalCode !== null);
    const { sequence, warnings } = readMidi(readFileSync(path));
    expect(sequence.notes.map(({ pitch, velocity }) => [pitch, velocity])).toEqual(pitches.map((pitch, k) => [pitch, 50 + k]));
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });

  test('another program plays to a virtual input', async () => {
    const heard: string[] = [];
    ports.openVirtualInput('mst keys', { message: (_, bytes) => heard.push(Buffer.from(bytes).toString('hex')) });
    const client = /client (\d+)[^\n]*\n(?:\s+\d+ [^\n]*\n|\s+Conn[^\n]*\n)*?\s+\d+ 'mst keys/.exec(listing())?.[1];
    execFileSync('aconnect', [`${clientOf('Virtual Raw MIDI 0-0')}:0`, `${client}:0`]);
    keys('903e40');
    keys('803e00');
    await until(() => heard.length >= 2);
    expect(heard).toEqual(['903e40', '803e00']);
  });

  test.skipIf(!canUnplug)('unplugging in the midst of playing is survived, and plugging in again goes on', async () => {
    const told: string[] = [];
    const heard: string[] = [];
    const listener = (name: string) => ({
      message: (_: number, bytes: readonly number[]) => heard.push(Buffer.from(bytes).toString('hex')),
      lost: () => told.push(`${name} lost`),
      back: () => told.push(`${name} back`),
    });
    ports.openInput('VirMIDI 0-1', listener('input'));
    const { output } = await ports.openOutput('VirMIDI 0-2', clock, listener('output'));
    clock.route('model', [output]);
    clock.schedule(time.now(), 'model', [0x90, 60, 80]);
    await until(() => clock.pending === 0);
    writeFileSync(join(DRIVER, 'unbind'), DEVICE);
    await until(() => told.filter((line) => line.endsWith('lost')).length === 2);
    for (let k = 0; k < 20; k++) clock.schedule(time.now(), 'model', [0x90, 61, 80]);
    await until(() => clock.pending === 0);
    writeFileSync(join(DRIVER, 'bind'), DEVICE);
    await until(() => told.filter((line) => line.endsWith('back')).length === 2);
    expect(told.toSorted()).toEqual(['input back', 'input lost', 'output back', 'output lost']);
    const device = spawn('cat', ['/dev/snd/midiC0D2'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let bytes = '';
    device.stdout.setEncoding('hex').on('data', (hex: string) => {
      bytes += hex;
    });
    // Whoever listens to the device may take a while to begin.
    while (!bytes.includes('904050') || heard.length === 0) {
      clock.schedule(time.now(), 'model', [0x90, 64, 80]);
      writeFileSync('/dev/snd/midiC0D1', Buffer.from('905040', 'hex'));
      await sleep(200);
    }
    device.kill();
    expect(heard[0]).toBe('905040');
    // What was played while nobody was there is not made up for.
    expect(bytes).not.toContain('903d50');
  });
});

describe.skipIf(!here || !canUnplug)('a jam of the bin through real ports', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mst-jam-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('every note arrives in order, what is held is released, and unplugging is survived', async () => {
    const [record, recorded] = [join(folder, 's.jsonl'), join(folder, 'recorded.mid')];
    const options =
      '--input|VirMIDI 0-0|--virtual|--thru|--model-channel|2|--metronome|off|--lengths|1+1|--qpm|90|--play-over|along|--no-ui';
    const jam = spawn(process.execPath, [BIN, 'session', '--model', 'folk', '--home', folder, '--record', record, ...options.split('|')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    jam.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise<number | null>((resolve) => jam.on('exit', resolve));
    await until(() => said.includes('Ready') || jam.exitCode !== null);
    const client = /client (\d+)[^\n]*\n(?:\s+\d+ [^\n]*\n|\s+Conn[^\n]*\n)*?\s+\d+ 'mst out/.exec(listing())?.[1];
    const recorder = spawn('arecordmidi', ['-p', `${client}:0`, recorded], { stdio: 'ignore' });
    await until(() => new RegExp(`client ${client}:[^]*?Connecting To`).test(listing()) || recorder.exitCode !== null);
    const pitches = [60, 62, 64, 65, 67, 69, 71, 72];
    for (const pitch of pitches) {
      keys(`90${pitch.toString(16)}50`);
      await sleep(150);
      keys(`80${pitch.toString(16)}00`);
      await sleep(150);
    }
    // A whole exchange later the model has answered.
    const modelPlayed = (): number => (readFileSync(record, 'utf8').match(/"voice":"model","bytes":"91/g) ?? []).length;
    await until(() => modelPlayed() >= 3);
    keys('904c40');
    await until(() => readFileSync(record, 'utf8').includes('904c40'));
    writeFileSync(join(DRIVER, 'unbind'), DEVICE);
    await until(() => said.includes('unplugged'));
    writeFileSync(join(DRIVER, 'bind'), DEVICE);
    await until(() => said.includes('is back'));
    await until(() => existsSync(KEYBOARD));
    keys('904d40804d00');
    await until(() => readFileSync(record, 'utf8').includes('904d40'));
    await sleep(500);
    jam.kill('SIGINT');
    expect(await ended).toBe(130);
    await sleep(500);
    recorder.kill('SIGINT');
    await until(() => recorder.exitCode !== null || recorder.signalCode !== null);
    const messages = readFileMessages(readFileSync(recorded)).map(({ bytes }) => bytes);
    const begun = (channel: number): number[] =>
      messages.flatMap(([status, pitch = 0, velocity = 0]) => (status === (0x90 | channel) && velocity > 0 ? [pitch] : []));
    expect(begun(0)).toEqual([...pitches, 0x4c, 0x4d]);
    // Nothing sounds at the end: the last word about every note is that it is off.
    const sounding = new Set<string>();
    for (const [status = 0, pitch = 0, velocity = 0] of messages) {
      const note = `${status & 0xf} ${pitch}`;
      if (status >> 4 === 9 && velocity > 0) sounding.add(note);
      else if (status >> 4 === 8 || status >> 4 === 9) sounding.delete(note);
    }
    expect([...sounding]).toEqual([]);
    const { entries, damaged } = decodeLog(readFileSync(record, 'utf8'));
    expect(damaged).toBe(0);
    const sent = entries.flatMap((entry) =>
      entry.type === 'out' && entry.voice === 'model' && entry.bytes.startsWith('91') ? [Number.parseInt(entry.bytes.slice(2, 4), 16)] : [],
    );
    expect(sent.length).toBeGreaterThan(2);
    // In order; what an emulated machine is more than 100 ms late with is left out.
    let place = 0;
    for (const pitch of begun(1)) place = sent.indexOf(pitch, place) + 1 || Number.POSITIVE_INFINITY;
    expect([begun(1).length > 2, Number.isFinite(place)]).toEqual([true, true]);
  }, 240_000);
});
