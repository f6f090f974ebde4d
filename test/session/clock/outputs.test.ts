// Expected bytes are written out from the MIDI specification: 9n note-on, 8n note-off, Bn 40 00 pedal up, Bn 7b 00 all notes off, Bn 78 00 all
// sound off.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Output } from '../../../src/session/clock/output.js';
import { Outputs } from '../../../src/session/clock/outputs.js';
import { packMessage, unpackMessage } from '../../../src/session/clock/packed-message.js';

class Heard implements Output {
  readonly messages: string[] = [];
  broken = false;
  closed = false;

  send(message: number): void {
    if (this.broken) throw new Error('gone');
    this.messages.push(Buffer.from(unpackMessage(message)).toString('hex'));
  }
  close(): void {
    this.closed = true;
  }
}

const YOU = 0;
const MODEL = 1;
const bytes = (hex: string): number => packMessage(Buffer.from(hex, 'hex'));

function start(failures: unknown[] = []) {
  const outputs = new Outputs(
    () => 0,
    (place, error) => failures.push([place, (error as Error).message]),
  );
  const heard = [new Heard(), new Heard()] as const;
  outputs.open(0, heard[0]);
  outputs.open(1, heard[1]);
  outputs.route(YOU, 0b01);
  outputs.route(MODEL, 0b10);
  return { outputs, heard };
}

test('messages survive packing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0x80, max: 0xff }), fc.array(fc.integer({ min: 0, max: 0x7f }), { maxLength: 2 }), (status, data) => {
      expect([...unpackMessage(packMessage([status, ...data]))]).toEqual([status, ...data]);
    }),
  );
});

test.each([[[]], [[0x40]], [[0x90, 0x80, 1]], [[0x90, 60, 256]], [[0xf0, 1, 2, 0xf7]]])('%j is refused', (message) => {
  expect(() => packMessage(message)).toThrow(/not a MIDI message/);
});

test('voices go where they are routed', () => {
  const { outputs, heard } = start();
  outputs.send(YOU, bytes('903c40'), 0);
  outputs.send(MODEL, bytes('914040'), 0);
  outputs.route(MODEL, 0b11);
  outputs.send(MODEL, bytes('914340'), 0);
  expect(heard.map(({ messages }) => messages)).toEqual([
    ['903c40', '914340'],
    ['914040', '914340'],
  ]);
});

test('silence ends what sounds, whoever plays it, on every channel that was used', () => {
  const { outputs, heard } = start();
  for (const message of ['903c40', '904040', '803c00', '95500a', '955000', '956001']) outputs.send(YOU, bytes(message), 0);
  heard[0].messages.length = 0;
  outputs.silence(false);
  expect(heard[0].messages).toEqual(['804000', '856000', 'b04000', 'b07b00', 'b54000', 'b57b00']);
  expect(heard[1].messages).toEqual([]);
});

test('a hard silence also ends what rings on', () => {
  const { outputs, heard } = start();
  outputs.send(YOU, bytes('c305'), 0);
  outputs.silence(true);
  expect(heard[0].messages).toEqual(['c305', 'b34000', 'b37b00', 'b37800']);
});

test('a voice that goes elsewhere, or an output that closes, leaves nothing sounding', () => {
  const { outputs, heard } = start();
  outputs.send(MODEL, bytes('913c40'), 0);
  outputs.route(MODEL, 0b01);
  expect(heard[1].messages).toEqual(['913c40', '813c00']);
  outputs.send(MODEL, bytes('914040'), 0);
  outputs.close(0);
  expect(heard[0].messages).toEqual(['914040', '814000', 'b14000', 'b17b00']);
  expect(heard[0].closed).toBe(true);
});

test('what is taken back too late is ended, what began before goes on', () => {
  const { outputs, heard } = start();
  outputs.send(MODEL, bytes('913c40'), 1);
  outputs.send(MODEL, bytes('914040'), 2);
  outputs.takeBack(MODEL, 1.5);
  expect(heard[1].messages).toEqual(['913c40', '914040', '814000']);
});

test('an output that fails is told of once; when it is back, what it held is ended before it plays on', () => {
  const failures: unknown[] = [];
  const { outputs, heard } = start(failures);
  outputs.send(YOU, bytes('903c40'), 0);
  heard[0].broken = true;
  outputs.send(YOU, bytes('904040'), 0);
  outputs.send(YOU, bytes('904340'), 0);
  expect(failures).toEqual([[0, 'gone']]);
  const again = new Heard();
  outputs.open(0, again);
  outputs.send(YOU, bytes('904540'), 0);
  // Whether 64 (0x40), whose sending failed, sounds there nobody knows: ending it does no harm.
  expect(again.messages).toEqual(['803c00', '804000', 'b04000', 'b07b00', '904540']);
});

test('a note whose very end could not be written is ended when the output is back', () => {
  const { outputs, heard } = start();
  outputs.send(YOU, bytes('903c40'), 0);
  heard[0].broken = true;
  outputs.send(YOU, bytes('803c00'), 1);
  const back = new Heard();
  outputs.open(0, back);
  outputs.send(YOU, bytes('903e40'), 2);
  expect(back.messages[0]).toBe('803c00');
  expect(back.messages.at(-1)).toBe('903e40');
});

test('an output in a place that was closed in order begins clean', () => {
  const { outputs } = start();
  outputs.send(YOU, bytes('903c40'), 0);
  outputs.close(0);
  const next = new Heard();
  outputs.open(0, next);
  expect(next.messages).toEqual([]);
});

/** Whatever is done, nothing sounds after silence: a note-on without a note-off after it, by this count. */
test('however notes, routes, losses and silence mix, every output ends silent', () => {
  const step = fc.oneof(
    fc.record({
      type: fc.constant('send' as const),
      voice: fc.constantFrom(YOU, MODEL),
      message: fc.tuple(fc.constantFrom(0x90, 0x80, 0x91), fc.integer({ min: 60, max: 63 }), fc.constantFrom(0, 64)),
    }),
    fc.record({ type: fc.constant('route' as const), voice: fc.constantFrom(YOU, MODEL), bits: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ type: fc.constant('take-back' as const), voice: fc.constantFrom(YOU, MODEL), from: fc.integer({ min: 0, max: 30 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { outputs, heard } = start();
      for (const [time, action] of steps.entries()) {
        if (action.type === 'send') outputs.send(action.voice, packMessage(action.message), time);
        else if (action.type === 'route') outputs.route(action.voice, action.bits);
        else outputs.takeBack(action.voice, action.from);
      }
      outputs.silence(false);
      for (const { messages } of heard) {
        const sounding = new Set<string>();
        for (const message of messages) {
          const note = message.slice(1, 4);
          if (message.startsWith('9') && !message.endsWith('00')) sounding.add(note);
          else if (/^[89]/.test(message)) sounding.delete(note);
        }
        expect([...sounding]).toEqual([]);
      }
    }),
  );
});
