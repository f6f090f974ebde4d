// Melodies met before, and songs that belong together since they share some. Memory per melody is a sketch and its places in a table
// of buckets (locality-sensitive hashing: melodies much alike fall into one bucket at least); comparisons per melody are bounded.
import { likeness, SKETCH_SIZE } from './fingerprint.js';

/** Melodies at least so much alike are the same. */
const SAME = 0.7;
/** Songs with melodies at least so much alike belong together. */
const RELATED = 0.4;
/** Numbers of a sketch that make one key of a bucket. */
const ROWS = 2;
const BANDS = SKETCH_SIZE / ROWS;

/** Finds melodies like earlier ones, and joins their songs into families. Songs are numbered by the caller: 0, 1, 2, .... */
export class DuplicateIndex {
  #sketches = new Uint32Array(SKETCH_SIZE * 1024);
  #songOf = new Uint32Array(1024);
  #voiceOf = new Int32Array(1024);
  #count = 0;
  readonly #buckets = new BucketTable();
  readonly #parents: number[] = [];

  /**
   * Takes a melody in, unless it is there already: then the number of the song that has it. A song may repeat itself within a voice (a
   * track), which is its form; the same in another of its voices is a copy. A melody that is merely related joins the two songs' families.
   */
  add(sketch: Uint32Array, song: number, voice: number): number | undefined {
    let found: number | undefined;
    for (const { theirs, theirVoice, alike } of this.#relatives(sketch)) {
      this.#join(theirs, song);
      const copy = theirs !== song || theirVoice !== voice;
      if (copy && alike >= SAME && found === undefined) found = theirs;
    }
    if (found === undefined) this.#store(sketch, song, voice);
    return found;
  }

  /** The songs that have a melody related to this one. Takes nothing in. */
  songsWith(sketch: Uint32Array): Set<number> {
    return new Set(this.#relatives(sketch).map(({ theirs }) => theirs));
  }

  #relatives(sketch: Uint32Array): { theirs: number; theirVoice: number; alike: number }[] {
    const others = new Set<number>();
    for (let band = 0; band < BANDS; band++) {
      const other = this.#buckets.get(keyOf(sketch, band));
      if (other !== undefined) others.add(other);
    }
    return [...others].flatMap((other) => {
      const alike = likeness(sketch, this.#sketches.subarray(other * SKETCH_SIZE, (other + 1) * SKETCH_SIZE));
      return alike < RELATED ? [] : [{ theirs: this.#songOf[other] as number, theirVoice: this.#voiceOf[other] as number, alike }];
    });
  }

  /** The first song of a song's family. */
  familyOf(song: number): number {
    let root = song;
    while ((this.#parents[root] ?? root) !== root) root = this.#parents[root] as number;
    for (let at = song; at !== root; ) {
      const next = this.#parents[at] as number;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  #join(a: number, b: number): void {
    const [first, second] = [this.familyOf(a), this.familyOf(b)].sort((x, y) => x - y) as [number, number];
    while (this.#parents.length <= Math.max(a, b)) this.#parents.push(this.#parents.length);
    this.#parents[second] = first;
  }

  #store(sketch: Uint32Array, song: number, voice: number): void {
    if (this.#count === this.#songOf.length) {
      this.#sketches = grown(this.#sketches, new Uint32Array(this.#sketches.length * 2));
      this.#songOf = grown(this.#songOf, new Uint32Array(this.#songOf.length * 2));
      this.#voiceOf = grown(this.#voiceOf, new Int32Array(this.#voiceOf.length * 2));
    }
    const index = this.#count++;
    this.#sketches.set(sketch, index * SKETCH_SIZE);
    this.#songOf[index] = song;
    this.#voiceOf[index] = voice;
    for (let band = 0; band < BANDS; band++) this.#buckets.setIfFree(keyOf(sketch, band), index);
  }
}

function keyOf(sketch: Uint32Array, band: number): number {
  let key = band + 1;
  for (let k = 0; k < ROWS; k++) key = Math.imul(key ^ (sketch[band * ROWS + k] as number), 0x9e3779b1);
  return key >>> 0;
}

function grown<A extends Uint32Array | Int32Array>(from: A, into: A): A {
  into.set(from);
  return into;
}

/** From 32-bit keys to indices, the first index of each key; open addressing, at most half full. */
class BucketTable {
  #keys = new Uint32Array(4096);
  /** Index + 1; 0 where nothing is. */
  #values = new Uint32Array(4096);
  #count = 0;

  get(key: number): number | undefined {
    const value = this.#values[this.#slot(key)] as number;
    return value === 0 ? undefined : value - 1;
  }

  setIfFree(key: number, index: number): void {
    let slot = this.#slot(key);
    if (this.#values[slot] !== 0) return;
    if (2 * this.#count >= this.#keys.length) {
      this.#grow();
      slot = this.#slot(key);
    }
    this.#keys[slot] = key;
    this.#values[slot] = index + 1;
    this.#count++;
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (key ^ (key >>> 15)) & mask;
    while (this.#values[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Uint32Array(keys.length * 2);
    this.#values = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === 0) continue;
      const slot = this.#slot(keys[i] as number);
      this.#keys[slot] = keys[i] as number;
      this.#values[slot] = values[i] as number;
    }
  }
}
