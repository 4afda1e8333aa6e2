import { type Cell, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  div,
  matMul,
  mean,
  mul,
  ones,
  sigmoid,
  split,
  sqrt,
  square,
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
  readonly inputGain: Tensor1D;
  readonly recurrentGain: Tensor1D;
  readonly cellGain: Tensor1D;
  readonly cellBias: Tensor1D;
};
type State = { readonly h: Frame; readonly c: Frame };

/** (x − mean) / √(variance + 10⁻⁵) of each row, times the gain. */
function norm(x: Frame, gain: Tensor1D): Frame {
  const centred = sub(x, mean(x, 1, true));
  const variance = mean(square(centred), 1, true);
  return mul(div(centred, sqrt(add(variance, 1e-5))), gain);
}

/**
 * A layer-normalised LSTM (Ba et al. 2016).
 *
 *   i, f, g, o = split(norm(x·kernel)∘inputGain + norm(h·recurrentKernel)∘recurrentGain + bias)
 *   c' = σ(f)∘c + σ(i)∘tanh(g)
 *   h' = σ(o)∘tanh(norm(c')∘cellGain + cellBias)
 */
export function stepLayerNormLstm({ inputSize, hiddenSize }: Sizes): Cell<Params, State> {
  const limit = 1 / Math.sqrt(hiddenSize);
  return {
    name: 'stepLayerNormLstm',
    inputSize,
    outputSize: hiddenSize,
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], limit),
      recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 4 * hiddenSize], limit),
      bias: zeros([4 * hiddenSize]),
      inputGain: ones([4 * hiddenSize]),
      recurrentGain: ones([4 * hiddenSize]),
      cellGain: ones([hiddenSize]),
      cellBias: zeros([hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: (p, state, x) =>
      tree.tidy(() => {
        const fromInput = norm(matMul(x, p.kernel), p.inputGain);
        const fromState = norm(matMul(state.h, p.recurrentKernel), p.recurrentGain);
        const z = add(add(fromInput, fromState), p.bias);
        const [i, f, g, o] = split(z, 4, 1) as [Frame, Frame, Frame, Frame];
        const c: Frame = add(mul(sigmoid(f), state.c), mul(sigmoid(i), tanh(g)));
        const h: Frame = mul(sigmoid(o), tanh(add(norm(c, p.cellGain), p.cellBias)));
        return { output: h, state: { h, c } };
      }),
  };
}
