// Real files (outside the repository) read through damage and by Magenta's rules: whatever the strict reader opens gives the same notes, and
// the conformance files, each of which says in its name and texts what must be heard, give that.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import tonejs from '@tonejs/midi';
import { describe, expect, it } from 'vitest';
import { MstError } from '../../src/core/errors.js';
import { type MidiReading, midiToNoteSequence, readMidi } from '../../src/music/midi-to-note-sequence.js';
import type { Note, NoteSequence } from '../../src/music/note-sequence.js';
import { expectSame } from '../support/same.js';
import { SHARED, sharedBytes } from './shared.js';

function filesOf(folder: string): string[] {
  if (!SHARED) return [];
  return readdirSync(join(SHARED, 'corpora', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mid'))
    .sort();
}

function attempt<T>(read: () => T): T | MstError {
  try {
    return read();
  } catch (error) {
    if (error instanceof MstError) return error;
    throw error;
  }
}

/** Notes as numbers, their times in quarter notes of the sequence's tempos, rounded far below a tick. */
function inQuarters({ notes, tempos }: NoteSequence): number[][] {
  const quarters = (seconds: number): number => {
    let sum = 0;
    tempos.forEach(({ time, qpm }, k) => {
      const end = Math.min(seconds, tempos[k + 1]?.time ?? Infinity);
      if (end > time) sum += ((end - time) * qpm) / 60;
    });
    return Math.round(sum * 1e6);
  };
  return notes.map((n) => [n.instrument, n.program, Number(n.isDrum), n.pitch, n.velocity, quarters(n.startTime), quarters(n.endTime)]);
}

/** A note without the track and channel it is from, which Magenta does not tell; they must make sense. */
function unplaced({ part, voice, ...note }: Note): Note {
  if (part !== undefined && voice !== undefined && voice >= 1 && voice <= 16 && note.isDrum === (voice === 10)) return note;
  throw new Error(`a note of track ${part} and channel ${voice}, drum: ${note.isDrum}`);
}

describe.skipIf(!SHARED).each([
  // Files; every which of them is read here; those of them whose tempos are not in the first track, where Magenta does not look, and are not
  // 120; notes that nothing ends.
  ['game-freedoom', 112, 4, 14, 0],
  ['game-jrpg', 93, 1, 2, 1],
  ['nottingham', 2068, 8, 0, 0],
  ['pop909', 200, 4, 0, 0],
  ['js-fakes', 500, 4, 0, 0],
])('the corpus %s', (folder, files, step, elsewhere, stuck) => {
  it('gives the same notes either way', () => {
    const all = filesOf(folder);
    expect(all).toHaveLength(files);
    const names = all.filter((_, k) => k % step === 0);
    let retimed = 0;
    let mended = 0;
    for (const name of names) {
      const bytes = sharedBytes(`corpora/${folder}/${name}`);
      const strict = midiToNoteSequence(bytes);
      const { sequence, warnings } = readMidi(bytes);
      mended += sequence.notes.length - strict.notes.length;
      if (sequence.notes.length > strict.notes.length) expect(warnings.map(({ kind }) => kind)).toEqual(['stuck-note']);
      else if (JSON.stringify(sequence.tempos) === JSON.stringify(strict.tempos))
        expectSame(sequence.notes.map(unplaced), strict.notes, name);
      else {
        retimed++;
        expectSame(inQuarters(sequence), inQuarters(strict), name);
      }
    }
    expect([retimed, mended]).toEqual([elsewhere, stuck]);
  });
});

describe.skipIf(!SHARED)('the MIDI conformance files', () => {
  const folder = 'corpora/midi-conformance';
  const names = filesOf('midi-conformance');
  const read = (name: string): MidiReading => readMidi(sharedBytes(`${folder}/${name}`));
  const SCALE = [60, 62, 64, 65, 67, 69, 71, 72];

  it('are read, but for the two that are none', () => {
    const refused = names.map((name) => [name, attempt(() => read(name))] as const).filter(([, result]) => result instanceof MstError);
    expect(refused.map(([name, error]) => [name, (error as MstError).message])).toEqual([
      ['test-empty-file.mid', 'not a MIDI file: it is empty (at byte 0)'],
      ['test-not-a-midi-file.mid', 'not a MIDI file: it is plain text (at byte 0)'],
    ]);
    expect(names).toHaveLength(72);
  });

  it('are read without a warning where nothing is wrong', () => {
    const warned = names.filter((name) => {
      const result = attempt(() => read(name));
      return !(result instanceof MstError) && result.warnings.length > 0;
    });
    expect(warned).toEqual([
      'test-corrupt-file-extra-byte.mid',
      'test-corrupt-file-missing-byte.mid',
      'test-illegal-message-all.mid',
      'test-illegal-message-f4.mid',
      'test-illegal-message-f5.mid',
      'test-illegal-message-f9.mid',
      'test-illegal-message-fd.mid',
      'test-non-midi-track.mid',
    ]);
  });

  it('that are damaged play the C major scale they say they play', () => {
    const scales = names.filter((name) => /corrupt|illegal|running-status|vlq|non-midi/.test(name));
    expect(scales).toHaveLength(22);
    for (const name of scales) {
      const { notes } = read(name).sequence;
      expect(
        notes.map(({ pitch }) => pitch),
        name,
      ).toEqual(SCALE);
      // The notes follow each other without a gap, as long as each other.
      const length = notes[0]?.endTime ?? 0;
      notes.forEach(({ startTime, endTime }, k) => {
        expect(startTime, name).toBeCloseTo(k * length, 9);
        expect(endTime, name).toBeCloseTo((k + 1) * length, 9);
      });
    }
  });

  it('of format 2 plays its tracks one after the other', () => {
    const { notes } = read('test-2-tracks-type-2.mid').sequence;
    const starts = notes.map(({ startTime }) => startTime);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(new Set(starts).size).toBe(16);
  });

  it('that @tonejs/midi opens have its notes', () => {
    let compared = 0;
    for (const name of names.filter((file) => !/type-2|illegal|corrupt/.test(file))) {
      const bytes = sharedBytes(`${folder}/${name}`);
      let other: InstanceType<typeof tonejs.Midi>;
      try {
        other = new tonejs.Midi(bytes);
      } catch {
        continue;
      }
      const round = (seconds: number): number => Math.round(seconds * 1e4);
      const theirs = other.tracks.flatMap(({ notes }) => notes.map((n) => [n.midi, round(n.time), round(n.time + n.duration)]));
      const ours = read(name).sequence.notes.map((n) => [n.pitch, round(n.startTime), round(n.endTime)]);
      const order = (a: number[], b: number[]): number => (a[1] ?? 0) - (b[1] ?? 0) || (a[0] ?? 0) - (b[0] ?? 0);
      expect(ours.sort(order), name).toEqual(theirs.sort(order));
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});
