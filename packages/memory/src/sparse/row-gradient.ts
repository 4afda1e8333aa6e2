import { dot } from './dot.ts';
import type { SlotVectors } from './nearest.ts';
import type { SparseSizes } from './options.ts';
import { inverseLength, type Trace } from './row.ts';

/** The state of a row before its first access, which the gradient with respect to the previous read weights needs. */
type FirstAccess = {
  readonly oldest: number;
  readonly scale: number;
  readonly word: Float32Array;
  slope: Float32Array;
};

/**
 * Backward pass through the accesses of a row. Each step restores the memory by undoing the write; the
 * gradient of the memory changes only in the few slots of the access.
 */
export class SparseRowGradient {
  readonly #sizes: SparseSizes;
  readonly #vectors: SlotVectors;
  /** Gradient of the current memory [slots·width]. */
  readonly slope: Float32Array;
  /** Gradient of the last read weights, one for each slot found. */
  #byWeights: Float64Array;
  #first: FirstAccess | undefined;

  constructor(sizes: SparseSizes, vectors: SlotVectors) {
    this.#sizes = sizes;
    this.#vectors = vectors;
    this.slope = new Float32Array(sizes.slots * sizes.width);
    this.#byWeights = new Float64Array(sizes.reads * sizes.nearest);
  }

  /** Adds gradients [reads·slots] of the weights after an access. */
  addByWeights(slopes: Float32Array, { found }: Trace): void {
    const { slots, nearest } = this.#sizes;
    found.slots.forEach((slot, j) => {
      const head = Math.floor(j / nearest);
      (this.#byWeights[j] as number) += slopes[head * slots + slot] as number;
    });
  }

  /** Backward pass of an access: from the gradient of its read [reads·width] to that of its raw command, which it fills in. */
  back(trace: Trace, byRead: Float32Array, byCommand: Float32Array, isFirst: boolean): void {
    this.#backThroughReads(trace, byRead, byCommand);
    this.#backThroughWrite(trace, byCommand, isFirst);
    this.takeBack(trace);
  }

  /** The memory as it was before an access. */
  takeBack({ written, held }: Trace): void {
    const { width } = this.#sizes;
    written.forEach((slot, n) => {
      this.#vectors.values.set(held.subarray(n * width, (n + 1) * width), slot * width);
      this.#vectors.measure(slot);
    });
  }

  /**
   *   w = softmax(β·c)     c = k·m ÷ (|k||m|)     r = Σ w·m
   */
  #backThroughReads({ keys, strengths, found, cosines }: Trace, byRead: Float32Array, byCommand: Float32Array): void {
    const { reads, width, nearest } = this.#sizes;
    const { values, inverseLengths } = this.#vectors;
    const { slope } = this;
    const byWeights = this.#byWeights;
    for (let head = 0; head < reads; head++) {
      const [from, to] = [head * nearest, (head + 1) * nearest];
      const keyAt = head * width;
      const key = keys.subarray(keyAt, keyAt + width);
      const inverseKey = inverseLength(key);
      const strength = strengths[head] as number;
      let mean = 0;
      for (let j = from; j < to; j++) {
        const start = (found.slots[j] as number) * width;
        const weight = found.weights[j] as number;
        let by = byWeights[j] as number;
        for (let i = 0; i < width; i++) {
          const byNumber = byRead[keyAt + i] as number;
          by += byNumber * (values[start + i] as number);
          (slope[start + i] as number) += weight * byNumber;
        }
        byWeights[j] = by;
        mean += weight * by;
      }
      let byStrength = 0;
      const byKey = new Float64Array(width);
      for (let j = from; j < to; j++) {
        const slot = found.slots[j] as number;
        const start = slot * width;
        const cosine = cosines[j] as number;
        const byScore = (found.weights[j] as number) * ((byWeights[j] as number) - mean);
        byStrength += byScore * cosine;
        const inverse = inverseLengths[slot] as number;
        const across = byScore * strength * inverse * inverseKey;
        const alongKey = byScore * strength * cosine * inverseKey * inverseKey;
        const alongSlot = byScore * strength * cosine * inverse * inverse;
        for (let i = 0; i < width; i++) {
          const [x, k] = [values[start + i] as number, key[i] as number];
          (byKey[i] as number) += across * x - alongKey * k;
          (slope[start + i] as number) += across * k - alongSlot * x;
        }
      }
      for (let i = 0; i < width; i++) byCommand[keyAt + i] = (byKey[i] as number) * tanhSlope(key[i] as number);
      // strength = 1 + softplus(x), whose derivative is σ(x) = 1 − e^(1 − strength)
      byCommand[reads * width + head] = byStrength * -Math.expm1(1 - strength);
    }
  }

  /**
   *   m' = m·[not oldest] + a·α·(γ·w̄ + (1 − γ)·[oldest])
   */
  #backThroughWrite(trace: Trace, byCommand: Float32Array, isFirst: boolean): void {
    const { reads, width } = this.#sizes;
    const { slope } = this;
    const { before, oldest, word, write, mix } = trace;
    const along = (slot: number): number => dot(slope, slot * width, word, 0, width);
    const byWord = new Float64Array(width);
    const addToWord = (slot: number, share: number): void => {
      for (let i = 0; i < width; i++) (byWord[i] as number) += share * (slope[slot * width + i] as number);
    };
    const byBefore = new Float64Array(before.slots.length);
    let ofRead = 0;
    before.slots.forEach((slot, j) => {
      const by = along(slot);
      const weight = before.weights[j] as number;
      ofRead += weight * by;
      byBefore[j] = (write * mix * by) / reads;
      addToWord(slot, write * mix * weight);
    });
    const ofOldest = along(oldest);
    addToWord(oldest, write * (1 - mix));
    const at = reads * (width + 1);
    for (let i = 0; i < width; i++) byCommand[at + i] = (byWord[i] as number) * tanhSlope(word[i] as number);
    byCommand[at + width] = (mix * ofRead + (1 - mix) * ofOldest) * write * (1 - write);
    byCommand[at + width + 1] = write * (ofRead - ofOldest) * mix * (1 - mix);
    this.#byWeights = byBefore;
    const start = oldest * width;
    if (isFirst) {
      const cleared = slope.slice(start, start + width);
      this.#first = { oldest, scale: (write * mix) / reads, word, slope: cleared };
    }
    slope.fill(0, start, start + width);
  }

  /** Gradient of the weights [reads·slots] before the first access; without an access, that of `after`. */
  byFirstWeights(after: Float32Array | undefined): Float32Array {
    const { reads, slots, width } = this.#sizes;
    const slopes = new Float32Array(reads * slots);
    if (this.#first === undefined) {
      if (after !== undefined) slopes.set(after);
      return slopes;
    }
    const { oldest, scale, word, slope: cleared } = this.#first;
    for (let slot = 0; slot < slots; slot++) {
      const [source, start] = slot === oldest ? [cleared, 0] : [this.slope, slot * width];
      const along = dot(source, start, word, 0, width);
      for (let head = 0; head < reads; head++) slopes[head * slots + slot] = scale * along;
    }
    return slopes;
  }
}

/** The derivative of tanh, from its value. */
function tanhSlope(y: number): number {
  return 1 - y * y;
}
