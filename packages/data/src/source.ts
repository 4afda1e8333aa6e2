import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Batches as a pure function of (epoch, index): a run that resumes needs to know its step only.
 *
 * The tensors of a batch are made afresh by each call and are the caller's to dispose.
 */
export interface BatchSource<B> {
  readonly batchesPerEpoch: number;
  /** The batch `index`, from 0 to batchesPerEpoch − 1, of the epoch `epoch`, from 0. */
  batch(epoch: number, index: number): B;
}

/**
 * Some time steps of a batch of token sequences, with what follows each token. A type, not an interface: it is a tree
 * with numbers in it.
 */
export type TokenWindow = {
  /** int32 [batch, time] */
  readonly inputs: Tensor2D;
  /** int32 [batch, time]: the token after each input. */
  readonly targets: Tensor2D;
  /** [batch, time], 1 = real; without it all are. */
  readonly mask?: Tensor2D | undefined;
  /** After how many frames the state is taken that the next window starts from. */
  readonly carry: number;
  /** The first frame whose loss counts: those before it were counted in the window before. */
  readonly counted: number;
  /** The window starts from the initial state, not from what the window before it left. */
  readonly fresh: boolean;
};
