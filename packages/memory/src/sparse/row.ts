import { Best, type Nearest, type SlotVectors } from './nearest.ts';
import { SOFTENING, type SparseSizes, USED } from './options.ts';
import type { UsageOrder } from './usage-order.ts';

/** Weights of some slots; those of a repeated slot add up. */
export type SparseWeights = { readonly slots: Int32Array; readonly weights: Float32Array };

/** What an access records for its gradient. */
export type Trace = {
  /** The command after its activation functions. */
  readonly keys: Float32Array;
  readonly strengths: Float32Array;
  readonly word: Float32Array;
  readonly write: number;
  readonly mix: number;
  /** The mean of the previous read weights. */
  readonly before: SparseWeights;
  readonly oldest: number;
  /** The read weights: `nearest` slots for each head. */
  readonly found: SparseWeights;
  readonly cosines: Float32Array;
  /** Slots that were written, and their previous contents. */
  readonly written: readonly number[];
  readonly held: Float32Array;
};

/** The memory of one row of a batch on typed arrays: one copy, changed in place. */
export class SparseRow {
  readonly sizes: SparseSizes;
  readonly vectors: SlotVectors;
  readonly order: UsageOrder;
  /** The last read weights, `nearest` for every head; empty before the first access. */
  last: SparseWeights | undefined;
  readonly #before: SparseWeights;
  readonly #nearest: Nearest;
  readonly #best: Best;
  /** Sum of the read and write weights of each slot within an access; else 0. */
  readonly #uses: Float32Array;

  /** `readBefore` [reads·slots]: the previous read weights. */
  constructor(sizes: SparseSizes, vectors: SlotVectors, order: UsageOrder, nearest: Nearest, readBefore: Float32Array) {
    this.sizes = sizes;
    this.vectors = vectors;
    this.order = order;
    this.#before = gather(readBefore, sizes.slots);
    this.#nearest = nearest;
    this.#best = new Best(sizes.nearest);
    this.#uses = new Float32Array(sizes.slots);
  }

  /** One access: fills `read` [reads·width]. What it returns is complete where `recorded`. */
  access(command: Float32Array, read: Float32Array, recorded: boolean): Trace {
    const { reads, width, nearest } = this.sizes;
    const { values } = this.vectors;
    const at = { strengths: reads * width, word: reads * (width + 1), gates: reads * (width + 1) + width };
    const { slots: readSlots, weights: readWeights } = this.last ?? this.#before;
    const trace = {
      keys: Float32Array.from(command.subarray(0, at.strengths), Math.tanh),
      strengths: Float32Array.from(command.subarray(at.strengths, at.word), (x) => 1 + softplus(x)),
      word: Float32Array.from(command.subarray(at.word, at.gates), Math.tanh),
      write: sigmoid(command[at.gates] as number),
      mix: sigmoid(command[at.gates + 1] as number),
      before: { slots: readSlots, weights: readWeights.map((weight) => weight / reads) },
      oldest: this.order.oldest,
      found: { slots: new Int32Array(reads * nearest), weights: new Float32Array(reads * nearest) },
      cosines: new Float32Array(reads * nearest),
    };
    const { written, held } = this.#write(trace, recorded);
    const { slots, weights } = trace.found;
    for (let head = 0; head < reads; head++) {
      const key = trace.keys.subarray(head * width, (head + 1) * width);
      this.#find(key, slots.subarray(head * nearest), trace.cosines.subarray(head * nearest));
      const [from, to] = [head * nearest, (head + 1) * nearest];
      softmaxOf(trace.cosines, trace.strengths[head] as number, weights, from, to);
      for (let j = from; j < to; j++) {
        const start = (slots[j] as number) * width;
        const weight = weights[j] as number;
        for (let i = 0; i < width; i++) {
          (read[head * width + i] as number) += weight * (values[start + i] as number);
        }
      }
    }
    this.#markUsed(trace, written);
    this.last = trace.found;
    return { ...trace, written, held };
  }

  /** Clears the oldest slot, and writes to it and to those that were read; returns them with their previous contents. */
  #write({ before, oldest, word, write, mix }: Omit<Trace, 'written' | 'held'>, recorded: boolean) {
    const { width } = this.sizes;
    const { values } = this.vectors;
    const uses = this.#uses;
    const written = [oldest];
    uses[oldest] = write * (1 - mix);
    before.slots.forEach((slot, j) => {
      const use = write * mix * (before.weights[j] as number);
      if (use === 0) return;
      if (uses[slot] === 0 && slot !== oldest) written.push(slot);
      (uses[slot] as number) += use;
    });
    const held = new Float32Array(recorded ? written.length * width : 0);
    written.forEach((slot, n) => {
      const start = slot * width;
      if (recorded) held.set(values.subarray(start, start + width), n * width);
      const kept = slot === oldest ? 0 : 1;
      const use = uses[slot] as number;
      for (let i = 0; i < width; i++) {
        values[start + i] = kept * (values[start + i] as number) + use * (word[i] as number);
      }
      this.vectors.measure(slot);
      this.#nearest.changed(slot);
    });
    return { written, held };
  }

  /** The slots nearest to a key, and their cosines. */
  #find(key: Float32Array, slots: Int32Array, cosines: Float32Array): void {
    const best = this.#best;
    best.clear();
    this.#nearest.search(key, best);
    slots.set(best.slots);
    const inverse = inverseLength(key);
    best.slots.forEach((slot, j) => {
      cosines[j] = this.vectors.likeness(slot, key) * inverse;
    });
  }

  /** The slots that count as used now. Resets the sums. */
  #markUsed({ found }: Pick<Trace, 'found'>, written: readonly number[]): void {
    const uses = this.#uses;
    found.slots.forEach((slot, j) => {
      (uses[slot] as number) += found.weights[j] as number;
    });
    const used: number[] = [];
    const settle = (slot: number): void => {
      if ((uses[slot] as number) > USED) used.push(slot);
      uses[slot] = 0;
    };
    for (const slot of written) settle(slot);
    for (const slot of found.slots) settle(slot);
    this.order.use(used.sort((a, b) => a - b));
  }
}

/** Weights [reads·slots] that are not 0. */
function gather(dense: Float32Array, slots: number): SparseWeights {
  const places: number[] = [];
  dense.forEach((weight, place) => {
    if (weight !== 0) places.push(place);
  });
  return {
    slots: Int32Array.from(places, (place) => place % slots),
    weights: Float32Array.from(places, (place) => dense[place] as number),
  };
}

/** 1 ÷ the softened norm of a key. */
export function inverseLength(key: Float32Array): number {
  let square = SOFTENING;
  for (const x of key) square += x * x;
  return 1 / Math.sqrt(square);
}

/** softmax(strength·cosines) of a part, into `weights`. */
function softmaxOf(cosines: Float32Array, strength: number, weights: Float32Array, from: number, to: number): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let j = from; j < to; j++) highest = Math.max(highest, cosines[j] as number);
  let total = 0;
  for (let j = from; j < to; j++) {
    const weight = Math.exp(strength * ((cosines[j] as number) - highest));
    weights[j] = weight;
    total += weight;
  }
  for (let j = from; j < to; j++) (weights[j] as number) /= total;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}
