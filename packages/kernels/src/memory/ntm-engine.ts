import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Sizes of an access. */
export type NtmSizes = {
  readonly batch: number;
  readonly slots: number;
  /** Numbers of a slot. */
  readonly width: number;
  /** Heads that read; they come first. */
  readonly reads: number;
  /** Heads that write: first all erase, then all add. */
  readonly writes: number;
  /** How far a head may move, to either side. */
  readonly shifts: number;
};

/** What is accessed: memory [batch, slots, width], weights [batch, heads, slots], command [batch, interfaceSize]. */
export type NtmInputs<T> = { readonly memory: T; readonly weights: T; readonly command: T };

/** What comes of it: read [batch, reads·width], and memory and weights as they then are. */
export type NtmResults<T> = { readonly read: T; readonly memory: T; readonly weights: T };

/** The arithmetic of a Neural Turing Machine's memory, on the tensors of a backend. Arguments are only read; results are fresh. */
export interface NtmEngine {
  readonly name: string;
  /** `trace` is what `backward` has to know: see `traceOf`. It is the caller's; fresh only if `keeps`. */
  forward(
    sizes: NtmSizes,
    inputs: NtmInputs<TensorInfo>,
    keeps: boolean,
  ): { readonly results: NtmResults<TensorInfo>; readonly trace: Float32Array | undefined };
  /** The gradients by the inputs, of those by the results. */
  backward(
    sizes: NtmSizes,
    inputs: NtmInputs<TensorInfo>,
    trace: Float32Array,
    grads: NtmResults<TensorInfo>,
  ): NtmInputs<TensorInfo>;
}

/** Places in a command: of a head's key, strength, gate, shift and sharpness from where the head begins; of all that is erased and added. */
export type CommandPlaces = {
  readonly [part in 'strength' | 'gate' | 'shift' | 'sharpness' | 'head' | 'erase' | 'add' | 'size']: number;
};

/** The layout of a command; `head` is how long a head's part is, of which its key is the start. */
export function commandOf({ width, reads, writes, shifts }: NtmSizes): CommandPlaces {
  const head = width + 2 * shifts + 4;
  const erase = head * (reads + writes);
  const add = erase + writes * width;
  const size = add + writes * width;
  return { strength: width, gate: width + 1, shift: width + 2, sharpness: head - 1, head, erase, add, size };
}

/**
 * What of the trace belongs to a row of the batch: its command, squashed (of the sharpness what it is above 1); the length of each
 * slot; and of each head the cosines, the weights by content, log(w̃ + ε), and the weights that it ends with, each of all slots.
 */
export function traceOf(sizes: NtmSizes): { readonly [part in 'lengths' | 'heads' | 'size']: number } {
  const { slots, reads, writes } = sizes;
  const lengths = commandOf(sizes).size;
  const heads = lengths + slots;
  return { lengths, heads, size: heads + 4 * slots * (reads + writes) };
}

/** cos(k, m) = k·m / (|k|·|m| + ε), with |x| = √(Σx² + ε²). */
export const LENGTH_EPSILON = 1e-6;
/** What is added to the weights that are sharpened. */
export const WEIGHT_EPSILON = 1e-12;
