// The attention of Magenta before May 2017, from the formulas of spec F.2 and H.2b under the names of that time: one wrapper around the
// whole stack, its query over c and h of every layer. Plain float64 arrays, every slot computed anew.

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * The logits after each of the dense input rows, from zero state.
 * @param get the values of a variable by its name of 2016
 */
export function oldAttentionLogits(
  get: (name: string) => Float32Array,
  { layers, slots }: { layers: readonly number[]; slots: number },
  rows: readonly ArrayLike<number>[],
): number[][] {
  const linear = (x: readonly number[], matrix: string, bias?: string): number[] => {
    const m = get(matrix);
    const columns = m.length / x.length;
    const b = bias === undefined ? undefined : get(bias);
    const out = Array.from({ length: columns }, (_, j) => b?.[j] ?? 0);
    x.forEach((value, i) => {
      for (let j = 0; j < columns; j++) out[j] = (out[j] as number) + value * (m[i * columns + j] as number);
    });
    return out;
  };
  const w = 'RNN/AttentionCellWrapper';
  const units = layers.at(-1) as number;
  let state = layers.map((size) => ({ c: new Array<number>(size).fill(0), h: new Array<number>(size).fill(0) }));
  let attention = new Array<number>(units).fill(0);
  let memory = Array.from({ length: slots }, () => new Array<number>(units).fill(0));
  const v = get(`${w}/Attention/AttnV`);
  return rows.map((row) => {
    let x = linear([...Array.from(row), ...attention], `${w}/Linear/Matrix`, `${w}/Linear/Bias`);
    state = state.map(({ c, h }, layer) => {
      const cell = `${w}/MultiRNNCell/Cell${layer}/BasicLSTMCell/Linear`;
      const z = linear([...x, ...h], `${cell}/Matrix`, `${cell}/Bias`);
      const [i, j, f, o] = [0, 1, 2, 3].map((gate) => z.slice(gate * c.length, (gate + 1) * c.length)) as [
        number[],
        number[],
        number[],
        number[],
      ];
      const c2 = c.map((old, u) => old * sigmoid((f[u] as number) + 1) + sigmoid(i[u] as number) * Math.tanh(j[u] as number));
      x = c2.map((value, u) => Math.tanh(value) * sigmoid(o[u] as number));
      return { c: c2, h: x };
    });
    const query = state.flatMap(({ c, h }) => [...c, ...h]);
    const y = linear(query, `${w}/Attention/Linear/Matrix`, `${w}/Attention/Linear/Bias`);
    const scores = memory.map((slot) =>
      linear(slot, `${w}/Attention/AttnW`).reduce((sum, k, u) => sum + (v[u] as number) * Math.tanh(k + (y[u] as number)), 0),
    );
    const weights = scores.map(Math.exp);
    const total = weights.reduce((a, b) => a + b);
    attention = attention.map((_, u) => memory.reduce((sum, slot, t) => sum + ((weights[t] as number) / total) * (slot[u] as number), 0));
    const output = linear([...x, ...attention], `${w}/AttnOutputProjection/Linear/Matrix`, `${w}/AttnOutputProjection/Linear/Bias`);
    memory = [...memory.slice(1), output];
    return linear(output, 'fully_connected/weights', 'fully_connected/biases');
  });
}

/** The probabilities of logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const top = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((value) => value / sum);
}
