// One LSTM layer through the steps t0..t1-1 of a batch, forward and backward (spec F.1).

import { cellBackward, cellForward } from './cell';
import { dropRow, maskKey } from './dropout';
import { Layer, Network, integerAt, rowOf } from './frame';
import { gradientProduct, packPanels, packRows, packZeros } from './gradient-product';
import { product } from './product';
import { gatherRow, scatterRow } from './sparse';

/** Gate columns of the sparse input, for all tokens of the window. */
export function gatherGates(net: Network, layer: Layer, first: i32, count: i32): void {
  for (let token = first; token < first + count; token++) {
    gatherRow(
      integerAt(net.entryStarts, token), integerAt(net.entryStarts, token + 1), net.columns, net.values,
      layer.x, layer.tableStride, layer.bias, rowOf(layer.gates, token, layer.gateStride), layer.units << 2,
    );
  }
}

/** The recurrent product and the cells of one step. */
export function recurrentStep(net: Network, layer: Layer, t: i32): void {
  const n = integerAt(net.active, t);
  const token = integerAt(net.offsets, t);
  const before = t > 0 ? integerAt(net.offsets, t - 1) : 0;
  const gates = rowOf(layer.gates, token, layer.gateStride);
  if (t > 0) {
    product(
      n, layer.units << 2, layer.units, rowOf(layer.h, before, layer.stateStride), layer.stateStride, layer.recurrent,
      gates, layer.gateStride, gates, layer.gateStride,
    );
  }
  for (let r: i32 = 0; r < n; r++) {
    cellForward(
      gates + <usize>r * layer.gateStride, t > 0 ? rowOf(layer.c, before + r, layer.stateStride) : net.zeros,
      rowOf(layer.c, token + r, layer.stateStride), rowOf(layer.h, token + r, layer.stateStride), layer.units >> 2,
    );
  }
}

/** Writes the outputs of one step after dropout; `source` holds them before. */
export function dropStep(net: Network, layer: Layer, level: i32, t: i32, source: usize): void {
  const n = integerAt(net.active, t);
  const token = integerAt(net.offsets, t);
  for (let r: i32 = 0; r < n; r++) {
    const from = rowOf(source, token + r, layer.stateStride);
    const to = rowOf(layer.output, token + r, layer.stateStride);
    if (net.dropping) {
      dropRow(from, to, layer.units, maskKey(net.batchKey, level, integerAt(net.rowIds, r), t), net.keepThreshold, net.keepScale);
    } else if (from != to) {
      memory.copy(to, from, <usize>layer.units << 2);
    }
  }
}

export function layerForward(net: Network, layer: Layer, level: i32, below: Layer | null, t0: i32, t1: i32): void {
  const first = integerAt(net.offsets, t0);
  const count = integerAt(net.offsets, t1) - first;
  if (below === null) {
    gatherGates(net, layer, first, count);
  } else {
    product(
      count, layer.units << 2, layer.inputs, rowOf(below.output, first, below.stateStride), below.stateStride, layer.x,
      rowOf(layer.gates, first, layer.gateStride), layer.gateStride, layer.bias, 0,
    );
  }
  for (let t = t0; t < t1; t++) {
    recurrentStep(net, layer, t);
    if (net.training) dropStep(net, layer, level, t, layer.h);
  }
}

/** Cells and recurrent product of one step backward; layer.dh and layer.dc hold the gradients of h and c. */
export function cellStepBackward(net: Network, layer: Layer, t: i32): void {
  const n = integerAt(net.active, t);
  const token = integerAt(net.offsets, t);
  const before = t > 0 ? integerAt(net.offsets, t - 1) : 0;
  const gates = rowOf(layer.gates, token, layer.gateStride);
  for (let r: i32 = 0; r < n; r++) {
    const at = <usize>r * layer.stateStride;
    cellBackward(
      gates + <usize>r * layer.gateStride, t > 0 ? rowOf(layer.c, before + r, layer.stateStride) : net.zeros,
      rowOf(layer.c, token + r, layer.stateStride), layer.dh + at, layer.dc + at, layer.units >> 2,
    );
  }
  if (t > 0) {
    product(
      n, layer.units, layer.units << 2, gates, layer.gateStride, layer.recurrentBackward,
      layer.dh, layer.stateStride, net.zeros, 0,
    );
  }
}

