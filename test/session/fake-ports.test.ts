// Sessions of the bin on MIDI ports that are fakes and write down the bytes they are sent (support/fake-library.mjs), which are read here by
// the MIDI specification: however a session ends, and whatever vanishes in its midst, nothing sounds on; and a machine's clock is followed.
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, type TestContext, test } from 'vitest';
import { decodeLog } from '../../src/jam/log/log.js';
import { timelineOf } from '../../src/jam/timeline/view.js';
import { temporaryFolder } from '../support/folder.js';

const BIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const LIBRARY = new URL('support/fake-library.mjs', import.meta.url).href;

/** Notes that were begun, and those of them that were not ended. */
function notesIn(bytes: Uint8Array): { begun: number; left: string[] } {
  const sounding = new Set<string>();
  let begun = 0;
  for (let at = 0; at < bytes.length; at += (bytes[at] ?? 0) >> 5 === 6 ? 2 : 3) {
    const [status = 0, pitch = 0, velocity = 0] = bytes.subarray(at, at + 3);
    const note = `${status & 15} ${pitch}`;
    if (status >> 4 === 9 && velocity > 0) {
      begun++;
      sounding.add(note);
    } else if (status >> 4 === 8 || status >> 4 === 9) sounding.delete(note);
  }
  return { begun, left: [...sounding] };
}

/** Milliseconds after which what is waited for does not come any more. */
const IN_VAIN = 40_000;

/** A session on fake ports: the model plays alone, its notes without end, and what you play is passed on. */
function session({ onTestFinished }: TestContext, more: { options?: readonly string[]; bare?: true } = {}) {
  const folder = temporaryFolder({}, onTestFinished);
  const file = (name: string): string => join(folder, name);
  const plug = (inputs: readonly string[], outputs: readonly string[]): void => {
    writeFileSync(file('ports.new'), JSON.stringify({ inputs, outputs }));
    renameSync(file('ports.new'), file('ports.json'));
  };
  for (const name of ['Keys.played', 'Synth.sent', 'Other.sent']) writeFileSync(file(name), '');
  if (more.bare) plug([], []);
  else plug(['Keys'], ['Synth', 'Other']);
  const options = more.options ?? [
    '--turns',
    'solo',
    '--qpm',
    '240',
    '--count-in',
    '0',
    '--thru',
    '--output',
    'Synth',
    '--output',
    'Other',
  ];
  const child = spawn(
    process.execPath,
    ['--import', LIBRARY, BIN, 'session', '--model', 'folk', '--no-ui', '--sound', 'off', '--record', file('s.jsonl'), ...options],
    { cwd: folder, env: { PATH: process.env.PATH, FAKE_MIDI: folder } },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<number | string | null>((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const until = async (condition: () => boolean): Promise<void> => {
    for (const begin = Date.now(); !condition(); await sleep(10)) {
      if (child.exitCode === null && child.signalCode === null && Date.now() - begin < IN_VAIN) continue;
      if (!condition()) throw new Error(`Waited in vain for ${condition}. The session said: ${said}`);
    }
  };
  const sent = (name: string): Buffer => readFileSync(file(`${name}.sent`));
  const record = (): string => {
    try {
      return readFileSync(file('s.jsonl'), 'utf8');
    } catch {
      return '';
    }
  };
  const fail = (): void => writeFileSync(file('fault'), '');
  const say = (...bytes: number[]): void => appendFileSync(file('Keys.played'), Buffer.from(bytes));
  const play = async (...bytes: number[]): Promise<void> => {
    say(...bytes);
    const hex = Buffer.from(bytes).toString('hex');
    await until(() => record().includes(hex));
  };
  const playing = (): Promise<void> => until(() => notesIn(sent('Synth')).begun >= 4);
  return { child, ended, plug, fail, sent, say, play, playing, record, until, said: () => said };
}

describe.concurrent('nothing sounds on', () => {
  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 130],
    ['SIGHUP', 129],
  ] as const)('after %s, with a key held', async ([signal, code], context) => {
    const jam = session(context);
    await jam.playing();
    await jam.play(0x90, 50, 80);
    jam.child.kill(signal);
    expect(await jam.ended).toBe(code);
    expect(notesIn(jam.sent('Synth'))).toEqual({ begun: expect.any(Number), left: [] });
    expect(jam.sent('Other').equals(jam.sent('Synth'))).toBe(true);
    expect(notesIn(jam.sent('Synth')).begun).toBeGreaterThan(4);
  });

  test('after an error that nobody caught, and what was played is recorded', async (context) => {
    const jam = session(context);
    await jam.playing();
    await jam.play(0x90, 50, 80);
    jam.fail();
    expect(await jam.ended).toBe(1);
    expect(jam.said()).toContain('a fault of the program');
    expect(notesIn(jam.sent('Synth'))).toEqual({ begun: expect.any(Number), left: [] });
    const log = decodeLog(jam.record());
    expect(log.damaged).toBe(0);
    expect(log.entries.some((entry) => entry.type === 'in' && entry.bytes === '903250')).toBe(true);
  });

  test('when the keyboard vanishes with a key held; when it is back it is heard again', async (context) => {
    const jam = session(context, { options: ['--turns', 'pedal', '--thru', '--metronome', 'off', '--sound', 'off'] });
    await jam.until(() => jam.said().includes('Ready'));
    await jam.play(0x90, 50, 80);
    await jam.until(() => notesIn(jam.sent('Synth')).begun === 1);
    jam.plug([], ['Synth', 'Other']);
    await jam.until(() => jam.said().includes('Keys was unplugged'));
    await jam.until(() => notesIn(jam.sent('Synth')).left.length === 0);
    jam.plug(['Keys'], ['Synth', 'Other']);
    await jam.until(() => jam.said().includes('Keys is back'));
    await jam.play(0x90, 52, 80);
    await jam.until(() => notesIn(jam.sent('Synth')).begun === 2);
    jam.child.kill('SIGINT');
    expect(await jam.ended).toBe(130);
    expect(notesIn(jam.sent('Synth')).left).toEqual([]);
  });

  test('when an output vanishes: the other plays on, and what came back is ended there first', async (context) => {
    const jam = session(context);
    await jam.playing();
    jam.plug(['Keys'], ['Other']);
    await jam.until(() => /Synth was unplugged|does not work any more/.test(jam.said()));
    const gone = jam.sent('Synth').length;
    const heard = notesIn(jam.sent('Other')).begun;
    await jam.until(() => notesIn(jam.sent('Other')).begun > heard + 2);
    expect(jam.sent('Synth').length).toBe(gone);
    jam.plug(['Keys'], ['Synth', 'Other']);
    await jam.until(() => jam.said().includes('Synth is back'));
    await jam.until(() => notesIn(jam.sent('Synth').subarray(gone)).begun > 0);
    // Whatever it held when it was unplugged is ended before anything new.
    const held = notesIn(jam.sent('Synth').subarray(0, gone)).left;
    const after = jam.sent('Synth').subarray(gone);
    const first = Array.from({ length: after.length / 3 }, (_, k) => 3 * k).find((k) => (after[k] ?? 0) >> 4 === 9) ?? 0;
    expect(notesIn(jam.sent('Synth').subarray(0, gone + first)).left).toEqual([]);
    expect(held.length).toBeLessThan(3);
    jam.child.kill('SIGTERM');
    expect(await jam.ended).toBe(130);
    for (const name of ['Synth', 'Other']) expect(notesIn(jam.sent(name)).left).toEqual([]);
  });
});

