// What the page keeps of recordings and makes of them, without a browser: stored parts, names, what playback sends, and files that other
// programs read. The recorded jam is at 150 beats a minute; its music begins with the bar of its first note.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tonejs from '@tonejs/midi';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../../src/audio/memory-store.js';
import { ownSoundFont } from '../../../src/audio/soundfont.js';
import { readSoundFont } from '../../../src/audio/soundfont-bytes.js';
import { decodeLog } from '../../../src/jam/log/log.js';
import type { Edit } from '../../../src/jam/timeline/timeline.js';
import type { KeptRecording } from '../../../src/serve/web/page-session.js';
import { Autosave } from '../../../src/serve/web/recording/autosave.js';
import { fileName } from '../../../src/serve/web/recording/file-name.js';
import { type FileRequest, makeFile } from '../../../src/serve/web/recording/make-file.js';
import { playbackMessages } from '../../../src/serve/web/recording/messages.js';
import { OpenRecording } from '../../../src/serve/web/recording/open-recording.js';
import { joinParts, type LogPart, newestFirst, readSummary } from '../../../src/serve/web/recording/recording-text.js';
import { temporaryFolder } from '../../support/folder.js';
import { BEAT, FIRST_BAR, notesIn, PLAYED, recordedJam } from '../../support/recorded-jam.js';
import { readWave } from '../../support/wave-reader.js';

const { Midi } = tonejs;
const BAR = 4 * BEAT;
const text = recordedJam();
const summary: KeptRecording = { id: 'a', created: '2026-01-31T20:15:00.000Z', turns: 4, seconds: 6.4, model: 'folk' };
const remove = (turn: number): Edit => ({ type: 'delete', turn });

const opened = (edits: readonly Edit[] = [], log = text): OpenRecording =>
  OpenRecording.read(summary, { text: log, edits: { edits, undone: [] } }).recording;

describe('the parts of a log in the storage', () => {
  it('make the log again, however it was cut and whatever was written twice', () => {
    const lines = fc.array(fc.string({ maxLength: 5 }).map((line) => `${line.replaceAll('\n', '')}.\n`), { maxLength: 30 }); // biome-ignore format: short
    fc.assert(
      fc.property(lines, fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 8 }), fc.array(fc.nat(30)), (log, twice, cuts) => {
        const at = [...new Set([0, ...cuts.filter((cut) => cut < log.length), log.length])].sort((a, b) => a - b);
        const part = (first: number, end: number): LogPart => ({ first, lines: log.slice(first, end).join('') });
        const once = at.slice(1).map((end, k) => part(at[k] ?? 0, end));
        const again = twice.map(([first, count]) => part(Math.min(first, log.length), first + count));
        expect(joinParts([...again, ...once])).toBe(log.join(''));
      }),
    );
  });

  it('are not believed when they are something else', () => {
    const odd = [null, 7, 'text', {}, { first: -1, lines: 'x\n' }, { first: 0.5, lines: 'x\n' }, { first: 0, lines: 9 }];
    expect(joinParts([...odd, { first: 0, lines: 'a\nb\n' }])).toBe('a\nb\n');
  });

  it('may end in the middle of a line, here that of the last turn', () => {
    const { recording, damaged } = OpenRecording.read(summary, { text: text.slice(0, -20), edits: undefined });
    expect(damaged).toBe(0);
    expect(recording.timeline.turns.length).toBe(opened().timeline.turns.length - 1);
  });

  it('with damaged lines are read as far as they go, and counted; damaged changes are left out', () => {
    const lines = text.split('\n');
    lines.splice(5, 2, 'rubbish', '{"t":-1,"type":"end"}');
    const stored = { text: lines.join('\n'), edits: { edits: [{ type: 'burn' }], undone: [] } };
    expect(OpenRecording.read(summary, stored)).toMatchObject({ damaged: 2, editsLost: true });
    expect(() => OpenRecording.read(summary, { text: 'rubbish\n', edits: undefined })).toThrow(/no recorded session/);
  });

  it.each([
    null,
    [],
    { ...summary, id: '' },
    { ...summary, created: 'yesterday' },
    { ...summary, turns: 1.5 },
    { ...summary, seconds: Number.NaN },
    { ...summary, model: { toString: 'x' } },
    { ...summary, model: 'x'.repeat(1000) },
  ])('are not listed as %j', (stored) => {
    expect(readSummary(stored)).toBeUndefined();
  });

  it('are listed newest first', () => {
    const older = { ...summary, id: 'b', created: '2025-12-31T20:15:00.000Z' };
    expect(newestFirst([older, summary]).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(readSummary({ ...summary, more: 1 })).toEqual(summary);
  });
});

