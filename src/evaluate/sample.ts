// A sample of a stream of unknown length, in bounded memory.

import type { Random } from '../core/random.js';

/** At most so many of the items offered, each with the same chance (Vitter's algorithm R). */
export class Sample<T> {
  readonly items: T[] = [];
  readonly #size: number;
  readonly #random: Random;
  #offered = 0;

  constructor(size: number, random: Random) {
    this.#size = size;
    this.#random = random;
  }

  offer(item: T): void {
    this.#offered++;
    if (this.items.length < this.#size) this.items.push(item);
    else {
      const place = this.#random.integer(this.#offered);
      if (place < this.#size) this.items[place] = item;
    }
  }
}
