import { dot } from './dot.ts';
import { SOFTENING } from './options.ts';

/** The slots of a row as vectors, and 1 ÷ the (softened) norm of each. */
export class SlotVectors {
  readonly values: Float32Array;
  readonly width: number;
  readonly slots: number;
  readonly inverseLengths: Float64Array;

  constructor(values: Float32Array, width: number) {
    this.values = values;
    this.width = width;
    this.slots = values.length / width;
    this.inverseLengths = new Float64Array(this.slots);
    for (let slot = 0; slot < this.slots; slot++) this.measure(slot);
  }

  /** Updates a slot whose content has changed. */
  measure(slot: number): void {
    this.inverseLengths[slot] = 1 / Math.sqrt(this.squareOf(slot) + SOFTENING);
  }

  squareOf(slot: number): number {
    const { values, width } = this;
    return dot(values, slot * width, values, slot * width, width);
  }

  /** A number proportional to the cosine of a slot and a key [width]. */
  likeness(slot: number, key: Float32Array): number {
    const { values, width } = this;
    return dot(values, slot * width, key, 0, width) * (this.inverseLengths[slot] as number);
  }
}

/** Finds the slots most similar to a key. */
export interface Nearest {
  /** Adds them, and perhaps others, to `best`. */
  search(key: Float32Array, best: Best): void;
  /** Updates a slot whose content has changed; `SlotVectors` is already updated. */
  changed(slot: number): void;
}

/** The k best candidates, descending; ties: the lower slot first. */
export class Best {
  readonly slots: Int32Array;
  readonly #scores: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.slots = new Int32Array(size);
    this.#scores = new Float64Array(size);
  }

  clear(): void {
    this.#count = 0;
  }

  offer(slot: number, score: number): void {
    const { slots } = this;
    const scores = this.#scores;
    if (this.#count === slots.length && !isBefore(slot, score, slots, scores, this.#count - 1)) return;
    if (this.#count < slots.length) this.#count++;
    let place = this.#count - 1;
    for (; place > 0 && isBefore(slot, score, slots, scores, place - 1); place--) {
      slots[place] = slots[place - 1] as number;
      scores[place] = scores[place - 1] as number;
    }
    slots[place] = slot;
    scores[place] = score;
  }
}

function isBefore(slot: number, score: number, slots: Int32Array, scores: Float64Array, place: number): boolean {
  const other = scores[place] as number;
  return score > other || (score === other && slot < (slots[place] as number));
}

/** Exhaustive search. */
export function linearSearch(vectors: SlotVectors): Nearest {
  return {
    search(key, best) {
      for (let slot = 0; slot < vectors.slots; slot++) best.offer(slot, vectors.likeness(slot, key));
    },
    changed() {},
  };
}
