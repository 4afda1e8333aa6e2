import { type Cell, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, matMul, mul, sigmoid, split, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import type { Sizes } from './sizes.ts';

type Params = { readonly kernel: Tensor2D; readonly recurrentKernel: Tensor2D; readonly bias: Tensor1D };
type State = { readonly h: Frame; readonly c: Frame };

/** The equations and parameters of `lstm` of `@elman/cells`, as a step alone. */
export function stepLstm({ inputSize, hiddenSize }: Sizes): Cell<Params, State> {
  return {
    name: 'stepLstm',
    inputSize,
    outputSize: hiddenSize,
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], 1 / Math.sqrt(hiddenSize)),
      recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 4 * hiddenSize], 1 / Math.sqrt(hiddenSize)),
      bias: zeros([4 * hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: ({ kernel, recurrentKernel, bias }, state, x) =>
      tree.tidy(() => {
        const z = add(add(matMul(x, kernel), matMul(state.h, recurrentKernel)), bias);
        const [i, f, g, o] = split(z, 4, 1) as [Frame, Frame, Frame, Frame];
        const c: Frame = add(mul(sigmoid(f), state.c), mul(sigmoid(i), tanh(g)));
        const h: Frame = mul(sigmoid(o), tanh(c));
        return { output: h, state: { h, c } };
      }),
  };
}
