// Expected order: a stable sort of the same events, done here.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../../src/session/clock/event-queue.js';

const drained = (queue: EventQueue): number[] => {
  const ids: number[] = [];
  while (queue.count > 0) {
    ids.push(queue.id);
    queue.shift();
  }
  return ids;
};

const events = fc.array(fc.record({ time: fc.integer({ min: 0, max: 20 }), voice: fc.integer({ min: 0, max: 3 }) }), { maxLength: 100 });

test('events come out by time, and of the same time in the order they came', () => {
  fc.assert(
    fc.property(events, (list) => {
      const queue = new EventQueue(100);
      for (const [id, { time, voice }] of list.entries()) queue.push(time / 4, voice, 7, id);
      const expected = list.map(({ time }, id) => ({ time, id })).sort((a, b) => a.time - b.time || a.id - b.id);
      expect(drained(queue)).toEqual(expected.map(({ id }) => id));
    }),
  );
});

test('a voice is taken back from a time on; everything else stays in order', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 21 }), (list, voice, from) => {
      const queue = new EventQueue(100);
      for (const [id, event] of list.entries()) queue.push(event.time, event.voice, 7, id);
      const kept = list.map((event, id) => ({ ...event, id })).filter((event) => event.voice !== voice || event.time < from);
      expect(queue.remove(voice, from)).toBe(list.length - kept.length);
      expect(drained(queue)).toEqual(kept.sort((a, b) => a.time - b.time || a.id - b.id).map(({ id }) => id));
    }),
  );
});

test('it holds as many as its capacity', () => {
  const queue = new EventQueue(3);
  for (let id = 0; id < 3; id++) queue.push(1, 2, 3, id);
  expect(queue.count).toBe(3);
  expect([queue.time, queue.voice, queue.message]).toEqual([1, 2, 3]);
  expect(drained(queue)).toEqual([0, 1, 2]);
});
