// What model variables are, told by names and shapes: the spellings of each year, and what is not a melody RNN. Shapes are those of spec
// F.9 and H.2b, written out.

import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { CONFIG_NAMES, configuration } from '../../src/encoding/configuration.js';
import { networkShape } from '../../src/model/model.js';
import { type FoundTensor, recognizeModel } from '../../src/model/recognize.js';
import type { Tensor } from '../../src/model/weights.js';
import { oldSpelling } from '../support/magenta-files.js';
import { randomWeights } from './naive-network.js';

const clues = { file: 'x.mag', name: 'x', attentionLength: () => undefined };
const found = (weights: ReadonlyMap<string, Tensor>, spell: (name: string) => string = (name) => name): Map<string, FoundTensor> =>
  new Map([...weights].map(([name, { shape, data }]) => [spell(name), { shape, floats: data }]));
const shapes = (table: Readonly<Record<string, number[]>>): Map<string, FoundTensor> =>
  new Map(
    Object.entries(table).map(([name, shape]) => [
      name,
      { shape, floats: new Float32Array(shape.reduce((product, size) => product * size, 1)) },
    ]),
  );

describe('variables are recognized', () => {
  it.each(CONFIG_NAMES)('as those of a %s, by today’s names and by those before TensorFlow 1.0', (name) => {
    const { encoding, hparams } = configuration(name);
    const card = { encoding, layerSizes: [5, 3], attnLength: hparams.attnLength };
    const weights = randomWeights(networkShape(card), new Random(1));
    for (const spell of [
      undefined,
      (given: string) => given.replace(/^(rnn.*)\/kernel$/, '$1/weights').replace(/^(rnn.*)\/bias$/, '$1/biases'),
    ]) {
      const read = recognizeModel(found(weights, spell), clues);
      expect(read.card).toEqual({ name: 'x', configuration: name, ...card });
      expect(read.weights).toEqual(weights);
      expect(read.assumed).toBe(name === 'attention_rnn');
    }
  });

  it('with the attention around all layers, by the names of 2016', () => {
    const shape = { inputSize: 74, numClasses: 40, layerSizes: [4, 4], attnLength: 7, attnLayers: 'all' as const };
    const weights = randomWeights(shape, new Random(2));
    const spelled = found(weights, oldSpelling);
    expect(spelled.get('RNN/AttentionCellWrapper/Attention/Linear/Matrix')?.shape).toEqual([16, 4]);
    const asked: number[] = [];
    const attentionLength = (units: number): number => asked.push(units) * 7;
    const { card, weights: read, assumed } = recognizeModel(spelled, { ...clues, attentionLength });
    expect(card).toMatchObject({ configuration: 'attention_rnn', layerSizes: [4, 4], attnLength: 7, attnLayers: 'all' });
    expect([read, assumed, asked]).toEqual([weights, false, [4]]);
  });

  it('and the slots of an optimiser are passed over; steps are remembered', () => {
    const { encoding } = configuration('basic_rnn');
    const weights = randomWeights(networkShape({ encoding, layerSizes: [3], attnLength: 0 }), new Random(1));
    const all = new Map([
      ...found(weights),
      ...found(weights, (name) => `${name}/Adam`),
      ['global_step', { shape: [], integer: 500 }] as const,
    ]);
    expect(recognizeModel(all, clues)).toMatchObject({ card: { stepsTrained: 500 }, weights });
  });
});

const cell = 'rnn/multi_rnn_cell/cell_0/basic_lstm_cell';
const rnn = (inputs: number, classes: number): Map<string, FoundTensor> =>
  shapes({
    [`${cell}/kernel`]: [inputs + 4, 16],
    [`${cell}/bias`]: [16],
    'fully_connected/weights': [4, classes],
    'fully_connected/biases': [classes],
  });

describe('what is no melody RNN is called what it is', () => {
  it.each([
    ['a drums RNN', rnn(518, 512), '', /a drums RNN/],
    ['an improv RNN with chords of 25', rnn(63, 38), '', /an improv RNN/],
    ['an improv RNN with pitches of chords', rnn(75, 38), '', /an improv RNN/],
    ['a performance RNN', rnn(388, 388), '', /a performance RNN/],
    ['a polyphony RNN', rnn(259, 259), '', /a polyphony RNN/],
    ['a bundle that says so', rnn(38, 38), 'drum_kit', /a drums RNN \(drum_kit\)/],
    ['a performance bundle', rnn(38, 38), 'performance_with_dynamics', /a performance RNN/],
    ['an RNN of unknown sizes', rnn(50, 50), '', /inputs of 50 values and 50 classes/],
    ['a MusicVAE', shapes({ 'encoder/cell_0/kernel': [2, 2], 'decoder/x': [1] }), '', /a MusicVAE/],
    ['nothing at all', new Map(), '', /0 variables such as none/],
    ['something else', shapes({ 'conv1/kernel': [3, 3] }), '', /1 variables such as conv1\/kernel/],
  ])('%s', (_, tensors, id, message) => {
    expect(() => recognizeModel(tensors, { ...clues, id })).toThrow(
      expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(message), hint: expect.stringContaining('melody RNNs') }),
    );
  });

  it.each([
    [
      'layers of no whole number of units',
      (t: Map<string, FoundTensor>) => t.set(`${cell}/bias`, { shape: [15], floats: new Float32Array(15) }),
      /layers/,
    ],
    [
      'values that are not numbers',
      (t: Map<string, FoundTensor>) => t.set('fully_connected/biases', { shape: [38], floats: new Float32Array(38).fill(Number.NaN) }),
      /not a number/,
    ],
    [
      'a matrix that does not fit',
      (t: Map<string, FoundTensor>) => t.set('fully_connected/weights', { shape: [5, 38], floats: new Float32Array(190) }),
      /has the shape \[5,38\]/,
    ],
    ['whole numbers for weights', (t: Map<string, FoundTensor>) => t.set('fully_connected/weights', { shape: [4, 38] }), /lacks/],
    ['a variable under two names', (t: Map<string, FoundTensor>) => t.set(`${cell}/weights`, { shape: [1] }), /twice/],
  ])('and one with %s is refused', (_, change, message) => {
    const tensors = rnn(38, 38);
    change(tensors);
    expect(() => recognizeModel(tensors, clues)).toThrow(
      expect.objectContaining({ code: 'bad-model', message: expect.stringMatching(message) }),
    );
  });
});
