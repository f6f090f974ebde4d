// Events that wait for their time, the earliest first; of the same time, the one that came first. All memory is taken at the start.

export class EventQueue {
  readonly #times: Float64Array;
  readonly #order: Int32Array;
  readonly #voices: Uint8Array;
  readonly #messages: Int32Array;
  readonly #ids: Int32Array;
  #count = 0;
  #arrivals = 0;

  /** @param capacity most events that may wait at once; whoever adds them sees to that */
  constructor(capacity: number) {
    // One place more than events: place 0 is the head, the last is where a moving event is put down for a moment.
    this.#times = new Float64Array(capacity + 1);
    this.#order = new Int32Array(capacity + 1);
    this.#voices = new Uint8Array(capacity + 1);
    this.#messages = new Int32Array(capacity + 1);
    this.#ids = new Int32Array(capacity + 1);
  }

  get count(): number {
    return this.#count;
  }

  /** Of the earliest event; only where `count` is above 0. Seconds. */
  get time(): number {
    return this.#times[0] as number;
  }
  get voice(): number {
    return this.#voices[0] as number;
  }
  get message(): number {
    return this.#messages[0] as number;
  }
  get id(): number {
    return this.#ids[0] as number;
  }

  /** Adds an event. */
  push(time: number, voice: number, message: number, id: number): void {
    const place = this.#count++;
    this.#times[place] = time;
    this.#order[place] = this.#arrivals++ | 0;
    this.#voices[place] = voice;
    this.#messages[place] = message;
    this.#ids[place] = id;
    this.#rise(place);
  }

  /** Removes the earliest event. */
  shift(): void {
    this.#count--;
    this.#move(this.#count, 0);
    this.#sink(0);
  }

  /** Removes every event of a voice at `from` or later, and says how many there were. */
  remove(voice: number, from: number): number {
    let kept = 0;
    for (let place = 0; place < this.#count; place++) {
      if (this.#voices[place] === voice && (this.#times[place] as number) >= from) continue;
      if (kept !== place) this.#move(place, kept);
      kept++;
    }
    const removed = this.#count - kept;
    this.#count = kept;
    for (let place = (kept >> 1) - 1; place >= 0; place--) this.#sink(place);
    return removed;
  }

  clear(): void {
    this.#count = 0;
  }

  #before(a: number, b: number): boolean {
    const difference = (this.#times[a] as number) - (this.#times[b] as number);
    // Arrival numbers may wrap around.
    return difference === 0 ? (((this.#order[a] as number) - (this.#order[b] as number)) | 0) < 0 : difference < 0;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#order[to] = this.#order[from] as number;
    this.#voices[to] = this.#voices[from] as number;
    this.#messages[to] = this.#messages[from] as number;
    this.#ids[to] = this.#ids[from] as number;
  }

  #swap(a: number, b: number): void {
    const spare = this.#times.length - 1;
    this.#move(a, spare);
    this.#move(b, a);
    this.#move(spare, b);
  }

  #rise(from: number): void {
    for (let place = from; place > 0; ) {
      const parent = (place - 1) >> 1;
      if (!this.#before(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #sink(from: number): void {
    for (let place = from; ; ) {
      const left = 2 * place + 1;
      if (left >= this.#count) return;
      const child = left + 1 < this.#count && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, place)) return;
      this.#swap(place, child);
      place = child;
    }
  }
}
