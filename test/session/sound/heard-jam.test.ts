// mst session as it is installed, heard from the computer: the bin, with a player of a test that keeps what it is given. When notes should be
// heard stands in the session's own recording; when they are is counted in frames.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Midi } from '@tonejs/midi';
import { describe, expect, it, type TestContext } from 'vitest';
import { temporaryFolder } from '../../support/folder.js';
import { type FakeDeeds, fakePlayers, heardBy, isAlive, onsets, RATE } from '../support/fake-players.js';

const BIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Seconds. */
const BEAT = 0.25;

/** A jam that lasts until it is ended. */
const LONG = ['--count-in', '16'];

/** Starts a jam: a bar counted in, a bar of two short notes, a bar of the model. */
function jam(context: TestContext, players: Readonly<Record<string, FakeDeeds>>, args: readonly string[] = []) {
  const midi = new Midi();
  midi.header.setTempo(60 / BEAT);
  const track = midi.addTrack();
  for (const time of [0, 2 * BEAT]) track.addNote({ midi: 60, time, duration: 0.05, velocity: 0.9 });
  const cwd = temporaryFolder({ 'calls.mid': midi.toArray() }, context.onTestFinished);
  const { path, folder } = fakePlayers(players, context);
  const words = ['session', '--model', 'folk', '--input', 'calls.mid', '--no-ui', '--lengths', '1+1', '--metronome', 'count-in'];
  const child = spawn(process.execPath, [BIN, ...words, '--record', 's.jsonl', '--seed', '3', ...args], {
    cwd,
    env: { PATH: [path, '/usr/bin', '/bin'].join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let talk = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    talk += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { child, ended, folder, talk: () => talk, log: () => readLog(join(cwd, 's.jsonl')) };
}

interface Entry {
  readonly t: number;
  readonly type: string;
  readonly voice?: string;
  readonly bytes?: string;
  readonly settings?: { readonly latency?: number; readonly thru?: boolean };
}

const readLog = (path: string): Entry[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Entry]));

async function told(child: ChildProcess, talk: () => string, words: RegExp): Promise<void> {
  for (let k = 0; k < 500 && !words.test(talk()) && child.exitCode === null; k++) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function gone(pid: number): Promise<boolean> {
  for (let k = 0; k < 200 && isAlive(pid); k++) await new Promise((resolve) => setTimeout(resolve, 20));
  return !isAlive(pid);
}

describe.skipIf(process.platform !== 'linux')('a jam heard from the computer', () => {
  it('has clicks, you and the model on the beat', { retry: 2 }, async (context) => {
    // A wood block, which begins sharply.
    const { ended, folder, log, talk } = jam(context, { pacat: {} }, ['--sound', 'speaker', '--model-program', '116']);
    expect(await ended).toBe(0);
    expect(talk()).toMatch(/Out: loudspeaker \(pacat, \d+ ms\)/);
    const entries = log();
    expect(entries[0]?.settings).toMatchObject({ thru: true });
    expect(entries[0]?.settings?.latency).toBeGreaterThan(0.02);
    const begun = (voice: string) => entries.filter((each) => each.type === 'out' && each.voice === voice && each.bytes?.startsWith('9'));
    const [firstClick] = begun('click');
    const [firstAnswer] = begun('model');
    const found = onsets(heardBy(folder)[0]?.samples ?? new Float32Array(), 0.01);
    // Four clicks, two notes of yours, and the first of the answer.
    const after = found.map((frame) => (frame - (found[0] as number)) / RATE);
    // Where a busy machine let the sound break off, frames are missing; a beat never comes late in them.
    const isAt = (time: number | undefined, wanted: number) => time !== undefined && time < wanted + 0.003 && time > wanted - 0.2;
    for (const beat of [0, 1, 2, 3]) expect(isAt(after[beat], beat * BEAT)).toBe(true);
    const answer = ((firstAnswer?.t ?? 0) - (firstClick?.t ?? 0)) / 1e6;
    expect(answer).toBeCloseTo(8 * BEAT, 1);
    expect(after.some((time) => isAt(time, answer))).toBe(true);
    // Your two come as soon as they can, the first of them with the beat that ends the count-in.
    expect(after.filter((time) => time > 3.6 * BEAT && time < 7 * BEAT)).toHaveLength(2);
  });

  it('begins by itself where there is no MIDI output, and not with --sound off', async (context) => {
    const heard = jam(context, { pacat: {} }, LONG);
    await told(heard.child, heard.talk, /Sound comes from the loudspeaker \(pacat/);
    expect(heard.talk()).toContain('Sound comes from the loudspeaker (pacat');
    heard.child.kill('SIGINT');
    await heard.ended;
    const [player] = heardBy(heard.folder);
    expect(await gone(player?.pid ?? 0)).toBe(true);
    const silent = jam(context, { pacat: {} }, [...LONG, '--sound', 'off']);
    await told(silent.child, silent.talk, /Ready/);
    silent.child.kill('SIGINT');
    await silent.ended;
    expect(silent.talk()).toContain('Nothing is heard, though all is recorded');
    expect(heardBy(silent.folder)).toEqual([]);
  });

  it.for(['SIGKILL', 'SIGTERM'] as const)('leaves no player behind after %s', async (signal, context) => {
    const { child, ended, talk, folder } = jam(context, { pacat: {} }, [...LONG, '--sound', 'speaker']);
    await told(child, talk, /Ready/);
    const [player] = heardBy(folder);
    expect(isAlive(player?.pid ?? 0)).toBe(true);
    child.kill(signal);
    await ended;
    expect(await gone(player?.pid ?? 0)).toBe(true);
  });

  it('goes on when its player dies', async (context) => {
    const { ended, talk, log, folder } = jam(context, { pacat: { dieAfter: 1 }, stdbuf: {} }, ['--sound', 'speaker']);
    expect(await ended).toBe(0);
    expect(talk()).toContain('pacat does not play any more');
    expect(heardBy(folder).map(({ name }) => name)).toEqual(['pacat', 'stdbuf']);
    expect(log().at(-1)?.type).toBe('end');
  });
});
