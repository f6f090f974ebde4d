// The web app's clock. A sound card that started at browser time 5 s: its time c is heard at browser time 5000 + 1000 c ms (plus latency).

import { describe, expect, it } from 'vitest';
import { JamClock } from '../../../../src/serve/web/jam/jam-clock.js';

/** Readings every 10 ms from a browser time on. @param offset heard time minus the browser's, seconds */
function read(clock: JamClock, from: number, count: number, offset: (browser: number) => number): void {
  for (let k = 0; k < count; k++) clock.read({ heard: (from + 10 * k) / 1000 + offset(from + 10 * k), browser: from + 10 * k });
}

describe('the clock of a jam', () => {
  it('counts seconds from its beginning, with sound and without', () => {
    const clock = new JamClock();
    clock.restart(2000);
    expect(clock.at(3500)).toBeCloseTo(1.5, 12);
    expect(clock.browserTime(1.5)).toBeCloseTo(3500, 9);
    expect(clock.zero).toBeUndefined();
    read(clock, 6000, 30, () => -5.04);
    // Sound that comes changes nothing of the time: only where that is on the sound card. 2 s of the browser is -3.04 s there.
    expect(clock.at(7000)).toBeCloseTo(5, 9);
    expect(clock.zero).toBeCloseTo(-3.04, 9);
  });

  it('does not follow what single readings jitter', () => {
    const clock = new JamClock();
    read(clock, 6000, 30, () => -5);
    clock.restart(6300);
    const zero = clock.zero ?? Number.NaN;
    read(clock, 6310, 50, (browser) => -5 + (browser % 50 === 0 ? 0.02 : 0));
    expect(clock.zero).toBeCloseTo(zero, 9);
    expect(clock.at(7300)).toBeCloseTo(1, 9);
  });

  it('goes by a sound card that runs a little faster, without a step', () => {
    const clock = new JamClock();
    read(clock, 6000, 30, () => -5);
    clock.restart(6300);
    const zero = clock.zero ?? Number.NaN;
    // 100 millionths faster, for ten seconds: a millisecond.
    read(clock, 6310, 1000, (browser) => -5 + (browser - 6300) * 1e-7);
    expect(clock.zero).toBeCloseTo(zero, 9);
    expect(clock.at(16_300)).toBeCloseTo(10.001, 4);
    expect(clock.browserTime(clock.at(16_300))).toBeCloseTo(16_300, 6);
  });

  it('goes on while sound stands still, and finds its place on the sound card again', () => {
    const clock = new JamClock();
    read(clock, 6000, 30, () => -5);
    clock.restart(6300);
    const zero = clock.zero ?? Number.NaN;
    clock.forget();
    expect(clock.at(8300)).toBeCloseTo(2, 9);
    // The computer slept for 2 s: the sound card has not counted them.
    read(clock, 8300, 30, () => -7);
    expect(clock.at(8600)).toBeCloseTo(2.3, 9);
    expect(clock.zero).toBeCloseTo(zero - 2, 9);
  });

  it('finds its place again without being told that sound stood still', () => {
    const clock = new JamClock();
    read(clock, 6000, 30, () => -5);
    clock.restart(6300);
    const zero = clock.zero ?? Number.NaN;
    read(clock, 6310, 30, () => -5.2);
    expect(clock.zero).toBeCloseTo(zero - 0.2, 9);
    expect(clock.at(6610)).toBeCloseTo(0.31, 9);
  });

  it('never says an earlier time than before', () => {
    const clock = new JamClock();
    clock.restart(1000);
    expect(clock.now(2000)).toBe(1);
    expect(clock.now(1990)).toBe(1);
    expect(clock.now(2010)).toBeCloseTo(1.01, 9);
  });
});
