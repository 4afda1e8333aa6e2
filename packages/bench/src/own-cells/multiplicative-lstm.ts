import { type Cell, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  matMul,
  mul,
  ones,
  sigmoid,
  split,
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
  readonly productGain: Tensor1D;
  readonly recurrentGain: Tensor1D;
  readonly inputGain: Tensor1D;
};
type State = { readonly h: Frame; readonly c: Frame };

/**
 * An LSTM with multiplicative integration (Wu et al. 2016, the general form): α productGain, β₁ recurrentGain, β₂ inputGain.
 *
 *   i, f, g, o = split(α∘(x·kernel)∘(h·recurrentKernel) + β₁∘(h·recurrentKernel) + β₂∘(x·kernel) + bias)
 *   c' = σ(f)∘c + σ(i)∘tanh(g)
 *   h' = σ(o)∘tanh(c')
 */
export function stepMultiplicativeLstm({ inputSize, hiddenSize }: Sizes): Cell<Params, State> {
  const limit = 1 / Math.sqrt(hiddenSize);
  return {
    name: 'stepMultiplicativeLstm',
    inputSize,
    outputSize: hiddenSize,
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], limit),
      recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 4 * hiddenSize], limit),
      bias: zeros([4 * hiddenSize]),
      productGain: ones([4 * hiddenSize]),
      recurrentGain: ones([4 * hiddenSize]),
      inputGain: ones([4 * hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: (p, state, x) =>
      tree.tidy(() => {
        const wx = matMul(x, p.kernel);
        const uh = matMul(state.h, p.recurrentKernel);
        const linear = add(mul(p.recurrentGain, uh), mul(p.inputGain, wx));
        const z = add(add(mul(mul(p.productGain, wx), uh), linear), p.bias);
        const [i, f, g, o] = split(z, 4, 1) as [Frame, Frame, Frame, Frame];
        const c: Frame = add(mul(sigmoid(f), state.c), mul(sigmoid(i), tanh(g)));
        const h: Frame = mul(sigmoid(o), tanh(c));
        return { output: h, state: { h, c } };
      }),
  };
}
