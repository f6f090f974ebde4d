// The training module: everything a thread needs to take part in a step. Its memory is shared and laid out by the host.
// The tiles are exported so that the compiler keeps them functions of their own (see product.ts).

export { backward, forward } from './passes';
export { recordBytes } from './frame';
export { adam, blockBytes, packBlock, reduceBlock } from './variables';
export { product, productTail, tile1x32, tile1x8, tile2x16, tile3x8, tile4x8 } from './product';
export { gradientProduct, gradientTile4x8, packPanels, packRows } from './gradient-product';
export { cellBackward, cellForward } from './cell';
export { attendBackward, attendForward, score, scoreBackward } from './attend';
export { dropRow } from './dropout';
export { gatherRow, scatterRow } from './sparse';

/** First byte the host may use. */
export const heapBase: usize = __heap_base;
