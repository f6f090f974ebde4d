// TFRecord files of the steps, read in pieces so that their size does not matter.

import { createReadStream, statSync } from 'node:fs';
import { MstError } from '../core/errors.js';
import type { EncodingSettings } from '../encoding/configuration.js';
import { createEncoder } from '../encoding/encoders.js';
import { type Example, exampleFromDense } from '../encoding/example.js';
import { decodeSequenceExample } from '../records/sequence-example.js';
import { RecordDecoder } from '../records/tfrecord.js';

/** The records of a file, in order. @throws MstError `bad-record` where the file is damaged */
export async function* recordsOfFile(path: string): AsyncGenerator<Uint8Array> {
  const decoder = new RecordDecoder({ name: path });
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) yield* decoder.push(piece as Uint8Array);
  decoder.end();
}

/** @throws MstError `not-found` unless there is a regular file */
export function requireFile(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new MstError('not-found', `There is no file ${path}.`, { hint: 'Check the path.' });
  if (!stat.isFile()) throw new MstError('not-found', `${path} is no file.`, { hint: 'Give a TFRecord file.' });
}

/** A SequenceExample of a file: its bytes, and what they say unless their inputs are of another size than the encoding's. */
interface ExampleRecord {
  readonly record: Uint8Array;
  readonly inputSize: number;
  readonly example: Example | undefined;
}

/**
 * The SequenceExamples in a file, in order, for a model with these encoding settings.
 * @throws MstError `bad-record` naming file and record, where it is damaged or was not made by such an encoder
 */
export async function* examplesOfFile(path: string, encoding: EncodingSettings): AsyncGenerator<ExampleRecord> {
  const sizes = createEncoder(encoding);
  let number = 0;
  for await (const record of recordsOfFile(path)) {
    const name = `${path}: record ${++number}`;
    const { inputSize, inputs, labels } = decodeSequenceExample(record, name);
    const fits = inputSize === sizes.inputSize || labels.length === 0;
    const rows = Array.from(labels, (_, step) => inputs.subarray(step * inputSize, (step + 1) * inputSize));
    yield { record, inputSize, example: fits ? named(name, () => exampleFromDense(rows, labels, sizes)) : undefined };
  }
}

function named<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof MstError)) throw error;
    throw new MstError(error.code, `${name}: ${error.message}`, { ...(error.hint !== undefined && { hint: error.hint }), cause: error });
  }
}

/**
 * The examples in a file of SequenceExamples, one by one.
 * @throws MstError `bad-record` naming file and record, where it is damaged or was made for another configuration
 */
export async function* fittingExamples(path: string, encoding: EncodingSettings): AsyncGenerator<Example> {
  let number = 0;
  for await (const { inputSize, example } of examplesOfFile(path, encoding)) {
    number++;
    if (example === undefined) {
      throw new MstError('bad-record', `${path}: record ${number} has inputs of ${inputSize} values.`, {
        hint: 'The examples belong to another configuration; make them again with `mst examples`.',
      });
    }
    yield example;
  }
}

/** All examples in a file of SequenceExamples. @throws MstError as `fittingExamples` */
export async function readExamples(path: string, encoding: EncodingSettings): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const example of fittingExamples(path, encoding)) examples.push(example);
  return examples;
}
