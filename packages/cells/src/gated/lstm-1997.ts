import type { Cell } from '@elman/core';
import type { RecurrentInitializerOptions } from '../recurrent-initializer.ts';
import type { LstmParams, LstmState } from './lstm.ts';
import { variant } from './lstm-variant.ts';

/** Sizes and initial values of an LSTM without forget gates. */
export type Lstm1997Options = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/**
 * Long short-term memory of 1997, without forget gates: the memory is a sum (the constant error carousel).
 *
 *   i, g, o = split(x·kernel + h·recurrentKernel + bias)   gates in this order
 *   c' = c + σ(i)·tanh(g)
 *   h' = σ(o)·tanh(c')                                     output = h'
 *
 * As today, activations are tanh and gradients are complete; the paper has 4σ − 2 and 2σ − 1, and cuts gradients at the gates.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize]; kernel [inputSize, 3·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize, the recurrent one by `recurrentInitializer`; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see Hochreiter & Schmidhuber 1997; NFG of Greff et al. 2017 has peepholes too: `lstmVariant({ …, forgetGate: false })`
 */
export function lstm1997(options: Lstm1997Options): Cell<LstmParams, LstmState> {
  const { inputSize, hiddenSize, recurrentInitializer, recurrentScale } = options;
  const parts = { inputSize, hiddenSize, recurrentInitializer, recurrentScale, peepholes: false };
  return variant('lstm1997', { ...parts, forgetGate: false }, { inputSize, hiddenSize });
}
