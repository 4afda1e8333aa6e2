import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** Sizes of a sparse access memory. */
export type SparseAccessMemoryOptions = {
  readonly slots: number;
  /** Numbers in a slot. */
  readonly width: number;
  /** Heads that read; by default 1. */
  readonly reads?: number | undefined;
  /** Number of slots that a head reads, k; by default 4. */
  readonly nearest?: number | undefined;
  /**
   * How a session finds them. `linear` examines every slot and is exact; `lsh` examines those on the same side
   * of random planes and is approximate, at a cost that hardly grows with the slots. By default `linear`.
   */
  readonly index?: SparseIndex | undefined;
};

export type SparseIndex = 'linear' | 'lsh';

/**
 * Contents, [batch, slots, width]; read weights of the heads, [batch, reads, slots], at most k of each row not 0; when a slot was
 * last read or written, int32 [batch, slots], in accesses.
 */
export type SparseAccessMemoryState = {
  readonly memory: Tensor3D;
  readonly readWeights: Tensor3D;
  readonly lastAccess: Tensor2D;
};

/** The options with their defaults. */
export type SparseSizes = {
  readonly slots: number;
  readonly width: number;
  readonly reads: number;
  /** At most the number of slots. */
  readonly nearest: number;
};

/** A slot that is read or written with less does not count as used. */
export const USED = 0.005;
/** Added to squared norms, so that slots of zeros have similarity 0. */
export const SOFTENING = 1e-3;
