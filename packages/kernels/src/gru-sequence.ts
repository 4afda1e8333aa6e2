import { expectShape, type Frame, type Sequence } from '@elman/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { gruKernels } from './gru-kernels.ts';
import { expectSequence, hasKernelsHere, runSequence } from './sequence-kernels.ts';

/** Inputs of a sequence. */
export type GruSequence = {
  /** [batch, time, 3·hidden]: x·kernel + bias; gates in the order z, r, n. */
  readonly projected: Sequence;
  /** [hidden, 3·hidden] */
  readonly recurrentKernel: Tensor2D;
  /** [hidden]: the bias of n inside the reset. */
  readonly recurrentBias: Tensor1D;
  /** [batch, hidden] */
  readonly h: Frame;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0. */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the places of their inputs. */
  readonly reverse?: boolean | undefined;
};

/** Results of a sequence: outputs [batch, time, hidden] and the state after the frame that is run last. */
export type GruSequenceResult = {
  readonly outputs: Sequence;
  readonly h: Frame;
};

/**
 * Whether `gruSequence` runs on the active backend: it does with libtensorflow (tfjs-node).
 */
export function hasGruSequence(): boolean {
  return hasKernelsHere(gruKernels);
}

/**
 * A whole GRU sequence as one op, whose reset gate acts after the product.
 *
 *   xz, xr, xn = split(projectedₜ)                hz, hr, hn = split(hₜ₋₁·recurrentKernel)
 *   z = σ(xz + hz)   r = σ(xr + hr)               n = tanh(xn + r∘(hn + recurrentBias))
 *   hₜ = (1 − z)∘n + z∘hₜ₋₁                       outputₜ = hₜ
 *
 * Exact first-order gradients w.r.t. projected, recurrentKernel, recurrentBias and h, all from one backward pass; no
 * second-order ones. What that pass needs, (5·time + 1)·batch·hidden numbers, is held until the gradient has been taken.
 *
 * @throws {ShapeError} if shapes do not match, there is no row or no frame, or an input other than the mask is not float32.
 * @throws {BackendError} if there are no kernels for the active backend: see `hasGruSequence`.
 */
export function gruSequence(sequence: GruSequence): GruSequenceResult {
  const { where } = gruKernels;
  const { projected, recurrentKernel, recurrentBias, h, mask, reverse } = sequence;
  const inputs = { projected, recurrentKernel, recurrentBias, h };
  const { batch, hidden } = expectSequence(gruKernels, 3, { ...inputs, mask });
  expectShape(where, 'recurrentBias', recurrentBias, { hidden });
  expectShape(where, 'h', h, { batch, hidden });
  const [outputs, last] = runSequence(gruKernels, inputs, mask, { reverse: reverse ?? false }) as [Sequence, Frame];
  return { outputs, h: last };
}
