// The encoders against rows and labels that Magenta's own code produced.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIGURATIONS, configuration } from '../../src/encoding/configuration.js';
import { createEncoder, encodeMelody } from '../../src/encoding/encoders.js';
import { type Example, exampleFromDense } from '../../src/encoding/example.js';
import { denseInputs } from '../support/dense-inputs.js';
import { expectSame } from '../support/same.js';

const shared = process.env.MST_SHARED;

interface Encoded {
  id: string;
  config: string;
  input_size: number;
  num_classes: number;
  transpose_amount: number;
  squashed_events: number[];
  /** Before squashing; of the synthetic melodies only. */
  events?: number[];
  labels: number[];
  inputs_signed: number[][];
}

interface OneMelody {
  input_size: number;
  num_classes: number;
  default_event_label: number;
  inputs: number[][];
  labels: number[];
}

const signedRows = ({ steps, inputs }: Example): number[][] =>
  Array.from({ length: steps }, (_, t) => {
    const row: number[] = [];
    for (let k = inputs.rowStart[t] as number; k < (inputs.rowStart[t + 1] as number); k++) {
      row.push(((inputs.columns[k] as number) + 1) * (inputs.signs[k] as number));
    }
    return row;
  });

describe.skipIf(!shared)('encoders against golden data', () => {
  const golden = (name: string): string => readFileSync(join(shared ?? '', 'spec/golden', name), 'utf8');

  for (const file of ['encoded.jsonl', 'encoded_synthetic.jsonl']) {
    it(`encodes every melody of ${file} as Magenta does, in all four configurations`, () => {
      const lines = golden(`pipeline/${file}`).trim().split('\n');
      const seen = new Set<string>();
      for (const line of lines) {
        const expected = JSON.parse(line) as Encoded;
        const encoder = createEncoder(configuration(expected.config).encoding);
        const where = `${expected.id} ${expected.config}`;
        const { events, amount, example } = encodeMelody(encoder, expected.events ?? expected.squashed_events);
        expectSame(events, expected.squashed_events, where);
        expect(amount, where).toBe(expected.events === undefined ? 0 : expected.transpose_amount);
        expect([encoder.inputSize, encoder.numClasses], where).toEqual([expected.input_size, expected.num_classes]);
        expectSame([...example.labels], expected.labels, where);
        const rows = expected.inputs_signed.map((row) => row.toSorted((a, b) => Math.abs(a) - Math.abs(b)));
        expectSame(signedRows(example), rows, where);
        seen.add(expected.config);
      }
      expect([...seen].sort()).toEqual(Object.keys(CONFIGURATIONS).sort());
      expect(lines.length).toBeGreaterThan(200);
    });
  }

  it('encodes the seventy-event melody of encoders.json as Magenta does', () => {
    const expected = JSON.parse(golden('encoders.json')) as { events: number[] } & Record<string, OneMelody>;
    const names = { onehot: 'basic_rnn', lookback: 'lookback_rnn', key: 'attention_rnn', mono: 'mono_rnn' };
    for (const [key, config] of Object.entries(names)) {
      const encoder = createEncoder(configuration(config).encoding);
      const want = expected[key] as OneMelody;
      const example = encoder.encode(expected.events);
      expect([encoder.inputSize, encoder.numClasses, encoder.defaultEventLabel]).toEqual([
        want.input_size,
        want.num_classes,
        want.default_event_label,
      ]);
      expect([...example.labels]).toEqual(want.labels);
      expect(denseInputs(example).map((row) => [...row])).toEqual(want.inputs);
      expect(exampleFromDense(want.inputs, want.labels, encoder)).toEqual(example);
      expect(encoder.eventsOf(example)).toEqual(expected.events);
    }
  });
});
