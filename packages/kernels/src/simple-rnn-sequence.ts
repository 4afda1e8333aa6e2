import { expectShape, type Frame, type Sequence } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { SimpleRnnActivation } from './sequence.ts';
import { expectSequence, hasKernelsHere, runSequence } from './sequence-kernels.ts';
import { simpleRnnKernels } from './simple-rnn-kernels.ts';

/** Inputs of a sequence. */
export type SimpleRnnSequence = {
  /** The activation; default tanh. */
  readonly activation?: SimpleRnnActivation | undefined;
  /** [batch, time, hidden]: x·kernel + bias. */
  readonly projected: Sequence;
  /** [hidden, hidden] */
  readonly recurrentKernel: Tensor2D;
  /** [batch, hidden] */
  readonly h: Frame;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0. */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the places of their inputs. */
  readonly reverse?: boolean | undefined;
};

/** Results of a sequence: outputs [batch, time, hidden] and the state after the frame that is run last. */
export type SimpleRnnSequenceResult = {
  readonly outputs: Sequence;
  readonly h: Frame;
};

/**
 * Whether `simpleRnnSequence` runs on the active backend: it does with libtensorflow (tfjs-node).
 */
export function hasSimpleRnnSequence(): boolean {
  return hasKernelsHere(simpleRnnKernels);
}

/**
 * A whole sequence of a simple recurrent network as one op.
 *
 *   hₜ = f(projectedₜ + hₜ₋₁·recurrentKernel)     f = tanh, relu or σ; outputₜ = hₜ
 *
 * Exact first-order gradients w.r.t. projected, recurrentKernel and h, all from one backward pass; no second-order ones. What
 * that pass needs, (time + 1)·batch·hidden numbers, is held until the gradient has been taken.
 *
 * @throws {ShapeError} if shapes do not match, there is no row or no frame, or an input other than the mask is not float32.
 * @throws {BackendError} if there are no kernels for the active backend: see
 *   `hasSimpleRnnSequence`.
 */
export function simpleRnnSequence(sequence: SimpleRnnSequence): SimpleRnnSequenceResult {
  const { where } = simpleRnnKernels;
  const { activation = 'tanh', projected, recurrentKernel, h, mask, reverse = false } = sequence;
  const inputs = { projected, recurrentKernel, h };
  const { batch, hidden } = expectSequence(simpleRnnKernels, 1, { ...inputs, mask });
  expectShape(where, 'h', h, { batch, hidden });
  const [outputs, last] = runSequence(simpleRnnKernels, inputs, mask, { activation, reverse }) as [Sequence, Frame];
  return { outputs, h: last };
}
