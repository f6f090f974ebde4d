// How much sound a player is to be given by now, and when what it is given will be heard. A player's own clock runs a little faster or
// slower than ours; what it tells of itself keeps the two together. No clock in here: whoever drives it says what time it is.

export interface PaceOptions {
  /** Frames a second. */
  readonly rate: number;
  /** Frames come in multiples of this. */
  readonly block: number;
  /** Frames that a player holds: it is given so many before it begins, and then as many as it plays. */
  readonly lead: number;
  /** Seconds from a player's taking a frame until that is heard, as far as is known beforehand. */
  readonly beyond: number;
}

/** What a player tells of itself counts as the middle one of so many readings. */
const READINGS = 15;
/** Readings that must have come before any counts. */
const FEWEST_READINGS = 3;
/** How much of a difference of the middle reading is believed with each one. */
const BELIEF = 0.03;
/** What is wrong by more than this (seconds) is put right at once, a smaller one by and by. */
const JUMP = 0.01;
/** By how much of what is wrong the lead is corrected with each reading, and by how many seconds at most. */
const CORRECTION = 0.02;
const LARGEST_CORRECTION = 1e-4;
/** A player's clock that is off by more than this (seconds) from one reading to the next has been set anew. */
const LEAP = 0.05;

export class Pace {
  readonly #rate: number;
  readonly #block: number;
  readonly #beyond: number;
  #lead: number;
  #given = 0;
  /** When the player would have taken frame 0, had it always played; session seconds. Undefined until it begins. */
  #start: number | undefined;
  /** By how much later than `#start` and `#beyond` say sound is heard, as the player tells; seconds. */
  #late = 0;
  /** What `latency` was when the player's own word first counted. */
  #settled: number | undefined;
  #readings: number[] = [];
  #clock: { readonly first: number; last: number } | undefined;
  #breaks = 0;
  /** Until when a player that says it ran dry means what is known already. */
  #deafUntil = Number.NEGATIVE_INFINITY;

  constructor({ rate, block, lead, beyond }: PaceOptions) {
    this.#rate = rate;
    this.#block = block;
    this.#lead = lead;
    this.#beyond = beyond;
  }

  /** Frames given so far. */
  get given(): number {
    return this.#given;
  }

  /** How often the player had nothing to play. */
  get breaks(): number {
    return this.#breaks;
  }

  /** Seconds from giving a frame until it is heard. */
  get latency(): number {
    return this.#lead / this.#rate + this.#beyond + this.#late;
  }

  /** Whether `latency` is what the player itself tells. */
  get measured(): boolean {
    return this.#settled !== undefined;
  }

  /** Where session time 0 is, in seconds of the frames' time: frame f is heard at f / rate - zero. */
  get zero(): number {
    return -((this.#start ?? 0) + this.#beyond + this.#late);
  }

  /** The player holds more, or less, than was thought. */
  setLead(frames: number): void {
    this.#lead = frames;
  }

  /** The player has begun to play at `now`. */
  begin(now: number): void {
    this.#start ??= now;
  }

  /** Frames to give now, a multiple of the block; 0 while the player has enough. */
  wanted(now: number): number {
    let taken = 0;
    if (this.#start !== undefined) {
      taken = (now - this.#start) * this.#rate;
      if (taken > this.#given) {
        // Time has gone by without us.
        this.#restart(now);
        taken = this.#given;
      }
    }
    return Math.max(0, Math.ceil((taken + this.#lead - this.#given) / this.#block)) * this.#block;
  }

  gave(frames: number): void {
    this.#given += frames;
  }

  /** The player says that it had nothing to play. */
  ranDry(now: number): void {
    // It may say so more than once.
    if (this.#start === undefined || now < this.#deafUntil) return;
    if (this.measured) this.#countBreak(now);
    else this.#restart(now);
  }

  /** The player says at `now` that what it is given next will be heard after so many seconds. */
  told(now: number, delay: number): void {
    if (this.#start === undefined) return;
    this.#hear(now + delay - this.#given / this.#rate - this.#start - this.#beyond);
  }

  /** The player says that at `now` its own clock showed `seconds`; only how that goes on is of interest. */
  ticked(now: number, seconds: number): void {
    if (this.#start === undefined) return;
    const behind = now - seconds;
    if (this.#clock === undefined || Math.abs(behind - this.#clock.last) > LEAP) this.#clock = { first: behind - this.#late, last: behind };
    this.#clock.last = behind;
    this.#hear(behind - this.#clock.first);
  }

  /** The player holds nothing, and goes on when there is something again. */
  #restart(now: number): void {
    this.#start = now - this.#given / this.#rate;
    this.#countBreak(now);
  }

  #countBreak(now: number): void {
    this.#breaks++;
    this.#deafUntil = now + (2 * this.#lead) / this.#rate;
    this.#readings = [];
  }

  /** A reading of `#late`. */
  #hear(late: number): void {
    this.#readings.push(late);
    if (this.#readings.length > READINGS) this.#readings.shift();
    if (this.#readings.length < FEWEST_READINGS) return;
    const sorted = [...this.#readings].sort((a, b) => a - b);
    const middle = sorted[sorted.length >> 1] as number;
    const wrong = middle - this.#late;
    this.#late += this.#settled === undefined || Math.abs(wrong) > JUMP ? wrong : wrong * BELIEF;
    this.#settled ??= this.latency;
    const excess = this.latency - this.#settled;
    const step = Math.abs(excess) > JUMP ? excess : Math.max(-LARGEST_CORRECTION, Math.min(LARGEST_CORRECTION, excess * CORRECTION));
    this.#shift(step);
  }

  /** Holds back so many seconds of sound, or hurries by as many; when what was given is heard does not change by it. */
  #shift(seconds: number): void {
    if (this.#start === undefined) return;
    this.#start += seconds;
    this.#late -= seconds;
    this.#readings = this.#readings.map((each) => each - seconds);
    if (this.#clock !== undefined) this.#clock = { first: this.#clock.first + seconds, last: this.#clock.last };
  }
}
