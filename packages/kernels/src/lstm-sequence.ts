import { expectShape, type Frame, type Sequence } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { lstmKernels } from './lstm-kernels.ts';
import { expectSequence, hasKernelsHere, runSequence } from './sequence-kernels.ts';

/** Inputs of a sequence. */
export type LstmSequence = {
  /** [batch, time, 4·hidden]: x·kernel + bias; gates in the order i, f, g, o. */
  readonly projected: Sequence;
  /** [hidden, 4·hidden] */
  readonly recurrentKernel: Tensor2D;
  /** [batch, hidden] */
  readonly h: Frame;
  /** [batch, hidden] */
  readonly c: Frame;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0. */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the places of their inputs. */
  readonly reverse?: boolean | undefined;
};

/** Results of a sequence: outputs [batch, time, hidden] and the state after the frame that is run last. */
export type LstmSequenceResult = {
  readonly outputs: Sequence;
  readonly h: Frame;
  readonly c: Frame;
};

/**
 * Whether `lstmSequence` runs on the active backend: it does with libtensorflow (tfjs-node).
 */
export function hasLstmSequence(): boolean {
  return hasKernelsHere(lstmKernels);
}

/**
 * A whole LSTM sequence as one op.
 *
 *   i, f, g, o = split(projectedₜ + hₜ₋₁·recurrentKernel)
 *   cₜ = σ(f)·cₜ₋₁ + σ(i)·tanh(g)
 *   hₜ = σ(o)·tanh(cₜ)                          outputₜ = hₜ
 *
 * Exact first-order gradients w.r.t. projected, recurrentKernel, h and c, all from one backward pass; no second-order ones.
 * What that pass needs, (6·time + 2)·batch·hidden numbers, is held until the gradient has been taken.
 *
 * @throws {ShapeError} if shapes do not match, there is no row or no frame, or an input other than the mask is not float32.
 * @throws {BackendError} if there are no kernels for the active backend: see `hasLstmSequence`.
 */
export function lstmSequence({ projected, recurrentKernel, h, c, mask, reverse }: LstmSequence): LstmSequenceResult {
  const { where } = lstmKernels;
  const inputs = { projected, recurrentKernel, h, c };
  const { batch, hidden } = expectSequence(lstmKernels, 4, { ...inputs, mask });
  expectShape(where, 'h', h, { batch, hidden });
  expectShape(where, 'c', c, { batch, hidden });
  const results = runSequence(lstmKernels, inputs, mask, { reverse: reverse ?? false });
  const [outputs, lastH, lastC] = results as [Sequence, Frame, Frame];
  return { outputs, h: lastH, c: lastC };
}
