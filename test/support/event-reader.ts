// An independent reader of TensorBoard event files for tests, written from TensorFlow's event.proto and summary.proto: it shares no code
// with src, refuses fields it does not know, and keeps TensorBoard's rule that a session's start takes back what came at its step or after.

import { readTFRecords } from './tfrecord-reader.js';

export interface ReadEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  sessionStart?: true;
  scalars: Map<string, number>;
  images: Map<string, { width: number; height: number; colorspace: number; png: Uint8Array }>;
}

/** A message's fields by number, each with the values it has there: numbers, or the bytes of what has a length. */
function fieldsOf(bytes: Uint8Array, known: Readonly<Record<number, 'varint' | 'double' | 'float' | 'bytes'>>) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const kind = known[tag >> 3];
    if (kind === undefined || { varint: 0, double: 1, bytes: 2, float: 5 }[kind] !== (tag & 7)) throw new Error(`field with tag ${tag}`);
    let value: number | Uint8Array;
    if (kind === 'varint') value = varint();
    else {
      const length = kind === 'bytes' ? varint() : kind === 'double' ? 8 : 4;
      const block = bytes.subarray(at, at + length);
      if (block.length !== length) throw new Error('cut off');
      value = kind === 'bytes' ? block : kind === 'double' ? view.getFloat64(at, true) : view.getFloat32(at, true);
      at += length;
    }
    found.set(tag >> 3, [...(found.get(tag >> 3) ?? []), value]);
  }
  const one = (number: number): number | Uint8Array | undefined => {
    const values = found.get(number) ?? [];
    if (values.length > 1) throw new Error(`${values.length} times field ${number}`);
    return values[0];
  };
  return {
    number: (number: number) => (one(number) as number | undefined) ?? 0,
    has: (number: number) => found.has(number),
    bytes: (number: number) => one(number) as Uint8Array,
    text: (number: number) => new TextDecoder('utf-8', { fatal: true }).decode(one(number) as Uint8Array),
    all: (number: number) => (found.get(number) ?? []) as Uint8Array[],
  };
}

/** One event; exactly one of its kinds of content must be there. */
export function readEvent(record: Uint8Array): ReadEvent {
  const event = fieldsOf(record, { 1: 'double', 2: 'varint', 3: 'bytes', 5: 'bytes', 7: 'bytes' });
  if ([3, 5, 7].filter(event.has).length !== 1) throw new Error('an event has one content');
  const read: ReadEvent = { wallTime: event.number(1), step: event.number(2), scalars: new Map(), images: new Map() };
  if (event.has(3)) read.fileVersion = event.text(3);
  if (event.has(7)) {
    if (fieldsOf(event.bytes(7), { 1: 'varint' }).number(1) !== 1) throw new Error('not the start of a session');
    read.sessionStart = true;
  }
  if (!event.has(5)) return read;
  for (const bytes of fieldsOf(event.bytes(5), { 1: 'bytes' }).all(1)) {
    const value = fieldsOf(bytes, { 1: 'bytes', 2: 'float', 4: 'bytes' });
    const tag = value.text(1);
    if (read.scalars.has(tag) || read.images.has(tag)) throw new Error(`two values of ${tag}`);
    if (value.has(2) === value.has(4)) throw new Error('a value is a number or an image');
    if (value.has(2)) {
      read.scalars.set(tag, value.number(2));
    } else {
      const image = fieldsOf(value.bytes(4), { 1: 'varint', 2: 'varint', 3: 'varint', 4: 'bytes' });
      read.images.set(tag, { height: image.number(1), width: image.number(2), colorspace: image.number(3), png: image.bytes(4) });
    }
  }
  return read;
}

/** The events of a file, which begins with its version. */
export function readEventFile(bytes: Uint8Array): ReadEvent[] {
  const events = readTFRecords(bytes).map(readEvent);
  if (events[0]?.fileVersion !== 'brain.Event:2') throw new Error('the file does not begin with its version');
  if (events.slice(1).some(({ fileVersion }) => fileVersion !== undefined)) throw new Error('two versions');
  return events;
}

/** What TensorBoard shows of a folder's files, given in the order of their names: the events with values that were not taken back. */
export function shownEvents(files: readonly Uint8Array[]): ReadEvent[] {
  let shown: ReadEvent[] = [];
  let started = false;
  for (const event of files.flatMap(readEventFile)) {
    if (event.scalars.size > 0 || event.images.size > 0) shown.push(event);
    if (event.sessionStart) {
      if (started) shown = shown.filter(({ step }) => step < event.step);
      started = true;
    }
  }
  return shown;
}
