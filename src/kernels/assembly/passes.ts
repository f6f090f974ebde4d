// Forward and backward through the whole network for one thread's part of a batch, in windows of whole steps that fit the caches.

import { attentionBackward, attentionForward } from './attention-layer';
import { Attention, Layer, Network, integerAt, rowOf, setOrigin } from './frame';
import { gradientProduct, packPanels, packRows } from './gradient-product';
import { layerBackward, layerForward } from './layer';
import { product } from './product';
import { argmax, softmaxRow } from './softmax';

function layerAt(net: Network, level: i32): Layer {
  return changetype<Layer>(net.layers + <usize>level * offsetof<Layer>());
}

/** The layer whose output feeds this one; null where the input is sparse. */
function belowOf(net: Network, level: i32): Layer | null {
  return level > 0 ? layerAt(net, level - 1) : null;
}

/** The end of the window that starts at step t0: as many steps as fit, at least one. */
function windowEnd(net: Network, t0: i32): i32 {
  let t1 = t0 + 1;
  while (t1 < net.steps && integerAt(net.offsets, t1 + 1) - integerAt(net.offsets, t0) <= net.chunkTokens) t1++;
  return t1;
}

/** The start of the window that ends before step t1. */
function windowStart(net: Network, t1: i32): i32 {
  let t0 = t1 - 1;
  while (t0 > 0 && integerAt(net.offsets, t1) - integerAt(net.offsets, t0 - 1) <= net.chunkTokens) t0--;
  return t0;
}

/** Logits, losses and predictions of a window; when training also the head's gradients and that of the top layer's output. */
function headWindow(net: Network, first: i32, count: i32): void {
  const top = layerAt(net, net.layerCount - 1);
  const stride = top.stateStride;
  const hidden = rowOf(top.output, first, stride);
  product(count, net.classWidth, top.units, hidden, stride, net.head, net.logits, net.logitStride, net.headBias, 0);
  for (let i: i32 = 0; i < count; i++) {
    const token = <usize>(first + i) << 2;
    const row = net.logits + <usize>i * net.logitStride;
    store<i32>(net.predictions + token, argmax(row, net.classes));
    const wanted = net.logProbabilities ? net.logProbabilities + token * <usize>net.classes : 0;
    const loss = softmaxRow(row, net.classWidth, net.classes, load<i32>(net.labels + token), net.gradientScale, wanted);
    store<f32>(net.losses + token, <f32>loss);
  }
  if (!net.training) return;
  packPanels(net.logits, net.logitStride, count, net.classWidth, net.packedPanels, net.gHeadBias);
  packRows(hidden, stride, count, top.units, net.packedRows, count, 0);
  gradientProduct(top.units, net.classWidth, count, net.packedRows, net.packedPanels, net.gHead);
  product(count, top.units, net.classWidth, net.logits, net.logitStride, net.headBackward, hidden, stride, net.zeros, 0);
}

/** Moves the last rows of a window in front of the next one. */
function keepHistory(base: usize, stride: usize, origin: i32, next: i32, rows: i32): void {
  memory.copy(base, base + <usize>(next - origin) * stride, <usize>rows * stride);
}

/** Losses, predictions and, when training, all that the way back needs. */
export function forward(address: usize): void {
  const net = changetype<Network>(address);
  const at = changetype<Attention>(net.attention);
  setOrigin(0);
  let t0: i32 = 0;
  while (t0 < net.steps) {
    const t1 = windowEnd(net, t0);
    const first = integerAt(net.offsets, t0);
    const last = integerAt(net.offsets, t1);
    if (!net.training) setOrigin(first - net.history);
    for (let level: i32 = 0; level < net.layerCount; level++) {
      if (level == 0 && net.attention) attentionForward(net, at, layerAt(net, 0), t0, t1);
      else layerForward(net, layerAt(net, level), level, belowOf(net, level), t0, t1);
    }
    headWindow(net, first, last - first);
    if (!net.training) {
      for (let level: i32 = 0; level < net.layerCount; level++) {
        const layer = layerAt(net, level);
        keepHistory(layer.c, layer.stateStride, first, last, net.history);
        keepHistory(layer.h, layer.stateStride, first, last, net.history);
        if (level == 0 && net.attention) {
          keepHistory(at.attended, layer.stateStride, first, last, net.history);
          keepHistory(at.output, layer.stateStride, first, last, net.history);
          keepHistory(at.projected, layer.stateStride, first, last, net.history);
        }
      }
    }
    t0 = t1;
  }
}

/** Adds this part's gradients to the thread's gradient memory, after forward() with training = 1. */
export function backward(address: usize): void {
  const net = changetype<Network>(address);
  const at = changetype<Attention>(net.attention);
  let t1 = net.steps;
  while (t1 > 0) {
    const t0 = windowStart(net, t1);
    for (let level = net.layerCount - 1; level >= 0; level--) {
      if (level == 0 && net.attention) attentionBackward(net, at, layerAt(net, 0), t0, t1);
      else layerBackward(net, layerAt(net, level), level, belowOf(net, level), t0, t1);
    }
    t1 = t0;
  }
}
