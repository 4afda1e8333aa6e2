import { Rng } from '@elman/core';
import { dot } from './dot.ts';
import { linearSearch, type Nearest, type SlotVectors } from './nearest.ts';
import type { UsageOrder } from './usage-order.ts';

/** Up to this many slots the search is exhaustive. */
const FEW = 512;
/** Number of hash tables, each with other planes. */
const TABLES = 4;
/** Buckets probed per table: that of the key, and those across the nearest planes. */
const PROBES = 12;
/** Mean number of slots per bucket, if all slots are written in uniformly random directions. */
const CROWD = 8;
/** Number of slots examined per bucket, those written last. */
const LOOKS = 32;
const NONE = -1;

/**
 * Locality-sensitive hashing by random hyperplanes through the origin: a slot is in the bucket of its sides, and slots similar to a
 * key are mostly in that of the key or next to it. Slots of zeros are in none; they are represented by the least recently used ones.
 *
 * A search examines TABLES·PROBES·CROWD slots on average and LOOKS ÷ CROWD times as many at most; a change computes
 * TABLES·log₂(slots ÷ CROWD) inner products.
 *
 * Recall, of 32 random numbers in each slot and a key that is one of them with noise of a quarter, half or all of its length: it finds that
 * slot in 100, 99 and 90 % of searches among 1,024, in 98, 84 and 43 % among 65,536. Slots that resemble the key by chance alone, and no
 * more than others do, it mostly misses.
 *
 * @see Charikar 2002, Similarity estimation techniques from rounding algorithms; several probes: Lv et al. 2007
 */
export function hyperplaneIndex(vectors: SlotVectors, order: UsageOrder): Nearest {
  const { slots } = vectors;
  if (slots <= FEW) return linearSearch(vectors);
  const bits = Math.round(Math.log2(slots / CROWD));
  const tables = Array.from({ length: TABLES }, (_, t) => new Table(slots, bits, planesOf(t, bits, vectors.width)));
  const seen = new Int32Array(slots);
  let search = 0;
  const values = (slot: number): Float32Array =>
    vectors.values.subarray(slot * vectors.width, (slot + 1) * vectors.width);
  const insert = (slot: number): void => {
    if (vectors.squareOf(slot) === 0) return;
    const content = values(slot);
    for (const table of tables) table.insert(slot, content);
  };
  for (let slot = 0; slot < slots; slot++) insert(slot);
  return {
    search(key, best) {
      search++;
      const look = (slot: number): void => {
        if (seen[slot] === search) return;
        seen[slot] = search;
        best.offer(slot, vectors.likeness(slot, key));
      };
      for (let slot = order.oldest, i = 0; i < best.slots.length; i++, slot = order.after(slot)) look(slot);
      for (const table of tables) table.visit(key, look);
    },
    changed(slot) {
      for (const table of tables) table.remove(slot);
      insert(slot);
    },
  };
}

/** The fixed planes, [bits·width]. */
function planesOf(table: number, bits: number, width: number): Float32Array {
  const rng = Rng.seeded('hyperplaneIndex').fork(table);
  return Float32Array.from({ length: bits * width }, () => rng.normal());
}

/** A hash table whose buckets are linked lists through the slots. */
class Table {
  readonly #planes: Float32Array;
  readonly #bits: number;
  readonly #width: number;
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** The bucket of each slot. */
  readonly #bucket: Int32Array;
  /** The inner products of the planes and the last hashed vector. */
  readonly #distances: Float32Array;

  constructor(slots: number, bits: number, planes: Float32Array) {
    this.#bits = bits;
    this.#planes = planes;
    this.#width = planes.length / bits;
    this.#first = new Int32Array(2 ** bits).fill(NONE);
    this.#next = new Int32Array(slots);
    this.#previous = new Int32Array(slots);
    this.#bucket = new Int32Array(slots).fill(NONE);
    this.#distances = new Float32Array(bits);
  }

  insert(slot: number, content: Float32Array): void {
    const bucket = this.#bucketOf(content);
    const after = this.#first[bucket] as number;
    this.#first[bucket] = slot;
    this.#next[slot] = after;
    this.#previous[slot] = NONE;
    this.#bucket[slot] = bucket;
    if (after !== NONE) this.#previous[after] = slot;
  }

  remove(slot: number): void {
    const bucket = this.#bucket[slot] as number;
    if (bucket === NONE) return;
    const [before, after] = [this.#previous[slot] as number, this.#next[slot] as number];
    if (before === NONE) this.#first[bucket] = after;
    else this.#next[before] = after;
    if (after !== NONE) this.#previous[after] = before;
    this.#bucket[slot] = NONE;
  }

  /** Calls `look` for slots of the buckets around a key. */
  visit(key: Float32Array, look: (slot: number) => void): void {
    const bucket = this.#bucketOf(key);
    this.#visitBucket(bucket, look);
    const distances = this.#distances;
    for (let probe = 1; probe < PROBES; probe++) {
      let closest = 0;
      for (let bit = 1; bit < this.#bits; bit++) {
        if (Math.abs(distances[bit] as number) < Math.abs(distances[closest] as number)) closest = bit;
      }
      distances[closest] = Number.POSITIVE_INFINITY;
      this.#visitBucket(bucket ^ (1 << closest), look);
    }
  }

  #visitBucket(bucket: number, look: (slot: number) => void): void {
    let slot = this.#first[bucket] as number;
    for (let i = 0; i < LOOKS && slot !== NONE; i++) {
      look(slot);
      slot = this.#next[slot] as number;
    }
  }

  #bucketOf(vector: Float32Array): number {
    let bucket = 0;
    for (let bit = 0; bit < this.#bits; bit++) {
      const distance = dot(this.#planes, bit * this.#width, vector, 0, this.#width);
      this.#distances[bit] = distance;
      if (distance > 0) bucket |= 1 << bit;
    }
    return bucket;
  }
}
