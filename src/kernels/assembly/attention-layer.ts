// Layer 0 inside the attention wrapper through the steps t0..t1-1, forward and backward (spec F.2).
// The memory is the layer's own past outputs, so nothing is moved: a slot is the row of an earlier token, and its product with W was
// computed when that token was written.

import { attendBackward, attendForward } from './attend';
import { Attention, Layer, Network, integerAt, rowOf } from './frame';
import { addRow, cellStepBackward, denseGradient, dropStep, packPrevious, recurrentGradient, recurrentStep } from './layer';
import { product } from './product';
import { gatherRow, scatterRow } from './sparse';
import { gradientProduct, packPanels } from './gradient-product';

/** Lists where row r's slots lie before step t, newest first, as offsets from the arrays' bases; returns how many are filled. */
function listSlots(net: Network, at: Attention, stride: usize, t: i32, r: i32): i32 {
  const filled = min(t, at.slots);
  for (let slot: i32 = 0; slot < filled; slot++) {
    store<u32>(at.slotOffsets + (<usize>slot << 2), <u32>rowOf(0, integerAt(net.offsets, t - 1 - slot) + r, stride));
  }
  return filled;
}

export function attentionForward(net: Network, at: Attention, layer: Layer, t0: i32, t1: i32): void {
  const first = integerAt(net.offsets, t0);
  const last = integerAt(net.offsets, t1);
  const units = layer.units;
  const stride = layer.stateStride;
  for (let token = first; token < last; token++) {
    gatherRow(
      integerAt(net.entryStarts, token), integerAt(net.entryStarts, token + 1), net.columns, net.values,
      at.inputTable, at.tableStride, at.inputBias, rowOf(at.input, token, at.inputStride), at.inputs,
    );
  }
  for (let t = t0; t < t1; t++) {
    const n = integerAt(net.active, t);
    const token = integerAt(net.offsets, t);
    const input = rowOf(at.input, token, at.inputStride);
    if (t > 0) {
      const before = rowOf(at.attended, integerAt(net.offsets, t - 1), stride);
      product(n, at.inputs, units, before, stride, at.inputAttended, input, at.inputStride, input, at.inputStride);
    }
    product(
      n, units << 2, at.inputs, input, at.inputStride, layer.x,
      rowOf(layer.gates, token, layer.gateStride), layer.gateStride, layer.bias, 0,
    );
    recurrentStep(net, layer, t);
    const c = rowOf(layer.c, token, stride);
    const h = rowOf(layer.h, token, stride);
    const query = rowOf(at.query, token, stride);
    product(n, units, units, c, stride, at.queryC, query, stride, at.queryBias, 0);
    product(n, units, units, h, stride, at.queryH, query, stride, query, stride);
    const attended = rowOf(at.attended, token, stride);
    for (let r: i32 = 0; r < n; r++) {
      const filled = listSlots(net, at, stride, t, r);
      attendForward(
        at.output, at.projected, at.slotOffsets, filled, at.slots, query + <usize>r * stride, at.v, net.zeros,
        rowOf(at.weights, token + r, at.weightStride), attended + <usize>r * stride, units,
      );
    }
    const output = rowOf(at.output, token, stride);
    product(n, units, units, h, stride, at.outputH, output, stride, at.outputBias, 0);
    product(n, units, units, attended, stride, at.outputAttended, output, stride, output, stride);
    product(n, units, units, output, stride, at.w, rowOf(at.projected, token, stride), stride, net.zeros, 0);
    if (net.training) dropStep(net, layer, 0, t, at.output);
  }
}

