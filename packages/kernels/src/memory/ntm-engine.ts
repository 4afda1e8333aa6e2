import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Sizes of an access. */
export type NtmSizes = {
  readonly batch: number;
  readonly slots: number;
  /** Numbers of a slot. */
  readonly width: number;
  /** Read heads; they come first. */
  readonly reads: number;
  /** Write heads: first all erase, then all add. */
  readonly writes: number;
  /** The largest shift to either side. */
  readonly shifts: number;
};

/** Inputs: memory [batch, slots, width], weights [batch, heads, slots], command [batch, interfaceSize]. */
export type NtmInputs<T> = { readonly memory: T; readonly weights: T; readonly command: T };

/** Results: read [batch, reads·width], and memory and weights after the access. */
export type NtmResults<T> = { readonly read: T; readonly memory: T; readonly weights: T };

/** The arithmetic of a Neural Turing Machine's memory, on the tensors of a backend. Arguments are only read; results are fresh. */
export interface NtmEngine {
  readonly name: string;
  /** `trace` is saved for `backward`: see `traceOf`. It is the caller's; fresh only if `keeps`. */
  forward(
    sizes: NtmSizes,
    inputs: NtmInputs<TensorInfo>,
    keeps: boolean,
  ): { readonly results: NtmResults<TensorInfo>; readonly trace: Float32Array | undefined };
  /** The gradients w.r.t. the inputs, from those w.r.t. the results. */
  backward(
    sizes: NtmSizes,
    inputs: NtmInputs<TensorInfo>,
    trace: Float32Array,
    grads: NtmResults<TensorInfo>,
  ): NtmInputs<TensorInfo>;
}

/** Offsets in a command: of a head's key, strength, gate, shift and sharpness relative to the head; of all erase and add vectors. */
export type CommandPlaces = {
  readonly [part in 'strength' | 'gate' | 'shift' | 'sharpness' | 'head' | 'erase' | 'add' | 'size']: number;
};

/** The layout of a command; `head` is the length of a head's part, which begins with its key. */
export function commandOf({ width, reads, writes, shifts }: NtmSizes): CommandPlaces {
  const head = width + 2 * shifts + 4;
  const erase = head * (reads + writes);
  const add = erase + writes * width;
  const size = add + writes * width;
  return { strength: width, gate: width + 1, shift: width + 2, sharpness: head - 1, head, erase, add, size };
}

/**
 * The trace of a row of the batch: its command, squashed (the sharpness minus 1); the norm of each
 * slot; and of each head the cosines, the content weights, log(w̃ + ε), and the final weights, each of all slots.
 */
export function traceOf(sizes: NtmSizes): { readonly [part in 'lengths' | 'heads' | 'size']: number } {
  const { slots, reads, writes } = sizes;
  const lengths = commandOf(sizes).size;
  const heads = lengths + slots;
  return { lengths, heads, size: heads + 4 * slots * (reads + writes) };
}

/** cos(k, m) = k·m / (|k|·|m| + ε), with |x| = √(Σx² + ε²). */
export const LENGTH_EPSILON = 1e-6;
/** Added to the weights before sharpening. */
export const WEIGHT_EPSILON = 1e-12;
