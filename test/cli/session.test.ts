// mst session as it is installed: simulated jams, jams in real time, what becomes of their recordings. MIDI is read by @tonejs/midi.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tone from '@tonejs/midi';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';

const bin = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const env = { PATH: process.env.PATH ?? '' };

function mst(args: string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd, env, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** A folder with calls.mid: eight eighths in each of the bars named, at 120 qpm. */
function folderWithCalls(bars: readonly number[], qpm = 120): string {
  const midi = new tone.Midi();
  midi.header.setTempo(qpm);
  const track = midi.addTrack();
  const beat = 60 / qpm;
  for (const bar of bars) {
    for (let k = 0; k < 8; k++) {
      track.addNote({ midi: 60 + ((k * 2) % 9), time: (bar * 4 + k / 2) * beat, duration: beat * 0.4, velocity: 0.6 });
    }
  }
  return temporaryFolder({ 'calls.mid': midi.toArray() });
}

const SIMULATE = ['session', '--model', 'folk', '--input', 'calls.mid', '--simulate', '--lengths', '1+1', '--no-ui'];
const read = (cwd: string, file: string) => new tone.Midi(readFileSync(join(cwd, file)));

describe('mst session --simulate', () => {
  it('plays a file, is answered on the beat, and exports what was played', () => {
    const cwd = folderWithCalls([0, 2]);
    const jam = mst([...SIMULATE, '--record', 's.jsonl', '--seed', '3'], cwd);
    expect(jam).toMatchObject({ code: 0, stdout: expect.stringContaining('2 answers. Recorded in') });
    expect(jam.stderr.trim().split('\n')).toHaveLength(4);
    expect(mst(['session', 'export', 's.jsonl', '--midi', 'out.mid'], cwd).code).toBe(0);
    const midi = read(cwd, 'out.mid');
    const [you, model, click] = midi.tracks;
    expect(midi.tracks.map(({ name }) => name)).toEqual(['You', 'Model', 'Click']);
    // A count-in of a bar at 120 qpm begins 0.2 s after the session; the file begins on the bar after it.
    const bar = (n: number) => 0.2 + 2 * (1 + n);
    const calls = [0, 2].flatMap((n) => Array.from({ length: 8 }, (_, k) => [60 + ((k * 2) % 9), bar(n) + k / 4] as const));
    expect(you?.notes.map(({ midi: pitch }) => pitch)).toEqual(calls.map(([pitch]) => pitch));
    you?.notes.forEach(({ time }, k) => {
      expect(time).toBeCloseTo(calls[k]?.[1] ?? Number.NaN, 2);
    });
    for (const n of [1, 3]) {
      const answer = model?.notes.filter(({ time }) => time > bar(n) - 0.1 && time < bar(n + 1) - 0.1) ?? [];
      expect(answer[0]?.time).toBeCloseTo(bar(n), 2);
      for (const { time, duration } of answer) expect(time + duration).toBeLessThan(bar(n + 1) + 0.01);
    }
    expect(model?.notes.every(({ time }) => (time > bar(1) - 0.1 && time < bar(2)) || time > bar(3) - 0.1)).toBe(true);
    click?.notes.forEach(({ time }, k) => {
      expect(time).toBeCloseTo(0.2 + k / 2, 2);
    });
    expect(midi.header.meta.filter(({ type }) => type === 'marker').map(({ text }) => text)).toEqual([
      '1 You',
      '2 Model',
      '3 You',
      '4 Model',
    ]);
  });

  it('the same seed makes the same recording, another one another', () => {
    const cwd = folderWithCalls([0, 2, 4]);
    for (const [name, seed] of ['a 1', 'b 1', 'c 2'].map((text) => text.split(' '))) {
      mst([...SIMULATE, '--record', `${name}.jsonl`, '--seed', seed ?? ''], cwd);
    }
    const [a = '', b, c] = ['a', 'b', 'c'].map((name) =>
      readFileSync(join(cwd, `${name}.jsonl`), 'utf8')
        .split('\n')
        .slice(1)
        .join('\n'),
    );
    expect(a.length).toBeGreaterThan(1000);
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  it('a file that waits plays on in your turns', () => {
    const cwd = folderWithCalls([0, 1, 2]);
    expect(mst([...SIMULATE, '--wait', '--record', 's.jsonl'], cwd).stdout).toContain('3 answers');
    mst(['session', 'export', 's.jsonl', '--midi', 'out.mid'], cwd);
    const starts = read(cwd, 'out.mid').tracks[0]?.notes.map(({ time }) => Math.floor((time - 0.19) / 2) - 1);
    expect(starts).toEqual([0, 2, 4].flatMap((n) => new Array<number>(8).fill(n)));
  });

  it('replay finds the same session again, and says when it is not', () => {
    const cwd = folderWithCalls([0, 2]);
    mst([...SIMULATE, '--record', 's.jsonl'], cwd);
    expect(mst(['session', 'replay', 's.jsonl', '--json'], cwd)).toMatchObject({ code: 0 });
    const lines = readFileSync(join(cwd, 's.jsonl'), 'utf8').split('\n');
    // An answer that was played: the one of the last reply.
    const reply = JSON.parse(lines.findLast((line) => line.includes('"type":"reply"')) ?? '') as { job: { id: number } };
    const at = lines.findIndex((line) => line.includes(`"answer":{"job":${reply.job.id},"take":0,"from":1,`));
    const changed = JSON.parse(lines[at] ?? '') as { answer: { events: number[] } };
    changed.answer.events[0] = changed.answer.events[0] === 61 ? 63 : 61;
    lines[at] = JSON.stringify(changed);
    writeFileSync(join(cwd, 'other.jsonl'), lines.join('\n'));
    const replay = mst(['session', 'replay', 'other.jsonl'], cwd);
    expect(replay).toMatchObject({ code: 1, stdout: expect.stringMatching(/come out otherwise: turn \d/) });
  });

  it('recover makes a whole recording and MIDI of a torn one', () => {
    const cwd = folderWithCalls([0, 2]);
    mst([...SIMULATE, '--record', 's.jsonl'], cwd);
    const whole = readFileSync(join(cwd, 's.jsonl'), 'utf8');
    const cut = whole.indexOf('"type":"in"', whole.length / 2) + 20;
    writeFileSync(join(cwd, 'torn.jsonl'), whole.slice(0, cut));
    const { code, stdout } = mst(['session', 'recover', 'torn.jsonl', '--json'], cwd);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ torn: true, damaged: 0, ended: false });
    expect(readFileSync(join(cwd, 'torn-recovered.jsonl'), 'utf8')).toBe(whole.slice(0, whole.lastIndexOf('\n', cut) + 1));
    const played = whole.slice(0, whole.lastIndexOf('\n', cut)).match(/"type":"in","source":0,"bytes":"90/g)?.length;
    expect(read(cwd, 'torn.mid').tracks[0]?.notes.length).toBe(played);
    expect(mst(['session', 'recover', 'torn.jsonl'], cwd)).toMatchObject({ code: 1, stderr: expect.stringContaining('there already') });
  });

  it('mixes models, and refuses what does not mix', () => {
    const cwd = folderWithCalls([0]);
    const jam = mst([...SIMULATE.filter((word) => word !== '--model' && word !== 'folk'), '--mix', 'folk=1', '--record', 's.jsonl'], cwd);
    expect(jam.code).toBe(0);
    expect(mst([...SIMULATE, '--mix', 'folk=0.5,nobody=0.5'], cwd)).toMatchObject({ code: 1, stderr: expect.stringContaining('nobody') });
  });

  it('refuses at once what cannot be, and writes nothing', () => {
    const cwd = folderWithCalls([0]);
    const before = readdirSync(cwd);
    const refused = [
      ['--simulate'],
      ['--input', 'keyboard', '--no-ui'],
      ['--input', 'nowhere.mid'],
      ['--input', 'calls.mid', '--turns', 'tango'],
      ['--input', 'calls.mid', '--qpm', '5000'],
    ];
    for (const args of refused) {
      const { code, stdout, stderr } = mst(['session', '--model', 'folk', ...args], cwd);
      expect([code === 1 || code === 2, stdout, stderr.startsWith('mst: ')]).toEqual([true, '', true]);
    }
    expect(mst(['session', 'replay', 'calls.mid'], cwd).code).toBe(1);
    expect(mst(['session', 'repaly', 'x'], cwd)).toMatchObject({ code: 2, stderr: expect.stringContaining('mst session replay') });
    expect(readdirSync(cwd)).toEqual(before);
    writeFileSync(join(cwd, 'taken.jsonl'), 'mine');
    expect(mst([...SIMULATE, '--record', 'taken.jsonl'], cwd).code).toBe(1);
    expect(readFileSync(join(cwd, 'taken.jsonl'), 'utf8')).toBe('mine');
  });
});

describe('mst session in real time', () => {
  /** Plays with a raw output until its talk contains `until`, then does something. */
  async function live(cwd: string, args: string[], until = '', act: (pid: number) => void = () => {}) {
    writeFileSync(join(cwd, 'sound'), '');
    const child = spawn(process.execPath, [bin, 'session', '--model', 'folk', '--no-ui', '--output', join(cwd, 'sound'), ...args], {
      cwd,
      env,
    });
    let stderr = '';
    let acted = until === '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (acted || !stderr.includes(until)) return;
      acted = true;
      act(child.pid as number);
    });
    const code = await new Promise((resolve) => child.on('exit', (exit, signal) => resolve(exit ?? signal)));
    return { code, stderr, sound: readFileSync(join(cwd, 'sound')) };
  }

  /** Notes that are still on at the end of what an output was sent. */
  function stuck(sound: Buffer): string[] {
    const on = new Set<string>();
    for (let at = 0; at < sound.length; ) {
      const [status = 0, pitch = 0, velocity = 0] = sound.subarray(at, at + 3);
      if (status >> 4 === 9 && velocity > 0) on.add(`${status & 15} ${pitch}`);
      else if (status >> 4 === 8 || status >> 4 === 9) on.delete(`${status & 15} ${pitch}`);
      at += status >> 4 === 0xc || status >> 4 === 0xd ? 2 : 3;
    }
    return [...on];
  }

  it('plays a file, sends its answer, ends by itself, and is the same played again', async () => {
    const cwd = folderWithCalls([0], 300);
    const { code, stderr, sound } = await live(cwd, [
      '--input',
      'calls.mid',
      '--lengths',
      '1+1',
      '--record',
      's.jsonl',
      '--model-channel',
      '2',
    ]);
    expect([code, stuck(sound)]).toEqual([0, []]);
    expect(stderr).toMatch(/2 {2}model .* folk, .* ms (after|before) its beat, made in/);
    const notes = [...sound].filter((byte, k) => byte === 0x91 && (sound[k + 2] ?? 0) > 0).length;
    const logged = readFileSync(join(cwd, 's.jsonl'), 'utf8').match(/"voice":"model","bytes":"91/g)?.length;
    expect(notes).toBe(logged);
    expect(mst(['session', 'replay', 's.jsonl'], cwd).code).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends every note, keeps the recording, and is 130', async (signal) => {
    const cwd = folderWithCalls([0]);
    const { code, stderr, sound } = await live(cwd, ['--turns', 'solo', '--qpm', '300', '--count-in', '0'], 'Ready', (pid) =>
      setTimeout(() => process.kill(pid, signal), 1500),
    );
    expect([code, stuck(sound)]).toEqual([130, []]);
    expect(stderr).toContain('recorded in');
    const [file = ''] = readdirSync(join(cwd, 'sessions'));
    expect(
      readFileSync(join(cwd, 'sessions', file), 'utf8')
        .trimEnd()
        .endsWith('"type":"end"}'),
    ).toBe(true);
    expect(mst(['session', 'replay', '--last'], cwd).code).toBe(0);
  });

  it('a port that is asked for and is not there is refused', () => {
    if (existsSync('/dev/snd/seq')) return;
    const cwd = temporaryFolder();
    expect(mst(['session', '--model', 'folk', '--input', 'Keystation', '--no-ui'], cwd)).toMatchObject({ code: 1, stdout: '' });
    expect(mst(['session', '--list-ports'], cwd).code).toBe(1);
  });
});
