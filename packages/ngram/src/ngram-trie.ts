import { DataError } from '@elman/core';

/** The fields of a node, beside each other in memory: one cache line a visit. */
const [PARENT, TOKEN, COUNT, SUFFIX, FIELDS] = [0, 1, 2, 3, 4];
/** More n-grams than an index of slots can tell apart. */
const MOST = 2 ** 28;

/**
 * N-grams with counts as a trie in typed arrays: a node is the n-gram of its parent and one more token, node 0 the
 * empty one, so 0 also means that there is none. Children are found by hashing (parent, token) with open addressing. A
 * slot has a hash and a node, whose key is compared, so no two n-grams are confused. A parent has a lower number than
 * its children; so has a suffix, unless it was linked later.
 *
 * Memory: 16 bytes a node, and 8 a slot of the hash table, of which at most three quarters are used.
 */
export class NgramTrie {
  #nodes: Int32Array<ArrayBuffer>;
  #slots: Int32Array<ArrayBuffer>;
  #size = 1;

  constructor() {
    this.#nodes = new Int32Array(768 * FIELDS);
    this.#slots = new Int32Array(1024 * 2);
  }

  /** The trie of nodes that `nodes` gave. */
  static of(nodes: Int32Array): NgramTrie {
    const trie = new NgramTrie();
    for (let at = FIELDS; at < nodes.length; at += FIELDS) {
      const field = (of: number): number => nodes[at + of] as number;
      trie.add(field(PARENT), field(TOKEN), field(SUFFIX), field(COUNT));
    }
    trie.trim();
    return trie;
  }

  /** Of each node, node 0 first: its parent, last token, count and suffix. */
  get nodes(): Int32Array {
    return this.#nodes.subarray(0, this.#size * FIELDS);
  }

  /** The number of nodes, node 0 included. */
  get size(): number {
    return this.#size;
  }

  /** The memory of the arrays. */
  get bytes(): number {
    return this.#nodes.byteLength + this.#slots.byteLength;
  }

  /** The node of an n-gram without its last token. */
  parent(node: number): number {
    return this.#nodes[node * FIELDS + PARENT] as number;
  }

  /** The last token of an n-gram. */
  token(node: number): number {
    return this.#nodes[node * FIELDS + TOKEN] as number;
  }

  /** How often an n-gram occurs. */
  count(node: number): number {
    return this.#nodes[node * FIELDS + COUNT] as number;
  }

  /** The node of an n-gram without its first token; if it is not there, that of the longest suffix that is. */
  suffix(node: number): number {
    return this.#nodes[node * FIELDS + SUFFIX] as number;
  }

  /** The tokens of an n-gram. */
  tokens(node: number): number[] {
    const tokens: number[] = [];
    for (let n = node; n !== 0; n = this.parent(n)) tokens.push(this.token(n));
    return tokens.reverse();
  }

  /** The child of a node, or 0. */
  find(parent: number, token: number): number {
    const nodes = this.#nodes;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const key = hash(parent, token);
    for (let slot = (2 * key) & mask; ; slot = (slot + 2) & mask) {
      const node = slots[slot + 1] as number;
      if (node === 0) return 0;
      if (slots[slot] !== key) continue;
      if (nodes[node * FIELDS + PARENT] === parent && nodes[node * FIELDS + TOKEN] === token) return node;
    }
  }

  /** The node of the longest suffix of the tokens of `node` and `token` that is there. */
  step(node: number, token: number): number {
    for (let context = node; ; context = this.suffix(context)) {
      const next = this.find(context, token);
      if (next !== 0 || context === 0) return next;
    }
  }

  /** Adds to the count of a child; makes it, with this suffix, if there is none. Returns it. */
  add(parent: number, token: number, suffix: number, count: number): number {
    if (this.#size * FIELDS === this.#nodes.length) this.#grow();
    const nodes = this.#nodes;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const key = hash(parent, token);
    let slot = (2 * key) & mask;
    for (let node = slots[slot + 1] as number; node !== 0; node = slots[slot + 1] as number) {
      const at = node * FIELDS;
      if (slots[slot] === key && nodes[at + PARENT] === parent && nodes[at + TOKEN] === token) {
        nodes[at + COUNT] = (nodes[at + COUNT] as number) + count;
        return node;
      }
      slot = (slot + 2) & mask;
    }
    const node = this.#size++;
    const at = node * FIELDS;
    nodes[at + PARENT] = parent;
    nodes[at + TOKEN] = token;
    nodes[at + COUNT] = count;
    nodes[at + SUFFIX] = suffix;
    slots[slot] = key;
    slots[slot + 1] = node;
    return node;
  }

  /** Sets the suffix of a node. */
  link(node: number, suffix: number): void {
    this.#nodes[node * FIELDS + SUFFIX] = suffix;
  }

  /** Gives back the memory of nodes that are not there. */
  trim(): void {
    this.#nodes = this.#nodes.slice(0, this.#size * FIELDS);
  }

  /** Room for twice as many. */
  #grow(): void {
    const before = this.#slots;
    const slots = before.length;
    if (slots > MOST) {
      throw new DataError(
        'countNgrams: expected fewer than 100 million different n-grams; take a lower order or less text.',
      );
    }
    const nodes = new Int32Array(slots * 0.75 * FIELDS);
    nodes.set(this.#nodes);
    this.#nodes = nodes;
    const after = new Int32Array(2 * slots);
    const mask = after.length - 1;
    for (let from = 0; from < slots; from += 2) {
      if (before[from + 1] === 0) continue;
      let to = (2 * (before[from] as number)) & mask;
      while (after[to + 1] !== 0) to = (to + 2) & mask;
      after[to] = before[from] as number;
      after[to + 1] = before[from + 1] as number;
    }
    this.#slots = after;
  }
}

/** The finalizer of MurmurHash3 on both numbers. */
function hash(parent: number, token: number): number {
  let h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(token + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
