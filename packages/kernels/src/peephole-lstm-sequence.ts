import type { Frame, Sequence } from '@elman/core';
import { expectShape } from '@elman/core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { peepholeLstmKernels } from './lstm-kernels.ts';
import type { LstmSequence, LstmSequenceResult } from './lstm-sequence.ts';
import { expectSequence, hasKernelsHere, runSequence } from './sequence-kernels.ts';

/** Inputs of a sequence: those of an LSTM, and the peephole weights of each gate, [hidden] each. */
export type PeepholeLstmSequence = LstmSequence & {
  readonly peepholes: { readonly i: Tensor1D; readonly f: Tensor1D; readonly o: Tensor1D };
};

/** Whether `peepholeLstmSequence` runs on the active backend: see `hasLstmSequence`. */
export function hasPeepholeLstmSequence(): boolean {
  return hasKernelsHere(peepholeLstmKernels);
}

/**
 * A whole sequence of an LSTM with peepholes as one op.
 *
 *   i, f, g, o = split(projectedₜ + hₜ₋₁·recurrentKernel)
 *   cₜ = σ(f + cₜ₋₁∘peepholes.f)·cₜ₋₁ + σ(i + cₜ₋₁∘peepholes.i)·tanh(g)
 *   hₜ = σ(o + cₜ∘peepholes.o)·tanh(cₜ)         outputₜ = hₜ
 *
 * Exact first-order gradients w.r.t. all inputs but the mask, from one backward pass; no second-order ones. What that pass
 * needs, (6·time + 2)·batch·hidden numbers, is held until the gradient has been taken.
 *
 * @throws {ShapeError} if shapes do not match, there is no row or no frame, or an input other than the mask is not float32.
 * @throws {BackendError} if there are no kernels for the active backend: see `hasPeepholeLstmSequence`.
 */
export function peepholeLstmSequence(sequence: PeepholeLstmSequence): LstmSequenceResult {
  const { where } = peepholeLstmKernels;
  const { projected, recurrentKernel, peepholes, h, c, mask, reverse } = sequence;
  const { i: peepholeI, f: peepholeF, o: peepholeO } = peepholes;
  const inputs = { projected, recurrentKernel, peepholeI, peepholeF, peepholeO, h, c };
  const { batch, hidden } = expectSequence(peepholeLstmKernels, 4, { ...inputs, mask });
  for (const [gate, peephole] of Object.entries(peepholes))
    expectShape(where, `peepholes.${gate}`, peephole, { hidden });
  expectShape(where, 'h', h, { batch, hidden });
  expectShape(where, 'c', c, { batch, hidden });
  const results = runSequence(peepholeLstmKernels, inputs, mask, { reverse: reverse ?? false });
  const [outputs, lastH, lastC] = results as [Sequence, Frame, Frame];
  return { outputs, h: lastH, c: lastC };
}
