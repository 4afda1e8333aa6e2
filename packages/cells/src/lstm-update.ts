import type { Frame, Step } from '@elman/core';
import { add, concat1d, mul, ones, sigmoid, split, type Tensor1D, tanh, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LstmState } from './gated/lstm.ts';

/**
 * The update of an LSTM by its gates before their nonlinearities, [batch, 4·hiddenSize] in the order i, f, g, o:
 *
 *   c' = σ(f)∘c + σ(i)∘tanh(g)
 *   h' = σ(o)∘tanh(read(c'))      read: the identity by default
 */
export function lstmUpdate(gates: Frame, c: Frame, read: (c: Frame) => Frame = (x) => x): Step<LstmState> {
  const [i, f, g, o] = split(gates, 4, 1) as [Frame, Frame, Frame, Frame];
  const nextC: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
  const nextH: Frame = mul(sigmoid(o), tanh(read(nextC)));
  return { output: nextH, state: { h: nextH, c: nextC } };
}

/** Biases of the gates i, f, g, o, each [hiddenSize]: 1 for f, else 0. */
export function forgetGateBias(hiddenSize: number): Tensor1D {
  return tidy(() => concat1d([zeros([hiddenSize]), ones([hiddenSize]), zeros([2 * hiddenSize])]));
}