test.concurrent('what is plugged in after the beginning is heard, and sounds', async (context) => {
  const jam = session(context, { bare: true, options: ['--turns', 'pedal', '--thru', '--metronome', 'off', '--sound', 'off'] });
  await jam.until(() => jam.said().includes('Ready. In: nothing. Out: nothing.'));
  jam.plug(['Keys'], ['Synth', 'Other']);
  await jam.until(() => jam.said().includes('Keys is heard, too') && jam.said().includes('Sound goes to Synth now'));
  await jam.play(0x90, 50, 80);
  await jam.until(() => notesIn(jam.sent('Synth')).begun === 1);
  jam.child.kill('SIGINT');
  expect(await jam.ended).toBe(130);
  expect(notesIn(jam.sent('Synth'))).toEqual({ begun: 1, left: [] });
  // Of several outputs at once the first is the one, as at the beginning.
  expect(jam.sent('Other')).toHaveLength(0);
});

test.concurrent('what a machine that stood still for a moment did not play is not in the recording', async (context) => {
  const jam = session(context, {
    options: ['--turns', 'solo', '--qpm', '240', '--count-in', '0', '--metronome', 'off', '--output', 'Synth'],
  });
  await jam.playing();
  const heard = notesIn(jam.sent('Synth')).begun;
  jam.child.kill('SIGSTOP');
  await sleep(1000);
  jam.child.kill('SIGCONT');
  await jam.until(() => notesIn(jam.sent('Synth')).begun > heard + 4);
  jam.child.kill('SIGINT');
  expect(await jam.ended).toBe(130);
  const { entries } = decodeLog(jam.record());
  expect(entries.some(({ type }) => type === 'dropped')).toBe(true);
  const notes = timelineOf(entries, []).flatMap((turn) => turn.notes);
  expect(notes.filter(({ whose }) => whose === 'model')).toHaveLength(notesIn(jam.sent('Synth')).begun);
});

test.concurrent('a session follows a machine by its MIDI clock: waits for Start, holds with Stop, goes on with Continue', async (context) => {
  const jam = session(context, { options: ['--clock', 'in', '--lengths', '1+1', '--input', 'Keys', '--output', 'Synth'] });
  const clicks = (): number => notesIn(jam.sent('Synth')).begun;
  await jam.until(() => jam.said().includes('Ready'));
  await sleep(300);
  expect([clicks(), jam.said().includes('waiting for the MIDI clock')]).toEqual([0, true]);
  const tick = setInterval(() => jam.say(0xf8), 10);
  try {
    jam.say(0xfc, 0xfa);
    await jam.until(() => clicks() >= 3);
    jam.say(0xfc);
    await jam.until(() => jam.record().includes('"bytes":"fc"') && notesIn(jam.sent('Synth')).left.length === 0);
    await sleep(100);
    const held = clicks();
    await sleep(700);
    expect(clicks()).toBe(held);
    jam.say(0xfb);
    await jam.until(() => clicks() >= held + 3);
  } finally {
    clearInterval(tick);
  }
  jam.child.kill('SIGTERM');
  expect(await jam.ended).toBe(130);
  expect(notesIn(jam.sent('Synth')).left).toEqual([]);
  const held = decodeLog(jam.record()).entries.filter((entry) => entry.type === 'tempo' && entry.qpm === 0);
  expect(held.length).toBe(2);
});
