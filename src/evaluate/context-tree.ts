// Counts of what followed which context in many sequences, for every context length up to a limit: a tree whose root is the empty
// context and whose children reach one symbol further back. Kept in flat arrays, since a corpus has millions of contexts.

import { MstError } from '../core/errors.js';

/** More contexts than this would not fit into memory. */
const MAX_NODES = 1 << 24;

/** An array of integers that grows. */
class Column {
  #values = new Int32Array(1024);
  length = 0;

  at(index: number): number {
    return this.#values[index] as number;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  add(index: number, amount: number): void {
    this.#values[index] = this.at(index) + amount;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }
}

export class ContextTree {
  readonly #parents = new Column();
  readonly #symbols = new Column();
  readonly #depths = new Column();
  readonly #firstFollower = new Column();
  readonly #followerSymbols = new Column();
  readonly #counts = new Column();
  readonly #continuations = new Column();
  readonly #nextFollower = new Column();
  /** Open addressing: node index + 1 by (parent, symbol), 0 for empty. */
  #slots = new Int32Array(4096);

  /** Number of contexts. */
  get size(): number {
    return this.#parents.length;
  }

  /** Symbols that the context `node` reaches back; a root, whatever it stands for, has 0. */
  depthOf(node: number): number {
    return this.#depths.at(node);
  }

  /** The root for `symbol`: the empty context, of which there can be several. */
  addRoot(symbol: number): number {
    return this.#add(-1, symbol, 0);
  }

  /** The root for `symbol`, or -1. */
  root(symbol: number): number {
    return this.#find(-1, symbol);
  }

  /** The context `node` with `symbol` before it, added if it is new. */
  addChild(node: number, symbol: number): number {
    return this.#add(node, symbol, this.depthOf(node) + 1);
  }

  /** The context `node` with `symbol` before it, or -1. */
  child(node: number, symbol: number): number {
    return this.#find(node, symbol);
  }

  /** Counts that `symbol` followed the context `node`. Count it after the shorter contexts first. */
  count(node: number, symbol: number): void {
    const found = this.#follower(node, symbol);
    this.#counts.add(found, 1);
    const parent = this.#parents.at(node);
    if (this.#counts.at(found) === 1 && parent >= 0) this.#continuations.add(this.#follower(parent, symbol), 1);
  }

  /** Visits every symbol that followed the context `node`: `count` times, and after `continuations` different symbols one further back. */
  eachFollower(node: number, visit: (symbol: number, count: number, continuations: number) => void): void {
    for (let at = this.#firstFollower.at(node); at >= 0; at = this.#nextFollower.at(at)) {
      visit(this.#followerSymbols.at(at), this.#counts.at(at), this.#continuations.at(at));
    }
  }

  #follower(node: number, symbol: number): number {
    const first = this.#firstFollower.at(node);
    for (let at = first; at >= 0; at = this.#nextFollower.at(at)) if (this.#followerSymbols.at(at) === symbol) return at;
    this.#firstFollower.set(node, this.#counts.length);
    this.#followerSymbols.push(symbol);
    this.#counts.push(0);
    this.#continuations.push(0);
    this.#nextFollower.push(first);
    return this.#counts.length - 1;
  }

  #add(parent: number, symbol: number, depth: number): number {
    const found = this.#find(parent, symbol);
    if (found >= 0) return found;
    if (this.size >= MAX_NODES) {
      throw new MstError('usage', `The corpus has more than ${MAX_NODES} different contexts.`, { hint: 'Choose a lower order.' });
    }
    this.#parents.push(parent);
    this.#symbols.push(symbol);
    this.#depths.push(depth);
    this.#firstFollower.push(-1);
    if (2 * this.size > this.#slots.length) {
      this.#slots = new Int32Array(2 * this.#slots.length);
      for (let node = 0; node < this.size; node++) this.#slots[this.#slotOf(this.#parents.at(node), this.#symbols.at(node))] = node + 1;
    } else {
      this.#slots[this.#slotOf(parent, symbol)] = this.size;
    }
    return this.size - 1;
  }

  #find(parent: number, symbol: number): number {
    return (this.#slots[this.#slotOf(parent, symbol)] as number) - 1;
  }

  /** The slot that holds (parent, symbol), or the empty one where it belongs. */
  #slotOf(parent: number, symbol: number): number {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(parent + 1, 0x9e3779b1) ^ Math.imul(symbol + 3, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const node = (this.#slots[slot] as number) - 1;
      if (node < 0 || (this.#parents.at(node) === parent && this.#symbols.at(node) === symbol)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}
