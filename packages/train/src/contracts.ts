import type { Rng, Tree } from '@elman/core';
import type { Scalar } from '@tensorflow/tfjs-core';

/** Options of a loss. */
export interface LossOptions {
  /** The source of dropout and other noise, a different one for each update. */
  readonly rng?: Rng | undefined;
  /** The probability with which a model that predicts its own input is fed its prediction (scheduled sampling). */
  readonly sampling?: number | undefined;
  /** Whether to return metrics, too; true in evaluation. */
  readonly metrics?: boolean | undefined;
}

/** What a loss returns. */
export interface Loss<S extends Tree> {
  /** The mean over the unmasked targets of the batch: nats per token, say. */
  readonly loss: Scalar;
  /** The number of unmasked targets. */
  readonly count: Scalar;
  /** The state after the batch, for a batch that continues it. */
  readonly state: S;
  /** If requested: other means over the unmasked targets, such as accuracy. */
  readonly metrics?: { readonly [name: string]: Scalar } | undefined;
}

/** A model that can be trained. Arguments are borrowed; the tensors that it returns are new. */
export interface Trainable<P extends Tree, S extends Tree, B> {
  /** New parameters with every call; the same for the same seed. */
  init(rng: Rng): P;
  /** The state before the first frame. Axis 0 of every leaf is the batch. */
  initialState(batchSize: number): S;
  /** The number of rows of a batch. */
  batchSize(batch: B): number;
  /** Whether a batch starts from the initial state, not from the final state of the last one. Default: always. */
  startsFresh?(batch: B): boolean;
  loss(params: P, batch: B, state: S, options: LossOptions): Loss<S>;
}
