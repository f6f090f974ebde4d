// Notes of a NoteSequence as bytes and back: a song has thousands of them and little else, so they are coded by hand instead of by the table
// in note-sequence.ts, to the same bytes and values.
import type { Note } from '../music/note-sequence.js';
import { type WireReader, WireType, type WireWriter } from './wire.js';

const varintTag = (number: number): number => number * 8 + WireType.varint;
const doubleTag = (number: number): number => number * 8 + WireType.fixed64;

/** Writes the fields of a note, unless one has a value it cannot hold: then it writes nothing and returns false. */
export function writeNote(writer: WireWriter, note: Note): boolean {
  const { pitch, velocity, startTime, endTime, instrument, program, isDrum, quantizedStartStep = 0, quantizedEndStep = 0 } = note;
  const { numerator = 0, denominator = 0, part = 0, pitchName = 0, voice = 0 } = note;
  const whole = isInt32(pitch) && isInt32(velocity) && isInt32(instrument) && isInt32(program) && isInt32(part) && isInt32(voice);
  const rare = isInt32(numerator) && isInt32(denominator) && isInt32(pitchName);
  if (!whole || !rare || !Number.isSafeInteger(quantizedStartStep) || !Number.isSafeInteger(quantizedEndStep)) return false;
  writer.plainInt(varintTag(1), pitch);
  writer.plainInt(varintTag(2), velocity);
  writer.plainDouble(doubleTag(3), startTime);
  writer.plainDouble(doubleTag(4), endTime);
  writer.plainInt(varintTag(5), numerator);
  writer.plainInt(varintTag(6), denominator);
  writer.plainInt(varintTag(7), instrument);
  writer.plainInt(varintTag(8), program);
  writer.plainInt(varintTag(9), isDrum ? 1 : 0);
  writer.plainInt(varintTag(10), part);
  writer.plainInt(varintTag(11), pitchName);
  writer.plainInt(varintTag(12), voice);
  writer.plainInt(varintTag(13), quantizedStartStep);
  writer.plainInt(varintTag(14), quantizedEndStep);
  return true;
}

function isInt32(value: number): boolean {
  return value === (value | 0);
}

/** Reads a note up to the reader's end. */
export function readNote(reader: WireReader): Note {
  const note: Note = { pitch: 0, velocity: 0, startTime: 0, endTime: 0, instrument: 0, program: 0, isDrum: false };
  const varint = (field: string): void => reader.expect(WireType.varint, field);
  for (let number = reader.tag(); number !== 0; number = reader.tag()) {
    switch (number) {
      case 1:
        varint('Note.pitch');
        note.pitch = reader.int32();
        break;
      case 2:
        varint('Note.velocity');
        note.velocity = reader.int32();
        break;
      case 3:
        reader.expect(WireType.fixed64, 'Note.startTime');
        note.startTime = reader.double();
        break;
      case 4:
        reader.expect(WireType.fixed64, 'Note.endTime');
        note.endTime = reader.double();
        break;
      case 5:
        varint('Note.numerator');
        note.numerator = reader.int32();
        break;
      case 6:
        varint('Note.denominator');
        note.denominator = reader.int32();
        break;
      case 7:
        varint('Note.instrument');
        note.instrument = reader.int32();
        break;
      case 8:
        varint('Note.program');
        note.program = reader.int32();
        break;
      case 9:
        varint('Note.isDrum');
        note.isDrum = reader.bool();
        break;
      case 10:
        varint('Note.part');
        note.part = reader.int32();
        break;
      case 11:
        varint('Note.pitchName');
        note.pitchName = reader.int32();
        break;
      case 12:
        varint('Note.voice');
        note.voice = reader.int32();
        break;
      case 13:
        varint('Note.quantizedStartStep');
        note.quantizedStartStep = reader.int64();
        break;
      case 14:
        varint('Note.quantizedEndStep');
        note.quantizedEndStep = reader.int64();
        break;
      default:
        reader.skip();
    }
  }
  return note;
}
