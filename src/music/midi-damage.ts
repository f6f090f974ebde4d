// What was wrong with a MIDI file that was read all the same: a bounded list of warnings, one for each kind of damage in each track.

/** Kinds of damage; a kind's meaning is stable, its message is not. */
export type MidiDamageKind =
  /** Bytes before the header, between the chunks or behind the last one that are no MIDI. */
  | 'junk'
  /** Header missing, of a wrong length, or with an impossible field. */
  | 'header'
  /** Ticks per quarter note unknown, so that some had to be assumed. */
  | 'division'
  /** Another number of tracks than announced. */
  | 'track-count'
  /** A chunk that is neither header nor track. */
  | 'other-chunk'
  /** A second MIDI file behind the first. */
  | 'second-file'
  /** A track whose announced length is wrong. */
  | 'track-length'
  /** A track without its end. */
  | 'no-end'
  /** A track cut short: what came before counts. */
  | 'truncated'
  /** Bytes after the end of a track that are no events. */
  | 'after-end'
  /** Bytes in a track that are no event; what followed is read, unless the message says that the track ends there. */
  | 'bad-event'
  /** A data byte over 127. */
  | 'data-byte'
  /** A tempo, metre or key that cannot be. */
  | 'bad-meta'
  /** A system exclusive of a wrong length. */
  | 'sysex'
  /** A track that goes on beyond any music. */
  | 'too-long'
  /** A note that nothing ends. */
  | 'stuck-note'
  /** A note that ends as it begins, and is left out. */
  | 'no-length'
  /** Stands for all warnings that the list has no room for. */
  | 'more';

/** Something wrong with a file. */
export interface MidiWarning {
  readonly kind: MidiDamageKind;
  /** A clause in plain words, with byte and track. */
  readonly message: string;
  /** Byte of the file at which it was first seen. */
  readonly offset: number;
  /** From 1; absent where no track is concerned. */
  readonly track?: number;
  /** How often it was seen in the track. */
  readonly count: number;
  /** False for what a sound file may have too. */
  readonly damage: boolean;
}

const MAX_WARNINGS = 24;
const HARMLESS: ReadonlySet<MidiDamageKind> = new Set(['other-chunk', 'no-length']);

/** Collects warnings; its size does not depend on the file's. */
export class MidiDamage {
  readonly #entries = new Map<
    string,
    { kind: MidiDamageKind; problem: string; offset: number; track: number | undefined; count: number }
  >();
  #unlisted = 0;
  #firstUnlisted = 0;

  /** Notes a problem at a byte; only the first of its kind in a track keeps its words. Tracks count from 1. */
  note(kind: MidiDamageKind, offset: number, problem: string, track?: number): void {
    const key = `${kind} ${track ?? ''}`;
    const known = this.#entries.get(key);
    if (known !== undefined) known.count++;
    else if (this.#entries.size < MAX_WARNINGS) this.#entries.set(key, { kind, problem, offset, track, count: 1 });
    else if (this.#unlisted++ === 0) this.#firstUnlisted = offset;
  }

  /** What was noted, in the order of its first appearance. */
  get warnings(): MidiWarning[] {
    const listed = [...this.#entries.values()].map(({ kind, problem, offset, track, count }): MidiWarning => {
      const times = count === 1 ? '' : `, and ${count - 1} more like it`;
      const where = track === undefined ? `byte ${offset}` : `track ${track}, byte ${offset}`;
      return {
        kind,
        message: `${where}: ${problem}${times}`,
        offset,
        ...(track !== undefined && { track }),
        count,
        damage: !HARMLESS.has(kind),
      };
    });
    const [count, offset] = [this.#unlisted, this.#firstUnlisted];
    if (count > 0)
      listed.push({ kind: 'more', message: `byte ${offset}: ${count} more problems from here on`, offset, count, damage: true });
    return listed;
  }
}
