// Protocol buffer messages described as tables: one table per message, read by both the encoder and the decoder.
import { WireReader, type WireSource, WireType, WireWriter } from './wire.js';

type Scalar = 'int32' | 'int64' | 'enum' | 'bool' | 'fixed32' | 'float' | 'double' | 'string' | 'bytes';
interface ScalarValue {
  int32: number;
  int64: number;
  enum: number;
  bool: boolean;
  fixed32: number;
  float: number;
  double: number;
  string: string;
  bytes: Uint8Array;
}

/**
 * How a field stands in its message: `plain` has its default when absent and is not written then; `optional` likewise, but stays undefined
 * when absent; `present` is written whenever defined (members of a oneof, and every nested message); `repeated` is a list.
 */
type Rule = 'plain' | 'optional' | 'present' | 'repeated';

/** A field whose value in the message object has type V. */
export interface Field<V> {
  readonly number: number;
  readonly type: Scalar | (() => Schema<object>);
  readonly rule: Rule;
  /** Carries V for the compiler only. */
  readonly value?: V;
}

export interface Schema<T extends object> {
  readonly name: string;
  /** A message with nothing in it. */
  readonly create: () => T;
  /** In the order of field numbers, which is the order of writing. */
  readonly fields: readonly (readonly [name: string, field: Field<unknown>])[];
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field<unknown>]>;
  readonly quick?: QuickCodec;
}

/** A message that comes by the thousand, coded by hand to the same bytes and values as its table would give. */
export interface QuickCodec {
  /** Writes the fields, or does nothing and returns false where the table is to decide. */
  write(writer: WireWriter, value: object): boolean;
  /** Reads a message up to the reader's end. */
  read(reader: WireReader): object;
}

export const plain = <S extends Scalar>(number: number, type: S): Field<ScalarValue[S]> => ({ number, type, rule: 'plain' });
export const optional = <S extends Scalar>(number: number, type: S): Field<ScalarValue[S]> => ({ number, type, rule: 'optional' });
export const present = <S extends Scalar>(number: number, type: S): Field<ScalarValue[S]> => ({ number, type, rule: 'present' });
export const repeated = <S extends Scalar>(number: number, type: S): Field<ScalarValue[S][]> => ({ number, type, rule: 'repeated' });
/** The schema comes as a function, since messages may hold each other. */
export const nested = <T extends object>(number: number, schema: () => Schema<T>): Field<T> => ({
  number,
  type: schema as () => Schema<object>,
  rule: 'present',
});
export const nestedList = <T extends object>(number: number, schema: () => Schema<T>): Field<T[]> => ({
  number,
  type: schema as () => Schema<object>,
  rule: 'repeated',
});

/** A message type: every property of T with its field. */
export function message<T extends object>(
  name: string,
  table: { [K in keyof T]-?: Field<Exclude<T[K], undefined>> },
  quick?: QuickCodec,
): Schema<T> {
  const fields = (Object.entries(table) as [string, Field<unknown>][]).sort(([, a], [, b]) => a.number - b.number);
  const create = (): T => {
    const target: Record<string, unknown> = {};
    for (const [key, { rule, type }] of fields) {
      if (rule === 'repeated') target[key] = [];
      else if (rule === 'plain') target[key] = type === 'string' ? '' : type === 'bool' ? false : type === 'bytes' ? new Uint8Array(0) : 0;
    }
    return target as T;
  };
  return { name, create, fields, byNumber: new Map(fields.map((entry) => [entry[1].number, entry])), ...(quick && { quick }) };
}

/** Messages nested deeper than this are refused; a sound one goes a few levels down. */
const deepest = 64;

/** Reads a message. Unknown fields are passed over. Throws MstError with the source's code for anything malformed. */
export function decodeMessage<T extends object>(schema: Schema<T>, bytes: Uint8Array, source: WireSource): T {
  const target = schema.create();
  readInto(new WireReader(bytes, source), schema, target, 0);
  return target;
}

function readInto(reader: WireReader, schema: Schema<object>, target: object, depth: number): void {
  if (depth > deepest) reader.fail(`messages are nested more than ${deepest} deep`);
  const values = target as Record<string, unknown>;
  for (let number = reader.tag(); number !== 0; number = reader.tag()) {
    const entry = schema.byNumber.get(number);
    if (!entry) {
      reader.skip();
      continue;
    }
    const [key, { type, rule }] = entry;
    const name = `${schema.name}.${key}`;
    if (typeof type === 'function') {
      reader.expect(WireType.bytes, name);
      const outerEnd = reader.end;
      reader.end = reader.lengthEnd();
      const inner = type();
      if (rule === 'repeated') reader.countItem();
      if (rule === 'repeated' && inner.quick !== undefined) {
        (values[key] as object[]).push(inner.quick.read(reader));
        reader.end = outerEnd;
        continue;
      }
      // A single message that comes twice is merged, as the format asks.
      const value = (rule === 'repeated' ? undefined : (values[key] as object | undefined)) ?? inner.create();
      readInto(reader, inner, value, depth + 1);
      reader.end = outerEnd;
      if (rule === 'repeated') (values[key] as object[]).push(value);
      else values[key] = value;
    } else if (rule === 'repeated') {
      const list = values[key] as unknown[];
      const packable = type !== 'string' && type !== 'bytes';
      if (packable && reader.wireType === WireType.bytes) {
        const outerEnd = reader.end;
        const end = reader.lengthEnd();
        reader.end = end;
        while (reader.at < end) {
          reader.countItem();
          list.push(readScalar(reader, type));
        }
        reader.end = outerEnd;
      } else {
        reader.expect(wireTypes[type], name);
        reader.countItem();
        list.push(readScalar(reader, type));
      }
    } else {
      reader.expect(wireTypes[type], name);
      values[key] = readScalar(reader, type);
    }
  }
}

