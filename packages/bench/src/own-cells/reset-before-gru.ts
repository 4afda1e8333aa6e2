import { type Cell, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Sizes } from './sizes.ts';

type Params = {
  readonly kernel: Tensor2D;
  readonly gateKernel: Tensor2D;
  readonly candidateKernel: Tensor2D;
  readonly bias: Tensor1D;
};
type State = { readonly h: Frame };

/**
 * A gated recurrent unit that resets before the product (Cho et al. 2014).
 *
 *   xz, xr, xn = split(x·kernel + bias)
 *   z, r = split(σ([xz, xr] + h·gateKernel))
 *   n = tanh(xn + (r∘h)·candidateKernel)
 *   h' = z∘h + (1 − z)∘n
 */
export function stepResetBeforeGru({ inputSize, hiddenSize }: Sizes): Cell<Params, State> {
  const limit = 1 / Math.sqrt(hiddenSize);
  return {
    name: 'stepResetBeforeGru',
    inputSize,
    outputSize: hiddenSize,
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 3 * hiddenSize], limit),
      gateKernel: uniform(rng.fork('gateKernel'), [hiddenSize, 2 * hiddenSize], limit),
      candidateKernel: uniform(rng.fork('candidateKernel'), [hiddenSize, hiddenSize], limit),
      bias: zeros([3 * hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: ({ kernel, gateKernel, candidateKernel, bias }, { h }, x) =>
      tree.tidy(() => {
        const [xzr, xn] = split(add(matMul(x, kernel), bias), [2 * hiddenSize, hiddenSize], 1) as [Frame, Frame];
        const [z, r] = split(sigmoid(add(xzr, matMul(h, gateKernel))), 2, 1) as [Frame, Frame];
        const n: Frame = tanh(add(xn, matMul(mul(r, h), candidateKernel)));
        const next: Frame = add(mul(z, h), mul(sub(1, z), n));
        return { output: next, state: { h: next } };
      }),
  };
}
