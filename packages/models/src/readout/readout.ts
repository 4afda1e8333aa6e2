import type { Rng, Tree } from '@elman/core';
import type { DenseParams } from '@elman/nn';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** What the output layer of a model reads in a batch, and its targets. */
export type Readout<S extends Tree> = {
  /** [batch, size], or [batch, time, size] */
  readonly inputs: Tensor;
  /** [batch, outputSize], or [batch, time, outputSize] */
  readonly targets: Tensor;
  /** [batch, time], 0 where the target of a frame does not count; default: all do. */
  readonly mask?: Tensor2D | undefined;
  /** The state from which the next batch continues, and the frames before it; default: all of this batch. */
  readonly state: S;
  readonly carry?: number | undefined;
};

/** A model whose last layer is linear and has numbers as targets: a `regressor`, a `framePredictor` or a `taskModel`. */
export interface ReadoutModel<P extends { readonly output: DenseParams } & Tree, S extends Tree, B> {
  readonly name: string;
  init(rng: Rng): P;
  initialState(batchSize: number): S;
  batchSize(batch: B): number;
  startsFresh?(batch: B): boolean;
  /**
   * The output layer's side of a batch, for `solveReadout`. Call it in a `tidy`; some tensors may be those of the batch.
   * @throws as `loss` does, and {OptionError} if targets are not numbers.
   */
  readout(params: P, batch: B, state: S): Readout<S>;
}
