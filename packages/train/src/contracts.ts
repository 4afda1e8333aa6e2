import type { Rng, Tree } from '@elman/core';
import type { Scalar } from '@tensorflow/tfjs-core';

/** What a loss is told beside parameters, batch and state. */
export interface LossOptions {
  /** The source of dropout and other noise, another one for each update. */
  readonly rng?: Rng | undefined;
  /** The probability with which a model that predicts its own input is fed its prediction (scheduled sampling). */
  readonly sampling?: number | undefined;
  /** Whether to return metrics, too; evaluation asks for them. */
  readonly metrics?: boolean | undefined;
}

/** What a loss returns. */
export interface Loss<S extends Tree> {
  /** The mean over what counts in the batch: nats per token, say. */
  readonly loss: Scalar;
  /** Over how many it is the mean: unmasked targets, say. */
  readonly count: Scalar;
  /** The state after the batch, for a batch that goes on where this one ends. */
  readonly state: S;
  /** Where they were asked for: other means over what counts. Accuracy is one. */
  readonly metrics?: { readonly [name: string]: Scalar } | undefined;
}

/** What a trainer drives: any model that knows its loss. Arguments are borrowed; what is returned is fresh. */
export interface Trainable<P extends Tree, S extends Tree, B> {
  /** Fresh parameters with every call; the same for the same seed. */
  init(rng: Rng): P;
  /** The state before the first frame. Axis 0 of every leaf is the batch. */
  initialState(batchSize: number): S;
  /** How many rows a batch has. */
  batchSize(batch: B): number;
  /** Whether a batch starts from the initial state, not from where the last one ended. Without it, each one does. */
  startsFresh?(batch: B): boolean;
  loss(params: P, batch: B, state: S, options: LossOptions): Loss<S>;
}
