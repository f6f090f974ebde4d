// The LSTM cell (spec F.1) on one row, after its products: gates, state, and the way back.
// Gate values lie interleaved by four units: i i i i, j j j j, f f f f, o o o o, then the next four units.

import { sigmoid4, tanh4 } from './arithmetic';

/** Turns pre-activations into gate values in place and writes the new c and h. `blocks` = units / 4. */
export function cellForward(z: usize, cPrevious: usize, c: usize, h: usize, blocks: i32): void {
  const end = z + (<usize>blocks << 6);
  while (z < end) {
    const i = sigmoid4(v128.load(z));
    const j = tanh4(v128.load(z, 16));
    const f = sigmoid4(f32x4.add(v128.load(z, 32), f32x4.splat(1)));
    const o = sigmoid4(v128.load(z, 48));
    const state = f32x4.add(f32x4.mul(v128.load(cPrevious), f), f32x4.mul(i, j));
    v128.store(z, i);
    v128.store(z, j, 16);
    v128.store(z, f, 32);
    v128.store(z, o, 48);
    v128.store(c, state);
    v128.store(h, f32x4.mul(tanh4(state), o));
    z += 64;
    cPrevious += 16;
    c += 16;
    h += 16;
  }
}

/**
 * Turns gate values into the gradient of the pre-activations in place.
 * @param dh gradient of h; @param dc in: gradient of c from the step after, out: for the step before
 */
export function cellBackward(z: usize, cPrevious: usize, c: usize, dh: usize, dc: usize, blocks: i32): void {
  const one = f32x4.splat(1);
  const end = z + (<usize>blocks << 6);
  while (z < end) {
    const i = v128.load(z);
    const j = v128.load(z, 16);
    const f = v128.load(z, 32);
    const o = v128.load(z, 48);
    const t = tanh4(v128.load(c));
    const up = v128.load(dh);
    const out = f32x4.mul(up, o);
    const state = f32x4.add(v128.load(dc), f32x4.mul(out, f32x4.sub(one, f32x4.mul(t, t))));
    v128.store(z, f32x4.mul(f32x4.mul(state, j), f32x4.mul(i, f32x4.sub(one, i))));
    v128.store(z, f32x4.mul(f32x4.mul(state, i), f32x4.sub(one, f32x4.mul(j, j))), 16);
    v128.store(z, f32x4.mul(f32x4.mul(state, v128.load(cPrevious)), f32x4.mul(f, f32x4.sub(one, f))), 32);
    v128.store(z, f32x4.mul(f32x4.mul(out, t), f32x4.sub(one, o)), 48);
    v128.store(dc, f32x4.mul(state, f));
    z += 64;
    cPrevious += 16;
    c += 16;
    dh += 16;
    dc += 16;
  }
}
