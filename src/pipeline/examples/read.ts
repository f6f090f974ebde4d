// Examples read back from their files, those of step 3 and those of others, each checked against the encoding it is to be of.

import { atPlace, MstError } from '../../core/errors.js';
import { CONFIG_NAMES, type ConfigName, configuration, type EncodingSettings } from '../../encoding/configuration.js';
import type { Encoder } from '../../encoding/encoder.js';
import { createEncoder } from '../../encoding/encoders.js';
import { type Example, exampleFromDense } from '../../encoding/example.js';
import { decodeSequenceExample } from '../../records/sequence-example.js';
import { recordsOfFile } from '../tfrecord-file.js';

/**
 * The examples in a file, one by one, each with its record's bytes.
 * @throws MstError `bad-record` as `decodeExample`, and where the file is damaged
 */
export async function* examplesOfFile(
  path: string,
  encoding: EncodingSettings,
): AsyncGenerator<{ readonly record: Uint8Array; readonly example: Example }> {
  const encoder = createEncoder(encoding);
  let number = 0;
  for await (const record of recordsOfFile(path)) {
    yield { record, example: decodeExample(record, `${path}: record ${++number}`, encoder) };
  }
}

/** All examples in a file. @throws MstError as `examplesOfFile` */
export async function readExamples(path: string, encoding: EncodingSettings): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const { example } of examplesOfFile(path, encoding)) examples.push(example);
  return examples;
}

/**
 * The example in a record.
 * @param name what the record is called in errors
 * @throws MstError `bad-record` when it is no SequenceExample, of another configuration, or not what such an encoder makes
 */
export function decodeExample(record: Uint8Array, name: string, encoder: Encoder): Example {
  const { inputSize, inputs, labels } = decodeSequenceExample(record, name);
  if (inputSize !== encoder.inputSize && labels.length > 0) throw misfit(name, inputSize, encoder);
  const rows = Array.from(labels, (_, step) => inputs.subarray(step * inputSize, (step + 1) * inputSize));
  return atPlace(name, () => exampleFromDense(rows, labels, encoder));
}

function misfit(name: string, inputSize: number, encoder: Encoder): MstError {
  const sizeOf = (config: ConfigName): number => createEncoder(configuration(config).encoding).inputSize;
  const wanted = CONFIG_NAMES.find((config) => sizeOf(config) === encoder.inputSize) ?? 'the model';
  const fitting = CONFIG_NAMES.filter((config) => sizeOf(config) === inputSize);
  return new MstError('bad-record', `${name} has ${inputSize} numbers for each step, where ${wanted} has ${encoder.inputSize}.`, {
    hint:
      fitting.length > 0
        ? `These are examples of ${fitting.join(' or ')}: add --config ${fitting[0]}`
        : `No configuration has so many: ${CONFIG_NAMES.map((config) => `${config} ${sizeOf(config)}`).join(', ')}.`,
  });
}
