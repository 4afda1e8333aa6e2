import { type Cell, expectSizes, type Frame } from '@elman/core';
import {
  add,
  matMul,
  mul,
  ones,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import type { GruState } from '../gated/gru.ts';
import { initialKernels } from '../initial-kernels.ts';
import { expectEpsilon, type LayerNormCellOptions } from './options.ts';
import { scaledNorm } from './scaled-norm.ts';

/**
 * kernel [inputSize, 3·hiddenSize], recurrentKernel [hiddenSize, 3·hiddenSize]; bias, inputGain, recurrentGain
 * [3·hiddenSize]; gates z, r, n. recurrentBias [hiddenSize]: the bias within the reset of n.
 */
export type LayerNormGruParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly recurrentBias: Tensor1D;
  readonly inputGain: Tensor1D;
  readonly recurrentGain: Tensor1D;
};

/**
 * Gated recurrent unit with layer normalisation of what comes from the input and of what comes from the state; it resets
 * after the product, as `gru`.
 *
 *   xz, xr, xn = inputGain∘norm(x·kernel) + bias               gates in this order
 *   hz, hr, hn = recurrentGain∘norm(h·recurrentKernel)
 *   z = σ(xz + hz)                                             the fraction of h that is kept
 *   r = σ(xr + hr)
 *   n = tanh(xn + r∘(hn + recurrentBias))
 *   h' = (1 − z)∘n + z∘h                                       output = h'
 *
 *   norm(a) = (a − mean(a)) / √(variance(a) + epsilon)         over z and r of a row at once, and over n
 *
 * The paper's z is 1 − z here; it has a bias with each norm of z and r, of which only the sum matters: here it is one.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; gains 1, biases 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or epsilon is not above 0.
 * @see Ba, Kiros & Hinton 2016, "Layer normalization", supplementary material
 */
export function layerNormGru(options: LayerNormCellOptions): Cell<LayerNormGruParams, GruState> {
  const { inputSize, hiddenSize, epsilon = 1e-5 } = options;
  const name = 'layerNormGru';
  expectSizes(name, { inputSize, hiddenSize });
  expectEpsilon(name, epsilon);
  const parts = [2 * hiddenSize, hiddenSize];
  const [gateNorm, candidateNorm] = [scaledNorm(2 * hiddenSize, epsilon), scaledNorm(hiddenSize, epsilon)];

  /** Of z and r, and of n. */
  const normalised = (product: Frame, gain: Tensor1D): [Frame, Frame] => {
    const [zr, n] = split(product, parts, 1) as [Frame, Frame];
    const [gateGain, candidateGain] = split(gain, parts) as [Tensor1D, Tensor1D];
    return [gateNorm(zr, gateGain), candidateNorm(n, candidateGain)];
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, epsilon }] },
    init: (rng) => ({
      ...initialKernels(rng, { inputSize, hiddenSize }, 3),
      bias: zeros([3 * hiddenSize]),
      recurrentBias: zeros([hiddenSize]),
      inputGain: ones([3 * hiddenSize]),
      recurrentGain: ones([3 * hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h }, x) => {
      const [xzr, xn] = normalised(matMul(x, params.kernel), params.inputGain);
      const [hzr, hn] = normalised(matMul(h, params.recurrentKernel), params.recurrentGain);
      const [biases, bias] = split(params.bias, parts) as [Tensor1D, Tensor1D];
      const [z, r] = split(sigmoid(add(add(xzr, biases), hzr)), 2, 1) as [Frame, Frame];
      const n: Frame = tanh(add(add(xn, bias), mul(r, add(hn, params.recurrentBias))));
      const next: Frame = add(n, mul(z, sub(h, n)));
      return { output: next, state: { h: next } };
    }),
  };
}
