// Differentiation of scalar float64 formulas by recording them: gradients for tests that follow from the formulas alone.

/** A number on a tape: its index. */
export type Scalar = number;

export class Tape {
  readonly #values: number[] = [];
  /** Two parents of each entry and the derivative by them; -1 where there is none. */
  readonly #parents: number[] = [];
  readonly #slopes: number[] = [];

  constant(value: number): Scalar {
    return this.#push(value, -1, 0, -1, 0);
  }

  value(x: Scalar): number {
    return this.#values[x] as number;
  }

  add(x: Scalar, y: Scalar): Scalar {
    return this.#push(this.value(x) + this.value(y), x, 1, y, 1);
  }

  multiply(x: Scalar, y: Scalar): Scalar {
    return this.#push(this.value(x) * this.value(y), x, this.value(y), y, this.value(x));
  }

  scale(x: Scalar, factor: number): Scalar {
    return this.#push(this.value(x) * factor, x, factor, -1, 0);
  }

  sigmoid(x: Scalar): Scalar {
    const s = 1 / (1 + Math.exp(-this.value(x)));
    return this.#push(s, x, s * (1 - s), -1, 0);
  }

  tanh(x: Scalar): Scalar {
    const t = Math.tanh(this.value(x));
    return this.#push(t, x, 1 - t * t, -1, 0);
  }

  exp(x: Scalar): Scalar {
    const e = Math.exp(this.value(x));
    return this.#push(e, x, e, -1, 0);
  }

  log(x: Scalar): Scalar {
    return this.#push(Math.log(this.value(x)), x, 1 / this.value(x), -1, 0);
  }

  sum(terms: readonly Scalar[]): Scalar {
    return terms.reduce((sum, term) => this.add(sum, term), this.constant(0));
  }

  /** init + x * W, where W is row-major with init.length columns and `first` is its first row. */
  product(x: readonly Scalar[], W: readonly Scalar[], first: number, init: readonly Scalar[]): Scalar[] {
    return init.map((start, n) =>
      x.reduce((sum, value, k) => this.add(sum, this.multiply(value, W[(first + k) * init.length + n] as Scalar)), start),
    );
  }

  softmax(x: readonly Scalar[]): Scalar[] {
    // Taking the same from all changes neither values nor derivatives, and keeps large ones from overflowing.
    const most = this.constant(-Math.max(...x.map((value) => this.value(value))));
    const e = x.map((value) => this.exp(this.add(value, most)));
    const inverse = this.exp(this.scale(this.log(this.sum(e)), -1));
    return e.map((value) => this.multiply(value, inverse));
  }

  /** Derivatives of `y` by every entry. */
  gradient(y: Scalar): Float64Array {
    const slopes = new Float64Array(this.#values.length);
    slopes[y] = 1;
    for (let i = y; i >= 0; i--) {
      const slope = slopes[i] as number;
      for (const side of [2 * i, 2 * i + 1]) {
        const parent = this.#parents[side] as number;
        if (parent >= 0) slopes[parent] = (slopes[parent] as number) + slope * (this.#slopes[side] as number);
      }
    }
    return slopes;
  }

  #push(value: number, a: number, da: number, b: number, db: number): Scalar {
    this.#parents.push(a, b);
    this.#slopes.push(da, db);
    return this.#values.push(value) - 1;
  }
}