describe('saving while it is played', () => {
  afterEach(() => vi.useRealTimers());

  /** A storage that does what it is told, and what it was given. */
  function faked(answers: readonly (boolean | Error)[] = []) {
    vi.useFakeTimers();
    const given: LogPart[] = [];
    const told: string[] = [];
    const autosave = new Autosave(
      async (_, part) => {
        const answer = answers[given.push(part) - 1] ?? true;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      {
        summary: () => summary,
        stored: () => told.push('stored'),
        forgotten: () => told.push('forgotten'),
        failed: (error) => told.push((error as Error).message),
      },
    );
    return { autosave, given, told };
  }

  it('puts what came together into one part, within 250 ms', async () => {
    const { autosave, given, told } = faked();
    for (const line of ['a\n', 'b\n']) autosave.add(line);
    expect(given).toEqual([]);
    await vi.advanceTimersByTimeAsync(250);
    autosave.add('c\n');
    autosave.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(given).toEqual([
      { first: 0, lines: 'a\nb\n' },
      { first: 2, lines: 'c\n' },
    ]);
    expect(told).toEqual(['stored', 'stored']);
  });

  it('tries again what failed, tells once, and leaves no gap', async () => {
    const { autosave, given, told } = faked([true, new Error('full'), new Error('full')]);
    for (const line of ['a\n', 'b\n', 'c\n']) {
      autosave.add(line);
      autosave.flush();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect([told, autosave.failing]).toEqual([['stored', 'full'], true]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([told, autosave.failing]).toEqual([['stored', 'full', 'stored'], false]);
    expect(joinParts([given[0], ...given.slice(3)])).toBe('a\nb\nc\n');
  });

  it('writes all of it anew when it was forgotten in another tab meanwhile', async () => {
    const { autosave, given, told } = faked([true, false]);
    autosave.add('a\n');
    autosave.flush();
    await vi.advanceTimersByTimeAsync(0);
    autosave.add('b\n');
    autosave.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(given.at(-1)).toEqual({ first: 0, lines: 'a\nb\n' });
    expect(told).toEqual(['stored', 'forgotten', 'stored']);
  });

  it('writes what is left when it is closed, and nothing more', async () => {
    const { autosave, given } = faked();
    autosave.add('a\n');
    await autosave.close();
    autosave.add('b\n');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(given).toEqual([{ first: 0, lines: 'a\n' }]);
  });
});

describe('the name of a file', () => {
  const played = new Date(2026, 0, 31, 9, 5);

  it.each([
    ['folk', '2026-01-31 0905 folk'],
    ['ff4 + coldplay, folk', '2026-01-31 0905 ff4 + coldplay folk'],
    ['../../etc/passwd', '2026-01-31 0905 .. .. etc passwd'],
    ['a:b|c*d?"<>\\\u0000\u202e', '2026-01-31 0905 a b c d'],
    ['Čajkovskij', '2026-01-31 0905 Čajkovskij'],
    ['', '2026-01-31 0905'],
    ['dots...', '2026-01-31 0905 dots'],
  ])('with %j is safe on every system', (model, name) => {
    expect(fileName(played, model)).toBe(name);
  });

  it('is there without a date, and short', () => {
    expect(fileName(new Date(Number.NaN), '???')).toBe('jam');
    expect(fileName(played, '𝄞x'.repeat(500)).length).toBeLessThan(150);
  });
});

describe('what playing back sends', () => {
  const messagesOf = (recording: OpenRecording, turn: number | null) => {
    const { session, turns } = recording.timeline;
    const played = turn === null ? null : (session.turns.find((each) => each.turn === turn) ?? null);
    const span = turn === null ? recording.span : (turns.find((each) => each.turn === turn) ?? recording.span);
    return playbackMessages(session, played, span);
  };
  const begun = (messages: ReturnType<typeof messagesOf>, voice: string) =>
    messages.filter((each) => each.voice === voice && (each.bytes[0] ?? 0) >> 4 === 9).map(({ time, bytes }) => [bytes[1], time]);

  it('is every note at its time from the first turn on, and every note ends', () => {
    const messages = messagesOf(opened(), null);
    expect(begun(messages, 'you')).toEqual(PLAYED.map(([pitch, start]) => [pitch, expect.closeTo(start - FIRST_BAR, 4)]));
    expect(begun(messages, 'model')).toEqual(notesIn(text, 'model').map(({ pitch, time }) => [pitch, expect.closeTo(time - FIRST_BAR, 4)]));
    const sounding = new Map<string, number>();
    for (const { voice, bytes } of messages) {
      const [status = 0, pitch = 0] = bytes;
      const key = `${voice} ${pitch}`;
      sounding.set(key, (sounding.get(key) ?? 0) + (status >> 4 === 9 ? 1 : -1));
    }
    expect([...sounding.values()].every((count) => count === 0)).toBe(true);
    expect(messages.map(({ time }) => time)).toEqual(messages.map(({ time }) => time).sort((a, b) => a - b));
  });

  it('of one turn is that turn, muted or not', () => {
    const muted = opened([{ type: 'mute', turn: 2, muted: true }]);
    const third = PLAYED.slice(4).map(([pitch, start]) => [pitch, expect.closeTo(start - FIRST_BAR - 2 * BAR, 4)]);
    expect(begun(messagesOf(muted, 2), 'you')).toEqual(third);
    expect(begun(messagesOf(muted, null), 'you').length).toBe(4);
  });

  it('begins with controllers as they were, and puts them back at the end', () => {
    const pedal = (t: number, value: string): string => `{"t":${Math.round(t * 1e6)},"type":"in","source":0,"bytes":"b040${value}"}`;
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('"type":"turn","turn":2'));
    lines.splice(at, 0, pedal(FIRST_BAR + 2 * BAR - 0.1, '7f'));
    const pedals = messagesOf(opened([], lines.join('\n')), 2).filter(({ bytes: [status = 0] }) => status >> 4 === 0xb);
    expect(pedals.map(({ time, bytes }) => [time, bytes])).toEqual([
      [0, [0xb0, 64, 127]],
      [expect.closeTo(BAR, 3), [0xb0, 121, 0]],
    ]);
  });
});

describe('sound in memory', () => {
  it('is what was written, to 96 dB below its loudest, with silence after it', () => {
    const size = 1000;
    const store = new MemoryStore();
    const wave = (frame: number): number => (frame < size ? 0.01 : 0.8) * Math.sin(frame / 7);
    for (const from of [0, size, 2 * size]) {
      const left = Float32Array.from({ length: size }, (_, i) => wave(from + i));
      store.write({ left, right: left.map((value) => -value), frames: size });
    }
    expect(store.peak).toBeCloseTo(0.8, 3);
    expect(store.framesAbove(0.5)).toBe(3 * size);
    let frame = 0;
    for (const { left, right, frames } of store.read(3 * size + 500, 700)) {
      for (let i = 0; i < frames; i++, frame++) {
        const [expected, step] = frame < 3 * size ? [wave(frame), (frame < size ? 0.01 : 0.8) / 32_767] : [0, 0];
        expect(Math.abs((left[i] as number) - expected)).toBeLessThanOrEqual(step + 1e-7);
        expect(right[i]).toBeCloseTo(-(left[i] as number), 6);
      }
    }
    expect(frame).toBe(3 * size + 500);
  });

  it('longer than an hour is refused', () => {
    const store = new MemoryStore();
    const piece = { left: new Float32Array(1), right: new Float32Array(1), frames: 4000 * 44_100 };
    expect(() => store.write(piece)).toThrow(/60 minutes/);
  });
});

describe('a file of a recording', () => {
  const request: FileRequest = { kind: 'midi', log: text, edits: [], models: [], name: 'jam' };

  async function made(changes: Partial<FileRequest>): Promise<{ bytes: Buffer; progress: number[] }> {
    const parts: Uint8Array[] = [];
    const progress: number[] = [];
    await makeFile(
      { ...request, ...changes },
      {
        font: () => readSoundFont(new Uint8Array(readFileSync(ownSoundFont())), 'sounds'),
        signal: new AbortController().signal,
        onProgress: (done) => progress.push(done),
        write: (bytes) => parts.push(bytes.slice()),
      },
    );
    return { bytes: Buffer.concat(parts), progress };
  }

  it('as MIDI has tracks You and Model, its tempo, markers and the sounds asked for', async () => {
    const { bytes } = await made({ programs: { you: 24, model: 73 } });
    const midi = new Midi(bytes);
    const tracks = midi.tracks.filter(({ notes }) => notes.length > 0);
    expect(tracks.map(({ name, instrument }) => [name, instrument.number])).toEqual([
      ['You', 24],
      ['Model', 73],
    ]);
    expect(midi.header.tempos.map(({ bpm }) => Math.round(bpm))).toEqual([150]);
    expect(tracks[0]?.notes.map(({ midi: pitch, ticks }) => [pitch, ticks / 480])).toEqual(
      PLAYED.map(([pitch, start]) => [pitch, expect.closeTo((start - FIRST_BAR) / BEAT, 2)]),
    );
    expect(midi.header.meta.filter(({ type }) => type === 'marker').map(({ text: word, ticks }) => [word, ticks / 480])).toEqual([
      ['1 You', 0],
      ['2 Model', 4],
      ['3 You', 8],
      ['4 Model', 12],
    ]);
  });

  it('is as the recording was changed', async () => {
    const { bytes } = await made({ edits: [remove(1)] });
    const you = new Midi(bytes).tracks.find(({ name }) => name === 'You');
    expect(you?.notes.map(({ ticks }) => ticks / 480)).toEqual(
      PLAYED.map(([, start], k) => expect.closeTo((start - FIRST_BAR) / BEAT - (k < 4 ? 0 : 4), 2)),
    );
  });

  const end = Math.max(...PLAYED.slice(4).map(([, , off]) => off - FIRST_BAR));
  const tail = 6;

  it('as WAV lasts as long as its music and its last reverberation, and tells how far it is', async () => {
    const { bytes, progress } = await made({ kind: 'wav', edits: [remove(3)] });
    const { frames, rate, left, info } = readWave(bytes);
    expect(frames / rate).toBeGreaterThan(end);
    expect(frames / rate).toBeLessThan(end + tail);
    expect(left.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)).toBeGreaterThan(0.3);
    expect(info.INAM).toBe('Jam with folk');
    expect(info.IART).toBe('You, folk');
    expect(progress.at(-1)).toBeCloseTo(1, 1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it.skipIf(spawnSync('soxi').error !== undefined)('as MP3 is read by another program, with its title', async () => {
    const { bytes } = await made({ kind: 'mp3', edits: [remove(3)] });
    const path = join(temporaryFolder(), 'jam.mp3');
    writeFileSync(path, bytes);
    const ask = (what: string): string => execFileSync('soxi', [what, path], { encoding: 'utf8' });
    expect(Number(ask('-D'))).toBeGreaterThan(end);
    expect(Number(ask('-D'))).toBeLessThan(end + tail);
    expect(ask('-a')).toContain('Jam with folk');
  });

  it('as a page to share says who played, and what is known of the model', async () => {
    const models = [
      { name: 'folk', path: 'models/folk', hash: '0', files: [], size: 0, artist: 'Nottingham', configuration: 'lookback_rnn' },
    ];
    const page = (await made({ kind: 'page', models })).bytes.toString();
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('Nottingham');
    expect(page).toContain('data:audio/mpeg;base64,');
    expect(page).toContain('download="jam.mid"');
    const [, encoded = ''] = /data:audio\/midi;base64,([A-Za-z0-9+/=]+)/.exec(page) ?? [];
    expect(new Midi(Buffer.from(encoded, 'base64')).tracks.flatMap(({ notes }) => notes).length).toBe(
      PLAYED.length + notesIn(text, 'model').length,
    );
  });

  it('is not made of nothing, nor of hours', async () => {
    const all = decodeLog(text).entries.flatMap((entry) => (entry.type === 'turn' ? [remove(entry.turn)] : []));
    await expect(made({ edits: all })).rejects.toThrow(/Nobody plays/);
    const late = '{"t":4000000000,"type":"in","source":0,"bytes":"903c40"}\n{"t":4001000000,"type":"in","source":0,"bytes":"803c00"}\n';
    await expect(made({ kind: 'wav', log: text + late })).rejects.toThrow(/60 minutes/);
  });
});
