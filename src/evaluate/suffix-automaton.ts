// A suffix automaton (Blumer et al. 1985) of several sequences of small integers: in one pass over any amount of other text it finds the
// longest passage each of them shares with it. Memory depends on the sequences only, not on the text.

interface State {
  /** Length of the longest string that leads here. */
  readonly length: number;
  link: number;
  next: Map<number, number>;
  /** Longest passage of the text that ended here, and the mark it was given. */
  found: number;
  mark: number;
}

const ROOT = 0;

export class SuffixAutomaton {
  readonly #states: State[] = [{ length: 0, link: -1, next: new Map(), found: 0, mark: -1 }];
  #settled = true;

  constructor(sequences: Iterable<ArrayLike<number>>) {
    for (const sequence of sequences) {
      let last = ROOT;
      for (let i = 0; i < sequence.length; i++) last = this.#extend(last, sequence[i] as number);
    }
  }

  /** Reads a text. @param markOf what is remembered of a passage that ends with token i of the text; the first of equally long ones stays */
  read(text: ArrayLike<number>, markOf: (i: number) => number): void {
    this.#settled = false;
    let at = ROOT;
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const token = text[i] as number;
      let state = this.#state(at);
      while (at !== ROOT && !state.next.has(token)) {
        at = state.link;
        state = this.#state(at);
        length = state.length;
      }
      const next = state.next.get(token);
      if (next === undefined) continue;
      at = next;
      length++;
      const reached = this.#state(at);
      if (length <= reached.found) continue;
      reached.found = length;
      reached.mark = markOf(i);
    }
  }

  /** The longest passage of one of the sequences that the texts read so far have too: its tokens, where it ends in the sequence, its mark. */
  longest(sequence: ArrayLike<number>): { length: number; end: number; mark: number } {
    this.#settle();
    let best = { length: 0, end: -1, mark: -1 };
    let prefix = ROOT;
    for (let i = 0; i < sequence.length; i++) {
      prefix = this.#state(prefix).next.get(sequence[i] as number) ?? ROOT;
      let at = prefix;
      while (at !== ROOT && this.#state(at).found === 0) at = this.#state(at).link;
      const { found, mark } = this.#state(at);
      if (found > best.length) best = { length: found, end: i, mark };
    }
    return best;
  }

  #state(index: number): State {
    return this.#states[index] as State;
  }

  #add(length: number, link: number, next: Map<number, number>): number {
    this.#states.push({ length, link, next, found: 0, mark: -1 });
    return this.#states.length - 1;
  }

  /** The state after `token` follows `last`, made if it is not there: sequences after the first share the states of those before. */
  #extend(last: number, token: number): number {
    const known = this.#state(last).next.get(token);
    if (known !== undefined) return this.#exact(last, token, known);
    const fresh = this.#add(this.#state(last).length + 1, ROOT, new Map());
    let at = last;
    while (at >= 0 && !this.#state(at).next.has(token)) {
      this.#state(at).next.set(token, fresh);
      at = this.#state(at).link;
    }
    if (at >= 0) this.#state(fresh).link = this.#exact(at, token, this.#state(at).next.get(token) as number);
    return fresh;
  }

  /** The state that holds the string of `from` and `token` as its longest: `target`, or a clone split off from it. */
  #exact(from: number, token: number, target: number): number {
    const length = this.#state(from).length + 1;
    const { length: longest, link, next } = this.#state(target);
    if (longest === length) return target;
    const clone = this.#add(length, link, new Map(next));
    this.#state(target).link = clone;
    for (let at = from; at >= 0 && this.#state(at).next.get(token) === target; at = this.#state(at).link) {
      this.#state(at).next.set(token, clone);
    }
    return clone;
  }

  /** What was found at a state was found, as far as it reaches, at the states of its suffixes too. */
  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    const order = this.#states.map((_, index) => index).sort((a, b) => this.#state(b).length - this.#state(a).length);
    for (const index of order) {
      const { found, mark, link } = this.#state(index);
      if (found === 0 || link <= ROOT) continue;
      const shorter = this.#state(link);
      if (shorter.found >= shorter.length) continue;
      shorter.found = shorter.length;
      shorter.mark = mark;
    }
  }
}
