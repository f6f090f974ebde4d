// The records the kernels read, field by field in the order of the classes in assembly/frame.ts and assembly/variables.ts.
// Every field is four bytes; startModule compares the sizes with the module's own.

const networkFields = [
  'layerCount',
  'layers',
  'attention',
  'steps',
  'active',
  'offsets',
  'rowIds',
  'entryStarts',
  'columns',
  'values',
  'labels',
  'losses',
  'predictions',
  'logProbabilities',
  'classes',
  'classWidth',
  'head',
  'headBackward',
  'headBias',
  'gHead',
  'gHeadBias',
  'logits',
  'logitStride',
  'zeros',
  'packedRows',
  'packedPanels',
  'chunkTokens',
  'history',
  'training',
  'dropping',
  'keepThreshold',
  'keepScale',
  'batchKey',
  'gradientScale',
] as const;

const layerFields = [
  'units',
  'inputs',
  'gateStride',
  'stateStride',
  'gates',
  'c',
  'h',
  'output',
  'bias',
  'x',
  'xBackward',
  'tableStride',
  'recurrent',
  'recurrentBackward',
  'gBias',
  'gX',
  'gRecurrent',
  'dh',
  'dc',
] as const;

const attentionFields = [
  'slots',
  'inputs',
  'inputStride',
  'weightStride',
  'input',
  'query',
  'attended',
  'weights',
  'output',
  'projected',
  'dInput',
  'dOutput',
  'dProjected',
  'inputBias',
  'inputTable',
  'tableStride',
  'inputAttended',
  'inputAttendedBackward',
  'w',
  'wBackward',
  'v',
  'queryBias',
  'queryC',
  'queryCBackward',
  'queryH',
  'queryHBackward',
  'outputBias',
  'outputH',
  'outputHBackward',
  'outputAttended',
  'outputAttendedBackward',
  'gInputBias',
  'gInputTable',
  'gInputAttended',
  'gW',
  'gV',
  'gQueryBias',
  'gQueryC',
  'gQueryH',
  'gOutputBias',
  'gOutputH',
  'gOutputAttended',
  'dAttended',
  'slotOffsets',
  'dScores',
  'dQuery',
] as const;

const blockFields = [
  'variable',
  'variableStride',
  'rows',
  'columns',
  'gated',
  'rowWidth',
  'width',
  'packed',
  'tableStride',
  'backward',
  'gradient',
] as const;

/** The fields that are float32 rather than integers. */
const floatFields: ReadonlySet<string> = new Set(['keepScale', 'gradientScale']);

export type NetworkRecord = Record<(typeof networkFields)[number], number>;
export type LayerRecord = Record<(typeof layerFields)[number], number>;
export type AttentionRecord = Record<(typeof attentionFields)[number], number>;
export type BlockRecord = Record<(typeof blockFields)[number], number>;

function write(
  buffer: ArrayBufferLike,
  address: number,
  fields: readonly string[],
  record: Readonly<Record<string, number | undefined>>,
): void {
  const integers = new Int32Array(buffer, address, fields.length);
  const floats = new Float32Array(buffer, address, fields.length);
  fields.forEach((field, index) => {
    (floatFields.has(field) ? floats : integers)[index] = record[field] ?? 0;
  });
}

export const networkBytes = networkFields.length * 4;
export const layerBytes = layerFields.length * 4;
export const attentionBytes = attentionFields.length * 4;
export const blockBytes = blockFields.length * 4;

export function writeNetwork(buffer: ArrayBufferLike, address: number, record: Partial<NetworkRecord>): void {
  write(buffer, address, networkFields, record);
}

export function writeLayer(buffer: ArrayBufferLike, address: number, record: Partial<LayerRecord>): void {
  write(buffer, address, layerFields, record);
}

export function writeAttention(buffer: ArrayBufferLike, address: number, record: Partial<AttentionRecord>): void {
  write(buffer, address, attentionFields, record);
}

export function writeBlock(buffer: ArrayBufferLike, address: number, record: BlockRecord): void {
  write(buffer, address, blockFields, record);
}
