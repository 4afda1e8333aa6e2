import type { Cell } from '@elman/core';
import type { RecurrentInitializerOptions } from '../recurrent-initializer.ts';
import type { LstmParams, LstmState } from './lstm.ts';
import { variant } from './lstm-variant.ts';

/** Sizes and initial values of an LSTM with coupled gates. */
export type CoupledGateLstmOptions = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/**
 * Long short-term memory with coupled input and forget gates (CIFG): it writes as much as it forgets.
 *
 *   f, g, o = split(x·kernel + h·recurrentKernel + bias)   gates in this order
 *   c' = σ(f)·c + (1 − σ(f))·tanh(g)
 *   h' = σ(o)·tanh(c')                                     output = h'
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize]; kernel [inputSize, 3·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize, the recurrent one by `recurrentInitializer`; bias 0, forget gate 1.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see Greff et al. 2017, "LSTM: a search space odyssey"; with peepholes: `lstmVariant({ …, coupledGates: true })`
 */
export function coupledGateLstm(options: CoupledGateLstmOptions): Cell<LstmParams, LstmState> {
  const { inputSize, hiddenSize, recurrentInitializer, recurrentScale } = options;
  const parts = { inputSize, hiddenSize, recurrentInitializer, recurrentScale, peepholes: false };
  return variant('coupledGateLstm', { ...parts, coupledGates: true }, { inputSize, hiddenSize });
}
