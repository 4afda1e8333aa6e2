import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The numbers of an Adam update, combined into as few as it needs. */
export type AdamNumbers = {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The factor of m' / (√v' + ε): the learning rate with its sign, and the corrections. */
  readonly rate: number;
};

/** One parameter and its Adam state, in tensors of one shape. */
export type AdamLeaf<T> = {
  readonly gradient: T;
  readonly mean: T;
  readonly meanSquare: T;
  /** With amsgrad: the largest mean square so far. */
  readonly largest?: T | undefined;
  readonly parameter: T;
  /** The fraction of the parameter that is subtracted (decoupled weight decay). */
  readonly decay: number;
};

/** Results of an update. */
export type AdamUpdate<T> = {
  readonly update: T;
  readonly mean: T;
  readonly meanSquare: T;
  readonly largest?: T | undefined;
};

/** The arithmetic of optimizers on the tensors of a backend, float32 all. Arguments are only read; results are fresh. */
export interface OptimizerEngine {
  /** Σ x², in double precision. */
  sumOfSquares(x: TensorInfo): number;
  /** factor·x */
  scale(x: TensorInfo, factor: number): TensorInfo;
  /** x + factor·y */
  addScaled(x: TensorInfo, y: TensorInfo, factor: number): TensorInfo;
  /**
   *   m' = β₁·m + g   v' = β₂·v + g²   update = rate·m' / (√v' + ε) − decay·parameter
   *
   * With `largest`, the larger of it and v' is in the place of v' and the next `largest`. m' below 1e-30 becomes 0, and so do v'
   * and g² below 1e-37.
   */
  adam(leaf: AdamLeaf<TensorInfo>, numbers: AdamNumbers): AdamUpdate<TensorInfo>;
}

/** Mean squares below this are flushed to 0. */
export const LEAST_SQUARE = 1e-37;
/** Means below this are flushed to 0. */
export const LEAST_MEAN = 1e-30;