export function attentionBackward(net: Network, at: Attention, layer: Layer, t0: i32, t1: i32): void {
  const units = layer.units;
  const stride = layer.stateStride;
  for (let t = t1 - 1; t >= t0; t--) {
    const n = integerAt(net.active, t);
    const token = integerAt(net.offsets, t);
    const dOutput = rowOf(at.dOutput, token, stride);
    dropStep(net, layer, 0, t, layer.output);
    for (let r: i32 = 0; r < n; r++) addRow(rowOf(layer.output, token + r, stride), dOutput + <usize>r * stride, units);
    product(n, units, units, rowOf(at.dProjected, token, stride), stride, at.wBackward, dOutput, stride, dOutput, stride);
    product(n, units, units, dOutput, stride, at.outputHBackward, layer.dh, stride, layer.dh, stride);
    product(n, units, units, dOutput, stride, at.outputAttendedBackward, at.dAttended, stride, at.dAttended, stride);
    const query = rowOf(at.query, token, stride);
    for (let r: i32 = 0; r < n; r++) {
      const filled = listSlots(net, at, stride, t, r);
      attendBackward(
        at.output, at.projected, at.dOutput, at.dProjected, at.slotOffsets, filled, at.slots,
        query + <usize>r * stride, at.v, net.zeros, rowOf(at.weights, token + r, at.weightStride),
        at.dAttended + <usize>r * stride, at.dScores, at.dQuery, at.gV, units,
      );
      memory.copy(query + <usize>r * stride, at.dQuery, <usize>units << 2);
    }
    product(n, units, units, query, stride, at.queryCBackward, layer.dc, stride, layer.dc, stride);
    product(n, units, units, query, stride, at.queryHBackward, layer.dh, stride, layer.dh, stride);
    cellStepBackward(net, layer, t);
    const dInput = rowOf(at.dInput, token, at.inputStride);
    const gates = rowOf(layer.gates, token, layer.gateStride);
    product(n, at.inputs, units << 2, gates, layer.gateStride, layer.xBackward, dInput, at.inputStride, net.zeros, 0);
    if (t > 0) product(n, units, at.inputs, dInput, at.inputStride, at.inputAttendedBackward, at.dAttended, stride, net.zeros, 0);
  }
  attentionGradients(net, at, layer, t0, t1);
}

/** Weight gradients of the window, one large product for each matrix. */
function attentionGradients(net: Network, at: Attention, layer: Layer, t0: i32, t1: i32): void {
  const first = integerAt(net.offsets, t0);
  const count = integerAt(net.offsets, t1) - first;
  const units = layer.units;
  const stride = layer.stateStride;
  recurrentGradient(net, layer, t0, t1);
  denseGradient(net, at.input, at.inputStride, at.inputs, units << 2, first, count, layer.gX);

  packPanels(rowOf(at.dOutput, first, stride), stride, count, units, net.packedPanels, at.gOutputBias);
  denseGradient(net, layer.h, stride, units, units, first, count, at.gOutputH);
  denseGradient(net, at.attended, stride, units, units, first, count, at.gOutputAttended);

  packPanels(rowOf(at.query, first, stride), stride, count, units, net.packedPanels, at.gQueryBias);
  denseGradient(net, layer.c, stride, units, units, first, count, at.gQueryC);
  denseGradient(net, layer.h, stride, units, units, first, count, at.gQueryH);

  // W has no bias: its column sums go to scratch.
  packPanels(rowOf(at.dProjected, first, stride), stride, count, units, net.packedPanels, at.dQuery);
  denseGradient(net, at.output, stride, units, units, first, count, at.gW);

  packPanels(rowOf(at.dInput, first, at.inputStride), at.inputStride, count, at.inputs, net.packedPanels, at.gInputBias);
  packPrevious(net, at.attended, stride, units, t0, t1);
  gradientProduct(units, at.inputs, count, net.packedRows, net.packedPanels, at.gInputAttended);
  for (let token = first; token < first + count; token++) {
    scatterRow(
      integerAt(net.entryStarts, token), integerAt(net.entryStarts, token + 1), net.columns, net.values,
      rowOf(at.dInput, token, at.inputStride), at.gInputTable, at.tableStride, at.inputs,
    );
  }
}
