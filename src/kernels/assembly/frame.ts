// What a thread knows of its network and its part of the batch: records that the host writes field by field (src/kernels/records.ts lists
// the same fields in the same order) and how tokens are found in memory.
// Tokens are packed: rows sorted by length, longest first; token `offsets[t] + r` is row r at step t, and the rows active at a step are
// always the first `active[t]`. Widths are padded: units and classes to multiples of 8, strides (in bytes) to an odd number of cache lines.

@unmanaged
export class Network {
  layerCount: i32;
  layers: usize;
  /** 0, or the attention wrapped around layer 0. */
  attention: usize;
  steps: i32;
  active: usize;
  offsets: usize;
  /** Row number in the whole batch, for dropout. */
  rowIds: usize;
  entryStarts: usize;
  columns: usize;
  values: usize;
  labels: usize;
  losses: usize;
  predictions: usize;
  /** 0, or where log-probabilities go: [tokens][classes]. */
  logProbabilities: usize;
  classes: i32;
  classWidth: i32;
  head: usize;
  headBackward: usize;
  headBias: usize;
  gHead: usize;
  gHeadBias: usize;
  logits: usize;
  logitStride: usize;
  zeros: usize;
  packedRows: usize;
  packedPanels: usize;
  chunkTokens: i32;
  /** Tokens of history kept in front of a window when not training. */
  history: i32;
  training: i32;
  /** 1 when masks are drawn; then keep * 2^32 and 1 / keep. */
  dropping: i32;
  keepThreshold: u32;
  keepScale: f32;
  batchKey: u32;
  /** 1 / tokens of the whole batch. */
  gradientScale: f32;
}

@unmanaged
export class Layer {
  units: i32;
  /** Width of a dense input; 0 for layer 0 without attention, whose input is sparse. */
  inputs: i32;
  gateStride: usize;
  stateStride: usize;
  gates: usize;
  c: usize;
  h: usize;
  /** Output after dropout; later the gradient of it. Equal to h when not training (with attention: to the output). */
  output: usize;
  bias: usize;
  /** Panels, or for a sparse input a table of rows of `tableStride` bytes. */
  x: usize;
  xBackward: usize;
  tableStride: usize;
  recurrent: usize;
  recurrentBackward: usize;
  gBias: usize;
  gX: usize;
  gRecurrent: usize;
  dh: usize;
  dc: usize;
}

@unmanaged
export class Attention {
  slots: i32;
  inputs: i32;
  inputStride: usize;
  weightStride: usize;
  /** Projected input x', query y, attention a.m, weights a, output, output * W; [tokens] each. */
  input: usize;
  query: usize;
  attended: usize;
  weights: usize;
  output: usize;
  projected: usize;
  dInput: usize;
  dOutput: usize;
  dProjected: usize;
  inputBias: usize;
  inputTable: usize;
  tableStride: usize;
  inputAttended: usize;
  inputAttendedBackward: usize;
  w: usize;
  wBackward: usize;
  v: usize;
  queryBias: usize;
  queryC: usize;
  queryCBackward: usize;
  queryH: usize;
  queryHBackward: usize;
  outputBias: usize;
  outputH: usize;
  outputHBackward: usize;
  outputAttended: usize;
  outputAttendedBackward: usize;
  gInputBias: usize;
  gInputTable: usize;
  gInputAttended: usize;
  gW: usize;
  gV: usize;
  gQueryBias: usize;
  gQueryC: usize;
  gQueryH: usize;
  gOutputBias: usize;
  gOutputH: usize;
  gOutputAttended: usize;
  /** Gradient of the attended value, from the step after. */
  dAttended: usize;
  slotOffsets: usize;
  dScores: usize;
  dQuery: usize;
}

/** First token held by the arrays of tokens: 0 while training, moving when only the last window is kept. */
let origin: i32 = 0;

export function setOrigin(token: i32): void {
  origin = token;
}

/** Address of a token's row. */
// @ts-ignore: decorator
@inline
export function rowOf(base: usize, token: i32, stride: usize): usize {
  return base + <usize>(token - origin) * stride;
}

// @ts-ignore: decorator
@inline
export function integerAt(list: usize, index: i32): i32 {
  return load<i32>(list + (<usize>index << 2));
}

/** Bytes of the records, which the host compares with its own. */
export function recordBytes(kind: i32): i32 {
  if (kind == 0) return offsetof<Network>();
  if (kind == 1) return offsetof<Layer>();
  return offsetof<Attention>();
}
