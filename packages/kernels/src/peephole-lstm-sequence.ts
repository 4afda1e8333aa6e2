import type { Frame, Sequence } from '@elman/core';
import { expectShape } from '@elman/core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { hasCompiledLstm } from './choose-engine.ts';
import { peepholeLstmKernels } from './lstm-kernels.ts';
import type { LstmSequence, LstmSequenceResult } from './lstm-sequence.ts';
import { expectSequence, isFasterHere, runSequence } from './sequence-kernels.ts';

/** Inputs of a sequence: those of an LSTM, and the peephole weights of each gate, [hidden] each. */
export type PeepholeLstmSequence = LstmSequence & {
  readonly peepholes: { readonly i: Tensor1D; readonly f: Tensor1D; readonly o: Tensor1D };
};

/** Whether `peepholeLstmSequence` runs on the active backend, and faster than the ops of the backend would: see `hasLstmSequence`. */
export function hasPeepholeLstmSequence(): boolean {
  return isFasterHere(peepholeLstmKernels, hasCompiledLstm);
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
 * Where WebAssembly SIMD computes (cpu and wasm), numbers below 1e-30 become 0 in states and gradients: denormal ones are slow.
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
