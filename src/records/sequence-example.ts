// SequenceExample: the inputs and labels of one melody as TensorFlow reads them (spec E.2). Training writes and reads millions of steps of
// this one shape, so it is coded by hand instead of going through message.ts.
import { MstError } from '../core/errors.js';
import { WireReader, WireType } from './wire.js';

export interface SequenceExample {
  /** Numbers per step. */
  inputSize: number;
  /** steps * inputSize numbers, step by step. */
  inputs: Float32Array;
  /** One class index, 0 or more, per step. */
  labels: ArrayLike<number>;
}

/** Inputs that are nearly all 0: those of a step are +1 or -1, as in `signs`, in its `columns`, at rowStart[step] up to rowStart[step + 1]. */
export interface SparseInputs {
  rowStart: ArrayLike<number>;
  columns: ArrayLike<number>;
  signs: ArrayLike<number>;
}

/** What `decodeSequenceExample` gives. */
export interface DecodedSequenceExample extends SequenceExample {
  inputs: Float32Array<ArrayBuffer>;
  labels: Int32Array<ArrayBuffer>;
}

// SequenceExample.feature_lists 2 > FeatureLists.feature_list 1 (a map: key 1, value 2) > FeatureList.feature 1 >
// Feature.float_list 2 or int64_list 3 > value 1, packed.
const featureListsField = 2;
const mapEntryField = 1;
const keyField = 1;
const valueField = 2;
const featureField = 1;
const floatListField = 2;
const int64ListField = 3;
const packedField = 1;
const tagOf = (field: number): number => field * 8 + WireType.bytes;

// Every tag is one byte; a nested message is its tag, its length and itself.
const nestedSize = (length: number): number => 1 + varintSize(length) + length;
const keySize = nestedSize('inputs'.length);
const labelsKey = [...'labels'].map((letter) => letter.charCodeAt(0));
const inputsKey = [...'inputs'].map((letter) => letter.charCodeAt(0));

function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
}

function writeVarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest > 127) {
    out[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

/** Writes a nested message's tag and length; what follows is up to the caller. */
function open(out: Uint8Array, at: number, field: number, length: number): number {
  out[at] = tagOf(field);
  return writeVarint(out, at + 1, length);
}

/**
 * The bytes TensorFlow would write, labels first as it happened to do.
 * @throws MstError `bad-record` when inputs, labels and inputSize do not belong together, or a label is not a 32-bit index.
 */
export function encodeSequenceExample({
  inputSize,
  inputs,
  labels,
}: Omit<SequenceExample, 'inputs'> & { inputs: Float32Array | SparseInputs }): Uint8Array<ArrayBuffer> {
  const steps = labels.length;
  const fits = inputs instanceof Float32Array ? inputs.length === steps * inputSize : areRows(inputs, steps, inputSize);
  if (!Number.isSafeInteger(inputSize) || inputSize < 1 || !fits) throw misfit(`the inputs do not make ${steps} steps of ${inputSize}`);
  const labelsSize = sizeOfLabels(labels);
  const inputsSize = steps * nestedSize(nestedSize(nestedSize(4 * inputSize)));
  const labelsEntry = keySize + nestedSize(labelsSize);
  const inputsEntry = keySize + nestedSize(inputsSize);
  const listsSize = nestedSize(labelsEntry) + nestedSize(inputsEntry);
  if (listsSize > 0x7fffffff) throw misfit(`${steps} steps of ${inputSize} take more than the 2 GiB a message may have`);

  const out = new Uint8Array(nestedSize(listsSize));
  let at = open(out, 0, featureListsField, listsSize);
  at = open(out, at, mapEntryField, labelsEntry);
  at = open(out, at, keyField, labelsKey.length);
  out.set(labelsKey, at);
  at = open(out, at + labelsKey.length, valueField, labelsSize);
  at = writeLabels(out, at, labels);
  at = open(out, at, mapEntryField, inputsEntry);
  at = open(out, at, keyField, inputsKey.length);
  out.set(inputsKey, at);
  at = open(out, at + inputsKey.length, valueField, inputsSize);
  if (inputs instanceof Float32Array) writeDenseRows(out, at, inputs, inputSize);
  else writeSparseRows(out, at, inputs, inputSize);
  return out;
}

/** Bytes of the list of labels: FeatureList > Feature > Int64List > packed value, from the inside out. */
function sizeOfLabels(labels: ArrayLike<number>): number {
  let size = 0;
  for (let step = 0; step < labels.length; step++) {
    const label = labels[step] as number;
    if (label !== label >>> 0 || label > 0x7fffffff) throw misfit(`the label ${label} of step ${step} is not an index`);
    size += nestedSize(nestedSize(nestedSize(varintSize(label))));
  }
  return size;
}

function writeLabels(out: Uint8Array, from: number, labels: ArrayLike<number>): number {
  let at = from;
  for (let step = 0; step < labels.length; step++) {
    const label = labels[step] as number;
    const size = varintSize(label);
    // These lengths are below 128: one byte each.
    out[at] = tagOf(featureField);
    out[at + 1] = size + 4;
    out[at + 2] = tagOf(int64ListField);
    out[at + 3] = size + 2;
    out[at + 4] = tagOf(packedField);
    out[at + 5] = size;
    at = writeVarint(out, at + 6, label);
  }
  return at;
}

/** Writes the heads of a step of inputs and returns where its values begin. */
function openRow(out: Uint8Array, from: number, inputSize: number): number {
  const valuesSize = 4 * inputSize;
  const floatListSize = nestedSize(valuesSize);
  let at = open(out, from, featureField, nestedSize(floatListSize));
  at = open(out, at, floatListField, floatListSize);
  return open(out, at, packedField, valuesSize);
}

function writeDenseRows(out: Uint8Array, from: number, inputs: Float32Array, inputSize: number): void {
  const view = new DataView(out.buffer);
  let at = from;
  for (let next = 0; next < inputs.length; ) {
    at = openRow(out, at, inputSize);
    for (const end = at + 4 * inputSize; at < end; at += 4) view.setFloat32(at, inputs[next++] as number, true);
  }
}

function writeSparseRows(out: Uint8Array, from: number, { rowStart, columns, signs }: SparseInputs, inputSize: number): void {
  let at = from;
  let next = 0;
  for (let step = 1; step < rowStart.length; step++) {
    at = openRow(out, at, inputSize);
    for (const end = rowStart[step] as number; next < end; next++) {
      // +1 or -1, of whose four bytes two are not 0.
      const place = at + 4 * (columns[next] as number);
      out[place + 2] = 0x80;
      out[place + 3] = (signs[next] as number) > 0 ? 0x3f : 0xbf;
    }
    at += 4 * inputSize;
  }
}

/** Whether these are so many rows of columns below `inputSize`. */
function areRows({ rowStart, columns, signs }: SparseInputs, steps: number, inputSize: number): boolean {
  if (rowStart.length !== steps + 1 || rowStart[0] !== 0 || rowStart[steps] !== columns.length || signs.length !== columns.length)
    return false;
  for (let step = 0; step < steps; step++) if ((rowStart[step + 1] as number) < (rowStart[step] as number)) return false;
  for (let k = 0; k < columns.length; k++) if (!((columns[k] as number) < inputSize)) return false;
  return true;
}

function misfit(problem: string): MstError {
  return new MstError('bad-record', `The example cannot be written: ${problem}.`, { hint: 'Encode the melody again.' });
}

/**
 * Reads a SequenceExample with the feature lists "inputs" and "labels", in either order; other lists are passed over.
 * An example without steps has inputSize 0.
 * @param name what messages call the bytes, e.g. a file and record number.
 * @throws MstError `bad-record` for bytes of another kind, steps of unequal size, or unequal numbers of inputs and labels.
 */
export function decodeSequenceExample(bytes: Uint8Array, name = 'The SequenceExample'): DecodedSequenceExample {
  const hint = 'These bytes are damaged or are no examples of melodies. Make them again with `mst examples`.';
  const reader = new WireReader(bytes, { code: 'bad-record', what: name, hint });
  const lists = findLists(reader);
  if (!lists.inputs || !lists.labels) {
    throw new MstError('bad-record', `${name} has no list "${lists.inputs ? 'labels' : 'inputs'}".`, { hint });
  }
  const steps = countFeatures(reader, lists.inputs);
  const labels = new Int32Array(countFeatures(reader, lists.labels));
  if (labels.length !== steps) throw new MstError('bad-record', `${name} has ${steps} inputs but ${labels.length} labels.`, { hint });

  let inputSize = -1;
  // Made when the first step has told its size; never more than the bytes that came.
  let inputs = new Float32Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let next = 0;
  let step = 0;
  eachFeature(reader, lists.inputs, () => {
    const { from, to } = onlyPackedList(reader, floatListField, 'a step of inputs');
    const size = (to - from) / 4;
    if (inputSize < 0) {
      if (size < 1 || to - from > bytes.length / steps) reader.fail('the steps of inputs differ in size');
      inputSize = size;
      inputs = new Float32Array(steps * size);
    }
    if (size !== inputSize) reader.fail(`step ${step} has ${size} inputs where the first had ${inputSize}`);
    for (let at = from; at < to; at += 4) inputs[next++] = view.getFloat32(at, true);
    step++;
  });
  step = 0;
  eachFeature(reader, lists.labels, () => {
    const { from, to } = onlyPackedList(reader, int64ListField, 'a label');
    reader.at = from;
    reader.end = to;
    const label = from < to ? reader.int64() : -1;
    if (reader.at !== to || label < 0 || label > 0x7fffffff) reader.fail(`step ${step} does not have one label of 0 or more`);
    labels[step++] = label;
  });
  return { inputSize: Math.max(inputSize, 0), inputs, labels };
}

interface Span {
  from: number;
  to: number;
}

/** Reads a nested message's length and returns where it stands, leaving the reader after it. */
function span(reader: WireReader): Span {
  const to = reader.lengthEnd();
  const from = reader.at;
  reader.at = to;
  return { from, to };
}

/** Runs `each` for every field of that number in a message, the reader then standing behind its tag; other fields are passed over. */
function eachField(reader: WireReader, { from, to }: Span, field: number, each: () => void): void {
  reader.at = from;
  reader.end = to;
  for (let number = reader.tag(); number !== 0; number = reader.tag()) {
    if (number === field) {
      each();
      reader.end = to;
    } else reader.skip();
  }
}

/** The last value of each list, as the format asks of a map whose keys come twice. */
function findLists(reader: WireReader): { inputs: Span | undefined; labels: Span | undefined } {
  const found: { inputs: Span | undefined; labels: Span | undefined } = { inputs: undefined, labels: undefined };
  eachField(reader, { from: 0, to: reader.end }, featureListsField, () => {
    reader.expect(WireType.bytes, 'SequenceExample.feature_lists');
    const lists = span(reader);
    eachField(reader, lists, mapEntryField, () => {
      reader.expect(WireType.bytes, 'FeatureLists.feature_list');
      const entry = span(reader);
      let key = '';
      let value: Span = { from: entry.to, to: entry.to };
      reader.at = entry.from;
      reader.end = entry.to;
      for (let number = reader.tag(); number !== 0; number = reader.tag()) {
        if (number !== keyField && number !== valueField) {
          reader.skip();
          continue;
        }
        reader.expect(WireType.bytes, 'FeatureLists.feature_list');
        if (number === keyField) key = reader.text();
        else value = span(reader);
      }
      if (key === 'inputs' || key === 'labels') found[key] = value;
    });
  });
  return found;
}

function countFeatures(reader: WireReader, list: Span): number {
  let count = 0;
  eachField(reader, list, featureField, () => {
    reader.expect(WireType.bytes, 'FeatureList.feature');
    span(reader);
    count++;
  });
  return count;
}

/** Runs `each` for every feature of a list, the reader standing at its start and ending with it. */
function eachFeature(reader: WireReader, list: Span, each: () => void): void {
  eachField(reader, list, featureField, () => {
    const { from, to } = span(reader);
    reader.at = from;
    reader.end = to;
    each();
    reader.at = to;
  });
}

/** Where the packed numbers of a feature stand that holds one list of this kind and nothing else. */
function onlyPackedList(reader: WireReader, kind: number, what: string): Span {
  const feature = reader.end;
  if (reader.tag() !== kind || reader.wireType !== WireType.bytes) reader.fail(`${what} is not of its kind`);
  reader.end = reader.lengthEnd();
  const listEnd = reader.end;
  if (reader.tag() !== packedField || reader.wireType !== WireType.bytes) reader.fail(`${what} is not packed`);
  const { from, to } = span(reader);
  if (to !== listEnd || to !== feature) reader.fail(`${what} holds more than one list of numbers`);
  return { from, to };
}
