import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Sizes of a sparse access memory. */
export type SparseAccessMemoryOptions = {
  readonly slots: number;
  /** Numbers in a slot. */
  readonly width: number;
  /** Heads that read; by default 1. */
  readonly reads?: number | undefined;
  /** How many slots a head reads, k; by default 4. */
  readonly nearest?: number | undefined;
  /**
   * How a session finds them. `linear` looks at every slot, and finds the nearest for certain; `lsh` at those that fall on the same side
   * of random planes, and mostly finds them, at a cost that hardly grows with the slots. By default `linear`.
   */
  readonly index?: SparseIndex | undefined;
};

export type SparseIndex = 'linear' | 'lsh';

/**
 * What is written, [batch, slots, width]; where the heads read, [batch, reads, slots], at most k of each row not 0; when a slot was
 * last read or written, int32 [batch, slots], in accesses.
 */
export type SparseAccessMemoryState = {
  readonly memory: Tensor3D;
  readonly readWeights: Tensor3D;
  readonly lastAccess: Tensor2D;
};

/** The sizes, all of them. */
export type SparseSizes = {
  readonly slots: number;
  readonly width: number;
  readonly reads: number;
  /** Not more than the slots. */
  readonly nearest: number;
};

/** A slot that is read or written with less does not count as used. */
export const USED = 0.005;
/** Added to squared lengths, so that slots of zeros resemble nothing. */
export const SOFTENING = 1e-3;
