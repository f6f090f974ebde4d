// Between variables as Magenta stores them (row-major, unpadded, gates in four blocks) and as the products want them (panels, gates
// interleaved by four units), and the optimiser. A block is a range of rows of one variable that serves one product.

@unmanaged
export class Block {
  /** First value in the flat list of variables, and values from one row to the next. */
  variable: usize;
  variableStride: i32;
  rows: i32;
  /** Units if gated, else columns. */
  columns: i32;
  gated: i32;
  /** Padded rows and columns (gates included). */
  rowWidth: i32;
  width: i32;
  /** Panels for products forward, or a table of rows of `tableStride` bytes when that is not 0. */
  packed: usize;
  tableStride: usize;
  /** Panels of the transpose, or 0. */
  backward: usize;
  /** Where the gradient lies in a thread's gradient memory, in the layout of `packed`. */
  gradient: usize;
}

export function blockBytes(): i32 {
  return offsetof<Block>();
}

/** Column of the packed matrix that holds column `column` of gate `gate`. */
// @ts-ignore: decorator
@inline
function packedColumn(block: Block, gate: i32, column: i32): i32 {
  return block.gated ? ((column >> 2) << 4) + (gate << 2) + (column & 3) : column;
}

// @ts-ignore: decorator
@inline
function placeOf(block: Block, base: usize, row: i32, column: i32): usize {
  if (block.tableStride) return base + <usize>row * block.tableStride + (<usize>column << 2);
  return base + ((<usize>(column >> 3) * <usize>block.rowWidth + <usize>row) << 5) + (<usize>(column & 7) << 2);
}

/** Packs rows first..last-1 of a block from the flat variables. */
export function packBlock(address: usize, variables: usize, first: i32, last: i32): void {
  const block = changetype<Block>(address);
  const gates = block.gated ? 4 : 1;
  for (let row = first; row < last; row++) {
    for (let gate: i32 = 0; gate < gates; gate++) {
      let from = variables + block.variable + (<usize>(row * block.variableStride + gate * block.columns) << 2);
      for (let column: i32 = 0; column < block.columns; column += 4) {
        const target = packedColumn(block, gate, column);
        const to = placeOf(block, block.packed, row, target);
        const whole = column + 4 <= block.columns;
        if (whole) {
          v128.store(to, v128.load(from));
        } else {
          for (let k: i32 = 0; column + k < block.columns; k++) store<f32>(to + (<usize>k << 2), load<f32>(from + (<usize>k << 2)));
        }
        if (block.backward) {
          // Transposed: row `target` of panels whose columns are this block's rows.
          const back = block.backward + ((<usize>(row >> 3) * <usize>block.width + <usize>target) << 5) + (<usize>(row & 7) << 2);
          for (let k: i32 = 0; k < 4 && column + k < block.columns; k++) {
            store<f32>(back + (<usize>k << 5), load<f32>(from + (<usize>k << 2)));
          }
        }
        from += 16;
      }
    }
  }
}

/** Sums the threads' gradients of rows first..last-1 in thread order into the flat gradient; returns the sum of squares. */
export function reduceBlock(
  address: usize, gradients: usize, threads: i32, threadBytes: usize, flat: usize, first: i32, last: i32,
): f64 {
  const block = changetype<Block>(address);
  const gates = block.gated ? 4 : 1;
  let squares: f64 = 0;
  for (let row = first; row < last; row++) {
    for (let gate: i32 = 0; gate < gates; gate++) {
      let to = flat + block.variable + (<usize>(row * block.variableStride + gate * block.columns) << 2);
      let rowSquares = f32x4.splat(0);
      for (let column: i32 = 0; column < block.columns; column += 4) {
        let from = placeOf(block, gradients + block.gradient, row, packedColumn(block, gate, column));
        let sum = v128.load(from);
        for (let thread: i32 = 1; thread < threads; thread++) {
          from += threadBytes;
          sum = f32x4.add(sum, v128.load(from));
        }
        if (column + 4 <= block.columns) {
          v128.store(to, sum);
          rowSquares = f32x4.add(rowSquares, f32x4.mul(sum, sum));
        } else {
          for (let k: i32 = 0; column + k < block.columns; k++) {
            const x = f32x4.extract_lane(sum, 0);
            store<f32>(to + (<usize>k << 2), x);
            squares += <f64>x * <f64>x;
            sum = i8x16.shuffle(sum, sum, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
          }
        }
        to += 16;
      }
      squares += <f64>f32x4.extract_lane(rowSquares, 0) + <f64>f32x4.extract_lane(rowSquares, 1);
      squares += <f64>f32x4.extract_lane(rowSquares, 2) + <f64>f32x4.extract_lane(rowSquares, 3);
    }
  }
  return squares;
}

/**
 * Adam in TensorFlow's form (spec F.6) on `count` values: g = gradient * scale; m += (1 - beta1)(g - m); s += (1 - beta2)(g^2 - s);
 * value = value * keep - rate * m / (sqrt(s) + epsilon), where `rate` already holds the bias corrections.
 */
export function adam(
  values: usize, gradient: usize, m: usize, s: usize, count: i32,
  scale: f32, rate: f32, beta1: f32, beta2: f32, epsilon: f32, keep: f32,
): void {
  const end = values + (<usize>(count & ~3) << 2);
  while (values < end) {
    const g = f32x4.mul(v128.load(gradient), f32x4.splat(scale));
    const m0 = v128.load(m);
    const s0 = v128.load(s);
    const m1 = f32x4.add(m0, f32x4.mul(f32x4.sub(g, m0), f32x4.splat(1 - beta1)));
    const s1 = f32x4.add(s0, f32x4.mul(f32x4.sub(f32x4.mul(g, g), s0), f32x4.splat(1 - beta2)));
    const step = f32x4.div(f32x4.mul(m1, f32x4.splat(rate)), f32x4.add(f32x4.sqrt(s1), f32x4.splat(epsilon)));
    v128.store(m, m1);
    v128.store(s, s1);
    v128.store(values, f32x4.sub(f32x4.mul(v128.load(values), f32x4.splat(keep)), step));
    values += 16;
    gradient += 16;
    m += 16;
    s += 16;
  }
  for (let k: i32 = 0; k < (count & 3); k++) {
    const g = load<f32>(gradient) * scale;
    const m1 = load<f32>(m) + (g - load<f32>(m)) * (1 - beta1);
    const s1 = load<f32>(s) + (g * g - load<f32>(s)) * (1 - beta2);
    store<f32>(m, m1);
    store<f32>(s, s1);
    store<f32>(values, load<f32>(values) * keep - (rate * m1) / (sqrt<f32>(s1) + epsilon));
    values += 4;
    gradient += 4;
    m += 4;
    s += 4;
  }
}
