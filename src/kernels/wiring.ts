// Writes the records from which a thread's kernels know their network and where their part of the batch lies.

import type { Part } from './batch.js';
import { type PlacedBlock, type PlacedVariable, pad8 } from './blocks.js';
import type { Layout, ThreadPlace } from './layout.js';
import { layerBytes, writeAttention, writeBlock, writeLayer, writeNetwork } from './records.js';

/** What a command does besides running forward. */
export interface PassOptions {
  readonly training: boolean;
  /** 1 = nothing is dropped. */
  readonly keep: number;
  /** See dropout.ts. */
  readonly stepBits: number;
  /** The gradient of a sum over tokens is multiplied by this. */
  readonly gradientScale: number;
  readonly logProbabilities: boolean;
}

/** The blocks' records: the same for all threads and commands. Padded classes get a bias that leaves them no probability. */
export function wireBlocks(buffer: ArrayBufferLike, blocks: readonly PlacedBlock[], variables: readonly PlacedVariable[]): void {
  for (const block of blocks) {
    const variable = variables[block.variable] as PlacedVariable;
    writeBlock(buffer, block.record, {
      variable: (variable.offset + block.firstRow * variable.columns) * 4,
      variableStride: variable.columns,
      rows: block.rows,
      columns: block.columns,
      gated: block.gated ? 1 : 0,
      rowWidth: block.rowWidth,
      width: block.width,
      packed: block.packed,
      tableStride: block.tableStride,
      backward: block.backwardAt,
      gradient: block.gradient,
    });
    if (block.name === 'head.bias') new Float32Array(buffer, block.packed, block.width).fill(-1e30, block.columns);
  }
}

/** One thread's records for one command. */
export function wireThread(buffer: ArrayBufferLike, layout: Layout, thread: number, part: Part, options: PassOptions): void {
  const place = layout.threadPlaces[thread] as ThreadPlace;
  const { shape } = layout;
  const { training } = options;
  const blockOf = (name: string): PlacedBlock => layout.blocks.find((block) => block.name === name) as PlacedBlock;
  const packed = (name: string): number => blockOf(name).packed;
  const back = (name: string): number => blockOf(name).backwardAt;
  const gradient = (name: string): number => place.gradients + blockOf(name).gradient;
  const scratch = (name: string): number => place.scratch.get(name) ?? 0;
  const list = (name: string, first: number): number => (layout.lists.get(name) as number) + first * 4;
  const tokens = (name: string): number => {
    const array = layout.tokenArrays.get(name);
    if (array === undefined) return 0;
    return training ? array.wholeAt + part.firstToken * array.stride : (array.windowAt[thread] ?? 0);
  };
  const stride = (name: string): number => layout.tokenArrays.get(name)?.stride ?? 0;
  const attends = shape.attnLength > 0;

  writeNetwork(buffer, place.network, {
    layerCount: shape.layerSizes.length,
    layers: place.layers,
    attention: attends ? place.attention : 0,
    steps: part.steps,
    active: list('active', part.firstToken),
    offsets: list('offsets', part.firstToken + thread),
    rowIds: list('rowIds', part.firstRow),
    entryStarts: list('entryStarts', part.firstToken + thread),
    columns: list('columns', part.firstEntry),
    values: list('values', part.firstEntry),
    labels: list('labels', part.firstToken),
    losses: list('losses', part.firstToken),
    predictions: list('predictions', part.firstToken),
    logProbabilities: options.logProbabilities ? list('logProbabilities', part.firstToken * shape.numClasses) : 0,
    classes: shape.numClasses,
    classWidth: pad8(shape.numClasses),
    head: packed('head'),
    headBackward: back('head'),
    headBias: packed('head.bias'),
    gHead: gradient('head'),
    gHeadBias: gradient('head.bias'),
    logits: scratch('logits'),
    logitStride: layout.logitStride,
    zeros: scratch('zeros'),
    packedRows: scratch('packedRows'),
    packedPanels: scratch('packedPanels'),
    chunkTokens: layout.chunkTokens,
    history: layout.history,
    training: training ? 1 : 0,
    dropping: training && options.keep < 1 ? 1 : 0,
    keepThreshold: Math.min(4294967295, Math.ceil(options.keep * 4294967296)),
    keepScale: 1 / options.keep,
    batchKey: options.stepBits,
    gradientScale: options.gradientScale,
  });

  shape.layerSizes.forEach((units, level) => {
    const x = blockOf(`${level}.x`);
    writeLayer(buffer, place.layers + level * layerBytes, {
      units: pad8(units),
      inputs: x.table ? 0 : x.rowWidth,
      gateStride: stride(`${level}.gates`),
      stateStride: stride(`${level}.h`),
      gates: tokens(`${level}.gates`),
      c: tokens(`${level}.c`),
      h: tokens(`${level}.h`),
      output: tokens(training ? `${level}.output` : attends && level === 0 ? 'attention.output' : `${level}.h`),
      bias: packed(`${level}.bias`),
      x: x.packed,
      xBackward: x.backwardAt,
      tableStride: x.tableStride,
      recurrent: packed(`${level}.recurrent`),
      recurrentBackward: back(`${level}.recurrent`),
      gBias: gradient(`${level}.bias`),
      gX: place.gradients + x.gradient,
      gRecurrent: gradient(`${level}.recurrent`),
      dh: scratch(`${level}.dh`),
      dc: scratch(`${level}.dc`),
    });
  });
  if (!attends) return;
  const a = (name: string): string => `attention.${name}`;
  writeAttention(buffer, place.attention, {
    slots: shape.attnLength,
    inputs: pad8(shape.inputSize),
    inputStride: stride(a('input')),
    weightStride: layout.slotStride,
    input: tokens(a('input')),
    query: tokens(a('query')),
    attended: tokens(a('attended')),
    weights: tokens(a('weights')),
    output: tokens(a('output')),
    projected: tokens(a('projected')),
    dInput: tokens(a('dInput')),
    dOutput: tokens(a('dOutput')),
    dProjected: tokens(a('dProjected')),
    inputBias: packed(a('inputBias')),
    inputTable: packed(a('inputTable')),
    tableStride: blockOf(a('inputTable')).tableStride,
    inputAttended: packed(a('inputAttended')),
    inputAttendedBackward: back(a('inputAttended')),
    w: packed(a('w')),
    wBackward: back(a('w')),
    v: packed(a('v')),
    queryBias: packed(a('queryBias')),
    queryC: packed(a('queryC')),
    queryCBackward: back(a('queryC')),
    queryH: packed(a('queryH')),
    queryHBackward: back(a('queryH')),
    outputBias: packed(a('outputBias')),
    outputH: packed(a('outputH')),
    outputHBackward: back(a('outputH')),
    outputAttended: packed(a('outputAttended')),
    outputAttendedBackward: back(a('outputAttended')),
    gInputBias: gradient(a('inputBias')),
    gInputTable: gradient(a('inputTable')),
    gInputAttended: gradient(a('inputAttended')),
    gW: gradient(a('w')),
    gV: gradient(a('v')),
    gQueryBias: gradient(a('queryBias')),
    gQueryC: gradient(a('queryC')),
    gQueryH: gradient(a('queryH')),
    gOutputBias: gradient(a('outputBias')),
    gOutputH: gradient(a('outputH')),
    gOutputAttended: gradient(a('outputAttended')),
    dAttended: scratch('dAttended'),
    slotOffsets: scratch('slotOffsets'),
    dScores: scratch('dScores'),
    dQuery: scratch('dQuery'),
  });
}