/** Packs rows of the step before each step of the window: zeros for step 0. */
export function packPrevious(net: Network, source: usize, stride: usize, columns: i32, t0: i32, t1: i32): void {
  const first = integerAt(net.offsets, t0);
  const count = integerAt(net.offsets, t1) - first;
  for (let t = t0; t < t1; t++) {
    const n = integerAt(net.active, t);
    const at = integerAt(net.offsets, t) - first;
    if (t == 0) packZeros(n, columns, net.packedRows, count, at);
    else packRows(rowOf(source, integerAt(net.offsets, t - 1), stride), stride, n, columns, net.packedRows, count, at);
  }
}

/** Gradients of the recurrent weights and the bias from the window's gates; leaves the packed gates for the input's gradient. */
export function recurrentGradient(net: Network, layer: Layer, t0: i32, t1: i32): void {
  const first = integerAt(net.offsets, t0);
  const count = integerAt(net.offsets, t1) - first;
  packPanels(rowOf(layer.gates, first, layer.gateStride), layer.gateStride, count, layer.units << 2, net.packedPanels, layer.gBias);
  packPrevious(net, layer.h, layer.stateStride, layer.units, t0, t1);
  gradientProduct(layer.units, layer.units << 2, count, net.packedRows, net.packedPanels, layer.gRecurrent);
}

/** Adds A^T * (what is packed in panels) to `g`, for the window's rows of A. */
export function denseGradient(
  net: Network, source: usize, stride: usize, columns: i32, width: i32, first: i32, count: i32, g: usize,
): void {
  packRows(rowOf(source, first, stride), stride, count, columns, net.packedRows, count, 0);
  gradientProduct(columns, width, count, net.packedRows, net.packedPanels, g);
}

export function layerBackward(net: Network, layer: Layer, level: i32, below: Layer | null, t0: i32, t1: i32): void {
  for (let t = t1 - 1; t >= t0; t--) {
    const n = integerAt(net.active, t);
    const token = integerAt(net.offsets, t);
    dropStep(net, layer, level, t, layer.output);
    for (let r: i32 = 0; r < n; r++) addRow(rowOf(layer.output, token + r, layer.stateStride), layer.dh + <usize>r * layer.stateStride, layer.units);
    cellStepBackward(net, layer, t);
  }
  const first = integerAt(net.offsets, t0);
  const count = integerAt(net.offsets, t1) - first;
  recurrentGradient(net, layer, t0, t1);
  if (below === null) {
    for (let token = first; token < first + count; token++) {
      scatterRow(
        integerAt(net.entryStarts, token), integerAt(net.entryStarts, token + 1), net.columns, net.values,
        rowOf(layer.gates, token, layer.gateStride), layer.gX, layer.tableStride, layer.units << 2,
      );
    }
    return;
  }
  denseGradient(net, below.output, below.stateStride, layer.inputs, layer.units << 2, first, count, layer.gX);
  product(
    count, layer.inputs, layer.units << 2, rowOf(layer.gates, first, layer.gateStride), layer.gateStride, layer.xBackward,
    rowOf(below.output, first, below.stateStride), below.stateStride, net.zeros, 0,
  );
}

/** target += source. */
export function addRow(source: usize, target: usize, width: i32): void {
  const end = source + (<usize>width << 2);
  while (source < end) {
    v128.store(target, f32x4.add(v128.load(source), v128.load(target)));
    v128.store(target, f32x4.add(v128.load(source, 16), v128.load(target, 16)), 16);
    source += 32;
    target += 32;
  }
}
