// A whole jam of the bin through real MIDI ports, where the system has them: keys come from a fake hardware keyboard (snd-virmidi), sound
// goes out by a port of our own, ALSA's arecordmidi writes down what came, and the keyboard is pulled out with a key held. Elsewhere this
// test reports itself skipped.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeLog } from '../../src/jam/log.js';
import { readFileMessages } from '../../src/session/file-messages.js';

const BIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const KEYBOARD = '/dev/snd/midiC0D0';
const DRIVER = '/sys/bus/platform/drivers/snd_virmidi';
const DEVICE = 'snd_virmidi.0';
const here =
  existsSync('/dev/snd/seq') &&
  existsSync(KEYBOARD) &&
  spawnSync('arecordmidi', ['--version']).status === 0 &&
  existsSync(join(DRIVER, DEVICE)) &&
  process.getuid?.() === 0;
if (!here) console.log('Skipped: a jam through real ports needs the ALSA sequencer, snd-virmidi, alsa-utils, and root to unplug it.');

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(20);
};
const listing = (): string => execFileSync('aconnect', ['-l'], { encoding: 'utf8' });
const keys = (hex: string): void => writeFileSync(KEYBOARD, Buffer.from(hex, 'hex'));

describe.skipIf(!here)('a jam through real ports', () => {
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
    expect(begun(1)).toEqual(sent);
  }, 240_000);
});
