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
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly recurrentBias: Tensor1D;
};
type State = { readonly h: Frame };

/** The equations and parameters of `gru` of `@elman/cells` (reset after the product), as a step alone. */
export function stepGru({ inputSize, hiddenSize }: Sizes): Cell<Params, State> {
  return {
    name: 'stepGru',
    inputSize,
    outputSize: hiddenSize,
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 3 * hiddenSize], 1 / Math.sqrt(hiddenSize)),
      recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 3 * hiddenSize], 1 / Math.sqrt(hiddenSize)),
      bias: zeros([3 * hiddenSize]),
      recurrentBias: zeros([hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: ({ kernel, recurrentKernel, bias, recurrentBias }, { h }, x) =>
      tree.tidy(() => {
        const [xz, xr, xn] = split(add(matMul(x, kernel), bias), 3, 1) as [Frame, Frame, Frame];
        const [hz, hr, hn] = split(matMul(h, recurrentKernel), 3, 1) as [Frame, Frame, Frame];
        const z: Frame = sigmoid(add(xz, hz));
        const n: Frame = tanh(add(xn, mul(sigmoid(add(xr, hr)), add(hn, recurrentBias))));
        const next: Frame = add(mul(sub(1, z), n), mul(z, h));
        return { output: next, state: { h: next } };
      }),
  };
}
