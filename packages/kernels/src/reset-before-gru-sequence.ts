import { expectShape, type Frame, type Sequence } from '@elman/core';
import type { GruSequence, GruSequenceResult } from './gru-sequence.ts';
import { resetBeforeGruKernels } from './reset-before-gru-kernels.ts';
import { expectSequence, hasKernelsHere, runSequence } from './sequence-kernels.ts';

/** Inputs of a sequence: those of a GRU without a bias inside the reset. */
export type ResetBeforeGruSequence = Omit<GruSequence, 'recurrentBias'>;

/** Whether `resetBeforeGruSequence` runs on the active backend: see `hasGruSequence`. */
export function hasResetBeforeGruSequence(): boolean {
  return hasKernelsHere(resetBeforeGruKernels);
}

/**
 * A whole GRU sequence as one op, whose reset gate acts before the product.
 *
 *   xz, xr, xn = split(projectedₜ)                Uz, Ur, Un = split(recurrentKernel)
 *   z = σ(xz + hₜ₋₁·Uz)   r = σ(xr + hₜ₋₁·Ur)     n = tanh(xn + (r∘hₜ₋₁)·Un)
 *   hₜ = (1 − z)∘n + z∘hₜ₋₁                       outputₜ = hₜ
 *
 * Exact first-order gradients w.r.t. projected, recurrentKernel and h, all from one backward pass; no second-order ones. What
 * that pass needs, (4·time + 1)·batch·hidden numbers, is held until the gradient has been taken.
 *
 * @throws {ShapeError} if shapes do not match, there is no row or no frame, or an input other than the mask is not float32.
 * @throws {BackendError} if there are no kernels for the active backend: see `hasResetBeforeGruSequence`.
 */
export function resetBeforeGruSequence(sequence: ResetBeforeGruSequence): GruSequenceResult {
  const { projected, recurrentKernel, h, mask, reverse = false } = sequence;
  const inputs = { projected, recurrentKernel, h };
  const { batch, hidden } = expectSequence(resetBeforeGruKernels, 3, { ...inputs, mask });
  expectShape(resetBeforeGruKernels.where, 'h', h, { batch, hidden });
  const [outputs, last] = runSequence(resetBeforeGruKernels, inputs, mask, { reverse }) as [Sequence, Frame];
  return { outputs, h: last };
}
