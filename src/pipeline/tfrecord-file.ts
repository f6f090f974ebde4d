// TFRecord files of the steps, read in pieces so that their size does not matter.

import { createReadStream } from 'node:fs';
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

/**
 * The examples in a file of SequenceExamples, for a model with these encoding settings.
 * @throws MstError `bad-record` naming the file, where it is damaged or was made for another configuration
 */
export async function readExamples(path: string, encoding: EncodingSettings): Promise<Example[]> {
  const sizes = createEncoder(encoding);
  const examples: Example[] = [];
  for await (const record of recordsOfFile(path)) {
    const name = `${path}: record ${examples.length + 1}`;
    const { inputSize, inputs, labels } = decodeSequenceExample(record, name);
    const rows = Array.from(labels, (_, step) => inputs.subarray(step * inputSize, (step + 1) * inputSize));
    examples.push(exampleFromDense(rows, labels, sizes));
  }
  return examples;
}