const wireTypes: Record<Scalar, number> = {
  int32: WireType.varint,
  int64: WireType.varint,
  enum: WireType.varint,
  bool: WireType.varint,
  fixed32: WireType.fixed32,
  float: WireType.fixed32,
  double: WireType.fixed64,
  string: WireType.bytes,
  bytes: WireType.bytes,
};

function readScalar(reader: WireReader, type: Scalar): unknown {
  switch (type) {
    case 'int32':
    case 'enum':
      return reader.int32();
    case 'int64':
      return reader.int64();
    case 'bool':
      return reader.bool();
    case 'fixed32':
      return reader.fixed32();
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'string':
      return reader.text();
    case 'bytes':
      return reader.block().slice();
  }
}

/** Writes one message after another, so that its room is made once. */
const shared = new WireWriter();

/**
 * The bytes of a message: fields in the order of their numbers, defaults left out, lists of numbers packed.
 * @throws RangeError for a value its field cannot hold (a fraction in an integer field, say).
 */
export function encodeMessage<T extends object>(schema: Schema<T>, value: T): Uint8Array<ArrayBuffer> {
  shared.clear();
  writeFields(shared, schema, value);
  return shared.finish();
}

function writeFields(writer: WireWriter, schema: Schema<object>, source: object): void {
  const values = source as Record<string, unknown>;
  const { fields } = schema;
  for (let k = 0; k < fields.length; k++) {
    const [key, field] = fields[k] as (typeof fields)[number];
    const value = values[key];
    if (value === undefined) continue;
    const { number, type, rule } = field;
    if (typeof type === 'function') {
      const inner = type();
      if (rule === 'repeated') for (const item of value as object[]) writeNested(writer, number, inner, item);
      else writeNested(writer, number, inner, value as object);
    } else if (rule === 'repeated') {
      writeList(writer, number, type, value as unknown[], () => `${schema.name}.${key}`);
    } else if (rule === 'present' || !isDefault(type, value)) {
      if (!holds(type, value)) throw misfit(`${schema.name}.${key}`, type, value);
      writer.tag(number, wireTypes[type]);
      writeScalar(writer, type, value);
    }
  }
}

function writeNested(writer: WireWriter, number: number, schema: Schema<object>, item: object): void {
  writer.tag(number, WireType.bytes);
  const start = writer.open();
  if (!schema.quick?.write(writer, item)) writeFields(writer, schema, item);
  writer.close(start);
}

function writeList(writer: WireWriter, number: number, type: Scalar, list: readonly unknown[], name: () => string): void {
  const unfit = list.find((item) => !holds(type, item));
  if (unfit !== undefined) throw misfit(name(), type, unfit);
  if (type === 'string' || type === 'bytes') {
    for (const item of list) {
      writer.tag(number, WireType.bytes);
      writeScalar(writer, type, item);
    }
  } else if (list.length > 0) {
    writer.tag(number, WireType.bytes);
    const start = writer.open();
    for (const item of list) writeScalar(writer, type, item);
    writer.close(start);
  }
}

function isDefault(type: Scalar, value: unknown): boolean {
  // Minus zero is a value of its own.
  if (typeof value === 'number') return value === 0 && (1 / value > 0 || (type !== 'double' && type !== 'float'));
  return type === 'bytes' ? (value as Uint8Array).length === 0 : value === '' || value === false;
}

/** Whether a field of this type can hold a value. */
function holds(type: Scalar, value: unknown): boolean {
  if (type === 'int32' || type === 'enum') return value === ((value as number) | 0);
  return type !== 'int64' || Number.isSafeInteger(value);
}

function misfit(name: string, type: Scalar, value: unknown): RangeError {
  return new RangeError(`${name} is ${value}, which is not an ${type === 'int64' ? 'exact integer' : 'int32'}`);
}

function writeScalar(writer: WireWriter, type: Scalar, value: unknown): void {
  switch (type) {
    case 'int32':
    case 'enum':
    case 'int64':
      writer.int64(value as number);
      return;
    case 'bool':
      writer.int64(value === true ? 1 : 0);
      return;
    case 'fixed32':
      writer.fixed32(value as number);
      return;
    case 'float':
      writer.float(value as number);
      return;
    case 'double':
      writer.double(value as number);
      return;
    case 'string':
      writer.text(value as string);
      return;
    case 'bytes':
      writer.block(value as Uint8Array);
  }
}
