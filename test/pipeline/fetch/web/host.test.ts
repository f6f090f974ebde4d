// The pace at which one host is asked, on a clock that sleeps at once.

import { describe, expect, it } from 'vitest';
import { Host } from '../../../../src/pipeline/fetch/web/host.js';
import { virtualTime } from '../../../support/web-server.js';

const never = new AbortController().signal;

/** Lets `count` requests of no length through and returns when they began, from the start. */
async function beginnings(host: Host, time: ReturnType<typeof virtualTime>, count: number): Promise<number[]> {
  const began: number[] = [];
  for (let k = 0; k < count; k++) {
    const leave = await host.enter(never);
    began.push(time.now() - time.begin);
    leave();
  }
  return began;
}

describe('a host', () => {
  it('is asked with a pause between two beginnings, longer when it asks for that', async () => {
    const time = virtualTime();
    const host = new Host(time, { slots: 2, pause: 100 });
    expect(await beginnings(host, time, 3)).toEqual([0, 100, 200]);
    host.slowDown(1000);
    expect(await beginnings(host, time, 2)).toEqual([1200, 2200]);
    expect(host.hold(60_000)).toBe(true);
    expect(host.hold(10_000)).toBe(false);
    expect(await beginnings(host, time, 2)).toEqual([62_200, 63_200]);
  });

  it.each([
    [2, false, 2],
    [3, false, 3],
    [3, true, 1],
  ])('has %i places, slowed down %s: %i', async (slots, slow, places) => {
    const host = new Host(virtualTime(), { slots, pause: 0 });
    if (slow) host.slowDown(1);
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const leave = await host.enter(never);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        leave();
      }),
    );
    expect(most).toBe(places);
  });

  it('that is closed sends everyone away, those who wait too', async () => {
    const host = new Host(virtualTime(), { slots: 1, pause: 0 });
    const leave = await host.enter(never);
    const waiting = [host.enter(never), host.enter(never)];
    host.close('was closed');
    leave();
    for (const one of [...waiting, host.enter(never)]) await expect(one).rejects.toThrow('was closed');
  });

  it('lets the interrupted go', async () => {
    const controller = new AbortController();
    const host = new Host(virtualTime(), { slots: 1, pause: 0 });
    const leave = await host.enter(never);
    const waiting = [host.enter(controller.signal), host.enter(controller.signal)];
    controller.abort(new Error('stop'));
    leave();
    for (const one of waiting) await expect(one).rejects.toThrow('stop');
    (await host.enter(never))();
  });
});
