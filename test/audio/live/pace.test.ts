// Feeding a player whose clock is not ours: a simulated device takes frames at a rate of its own, and where each frame really was heard is
// compared with what the pace said of it. All times are arithmetic.

import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/audio/live/pace.js';

const RATE = 44_100;
const BLOCK = 64;
const LEAD = 1764;
const STEP = 0.005;

/** A device that has begun at a time, runs at a rate of its own, and stands still while it holds nothing. */
class Device {
  readonly #rate: number;
  readonly #beyond: number;
  #now: number;
  taken = 0;
  given = 0;
  dry = 0;

  constructor(start: number, rate: number, beyond: number) {
    this.#now = start;
    this.#rate = rate;
    this.#beyond = beyond;
  }

  advance(now: number): void {
    const due = this.taken + (now - this.#now) * this.#rate;
    this.#now = now;
    if (due > this.given) this.dry++;
    this.taken = Math.min(due, this.given);
  }

  /** Seconds until what it is given next is heard. */
  get delay(): number {
    return (this.given - this.taken) / this.#rate + this.#beyond;
  }
}

interface Course {
  readonly seconds: number;
  readonly ppm: number;
  readonly tells?: 'delay' | 'clock' | 'dry';
  /** Seconds in which we do not get to run. */
  readonly asleep?: readonly (readonly [from: number, to: number])[];
  /** What a reading of the delay is off by at most. */
  readonly noise?: number;
}

/** Runs both side by side; gives how far heard and foretold were apart (seconds), reading by reading, and the latencies. */
function course({ seconds, ppm, tells, asleep = [], noise = 0 }: Course) {
  const pace = new Pace({ rate: RATE, block: BLOCK, lead: LEAD, beyond: 0.01 });
  pace.gave(pace.wanted(0));
  const device = new Device(0.25, RATE * (1 + ppm / 1e6), 0.01);
  device.given = pace.given;
  pace.begin(0.25);
  const errors: number[] = [];
  const latencies: number[] = [];
  let random = 1;
  let whole = true;
  for (let k = 1; k * STEP < seconds; k++) {
    const now = 0.25 + k * STEP;
    const ran = device.dry;
    device.advance(now);
    if (asleep.some(([from, to]) => now >= from && now < to)) continue;
    if (tells === 'dry' && device.dry > ran) pace.ranDry(now);
    if (k % 10 === 0) {
      random = (random * 16_807) % 2_147_483_647;
      if (tells === 'delay') pace.told(now, device.delay + noise * ((2 * random) / 2_147_483_647 - 1));
      if (tells === 'clock') pace.ticked(now, (1000 + device.taken) / RATE);
    }
    const frames = pace.wanted(now);
    whole &&= frames % BLOCK === 0;
    pace.gave(frames);
    device.given += frames;
    errors.push(pace.given / RATE - pace.zero - (now + device.delay));
    latencies.push(device.delay);
  }
  expect(whole).toBe(true);
  return { pace, device, errors, latencies };
}

const largest = (errors: readonly number[]): number => errors.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

describe('a player that tells nothing', () => {
  it('is given its lead at once, and then as much as time goes by', () => {
    const pace = new Pace({ rate: RATE, block: BLOCK, lead: LEAD, beyond: 0.01 });
    expect(pace.wanted(3)).toBe(28 * 64);
    pace.gave(28 * 64);
    expect(pace.wanted(60)).toBe(0);
    pace.begin(61);
    // 882 frames taken of 1792: 854 are missing.
    expect(pace.wanted(61.02)).toBe(14 * 64);
    // Frame 0 is heard when the player takes it, and 10 ms on.
    expect(-pace.zero).toBeCloseTo(61.01, 9);
    expect(pace.latency).toBeCloseTo(0.05, 9);
  });

  it('is right to a block for ten minutes where both clocks are the same', () => {
    const { errors, device } = course({ seconds: 600, ppm: 0 });
    expect(largest(errors)).toBeLessThan(BLOCK / RATE);
    expect(device.dry).toBe(0);
  });

  it('that runs faster and says when it is dry is put right each time', () => {
    const { errors, device, pace } = course({ seconds: 600, ppm: 300, tells: 'dry' });
    // 180 ms in ten minutes, in steps of the 40 ms it holds.
    expect(largest(errors)).toBeLessThan(0.045);
    expect(pace.breaks).toBeGreaterThanOrEqual(4);
    expect(device.dry).toBeLessThan(10);
  });
});

describe.each([
  ['its delay', 'delay'],
  ['its clock', 'clock'],
] as const)('a player that tells %s', (_, tells) => {
  it.each([-400, -30, 30, 400])('keeps its lead for twenty minutes though its clock is off by %i ppm', (ppm) => {
    const { errors, latencies, device } = course({ seconds: 1200, ppm, tells });
    expect(largest(errors.slice(100))).toBeLessThan(0.0015);
    expect(device.dry).toBe(0);
    expect(largest(latencies.map((latency) => latency - 0.05))).toBeLessThan(0.015);
  });

  it('is right again after we could not run for a while', () => {
    const { errors, pace, device, latencies } = course({ seconds: 20, ppm: 50, tells, asleep: [[8, 8.3]] });
    expect(pace.breaks).toBe(1);
    expect(device.dry).toBeGreaterThan(0);
    expect(largest(errors.slice(-100))).toBeLessThan(0.002);
    expect(latencies.at(-1)).toBeCloseTo(0.05, 2);
  });
});

it('readings that are off by up to 8 ms move nothing by more than 3', () => {
  const { errors } = course({ seconds: 300, ppm: 40, tells: 'delay', noise: 0.008 });
  expect(largest(errors.slice(400))).toBeLessThan(0.003);
});

it('a delay that is larger than was thought is believed', () => {
  const pace = new Pace({ rate: RATE, block: BLOCK, lead: LEAD, beyond: 0.01 });
  pace.gave(pace.wanted(0));
  pace.begin(0.1);
  for (let k = 1; k < 10; k++) {
    const now = 0.1 + k * 0.02;
    pace.gave(pace.wanted(now));
    pace.told(now, 0.2);
  }
  expect(pace.measured).toBe(true);
  expect(pace.latency).toBeCloseTo(0.2, 2);
});
