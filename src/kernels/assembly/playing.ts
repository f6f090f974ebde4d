// The playing module: one step of one melody. Its memory is not shared, so it runs where shared memory is forbidden.
// Records are those of training; c, h, attended, output and projected are the state, the last two as rings of slots.

import { attendForward } from './attend';
import { cellForward } from './cell';
import { Attention, Layer, Network } from './frame';
import { product } from './product';
import { gatherRow } from './sparse';

export { recordBytes } from './frame';
export { blockBytes, packBlock } from './variables';
export { product, productTail, tile1x32, tile1x8 } from './product';
export { cellForward } from './cell';
export { score } from './attend';
export { gatherRow } from './sparse';

/** First byte the host may use. */
export const heapBase: usize = __heap_base;

/** Moves a cell on, its gates already holding the input's part. */
function cellStep(layer: Layer): void {
  product(1, layer.units << 2, layer.units, layer.h, 0, layer.recurrent, layer.gates, 0, layer.gates, 0);
  cellForward(layer.gates, layer.c, layer.c, layer.h, layer.units >> 2);
}

function attentionStep(net: Network, at: Attention, layer: Layer, entries: i32, filled: i32, slot: i32): void {
  const units = layer.units;
  gatherRow(0, entries, net.columns, net.values, at.inputTable, at.tableStride, at.inputBias, at.input, at.inputs);
  product(1, at.inputs, units, at.attended, 0, at.inputAttended, at.input, 0, at.input, 0);
  product(1, units << 2, at.inputs, at.input, 0, layer.x, layer.gates, 0, layer.bias, 0);
  cellStep(layer);
  product(1, units, units, layer.c, 0, at.queryC, at.query, 0, at.queryBias, 0);
  product(1, units, units, layer.h, 0, at.queryH, at.query, 0, at.query, 0);
  attendForward(
    at.output, at.projected, at.slotOffsets, filled, at.slots, at.query, at.v, net.zeros, at.weights, at.attended, units,
  );
  const place = <usize>load<u32>(at.slotOffsets + (<usize>slot << 2));
  product(1, units, units, layer.h, 0, at.outputH, layer.output, 0, at.outputBias, 0);
  product(1, units, units, at.attended, 0, at.outputAttended, layer.output, 0, layer.output, 0);
  memory.copy(at.output + place, layer.output, <usize>units << 2);
  product(1, units, units, layer.output, 0, at.w, at.projected + place, 0, net.zeros, 0);
}

/** One step on the `entries` inputs in net.columns and net.values; the logits go to net.logits. @param slot the one to be filled */
export function step(address: usize, entries: i32, filled: i32, slot: i32): void {
  const net = changetype<Network>(address);
  let below = changetype<Layer>(net.layers);
  for (let level: i32 = 0; level < net.layerCount; level++) {
    const layer = changetype<Layer>(net.layers + <usize>level * offsetof<Layer>());
    if (level == 0 && net.attention) {
      attentionStep(net, changetype<Attention>(net.attention), layer, entries, filled, slot);
    } else {
      if (level == 0) gatherRow(0, entries, net.columns, net.values, layer.x, layer.tableStride, layer.bias, layer.gates, layer.units << 2);
      else product(1, layer.units << 2, layer.inputs, below.output, 0, layer.x, layer.gates, 0, layer.bias, 0);
      cellStep(layer);
    }
    below = layer;
  }
  product(1, net.classWidth, below.units, below.output, 0, net.head, net.logits, 0, net.headBias, 0);
}
