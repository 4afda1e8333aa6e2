import { type Cell, expectSizes, type Frame, type Rng } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  concat1d,
  fill,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';

/** Sizes and depth of a recurrent highway network. */
export type RecurrentHighwayOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Highway layers from one frame to the next; default 3. */
  readonly depth?: number | undefined;
  /** The initial bias of transform gates; default −2. */
  readonly transformBias?: number | undefined;
};

/**
 * kernel [inputSize, 2·hiddenSize], of the first layer; of each layer, in layers, recurrentKernel [hiddenSize, 2·hiddenSize] and bias
 * [2·hiddenSize]. Candidates, then transform gates.
 */
export type RecurrentHighwayParams = {
  readonly kernel: Tensor2D;
  readonly layers: readonly { readonly recurrentKernel: Tensor2D; readonly bias: Tensor1D }[];
};

/** s [batch, hiddenSize]. */
export type RecurrentHighwayState = {
  readonly s: Frame;
};

/**
 * Recurrent highway network (RHN): several highway layers from one frame to the next; only the first reads the input.
 *
 *   s₀ = s
 *   n, t = split([x·kernel if l = 1] + sₗ₋₁·layers[l].recurrentKernel + layers[l].bias)     l = 1 … depth
 *   sₗ = σ(t)∘tanh(n) + (1 − σ(t))∘sₗ₋₁
 *   s' = the last sₗ                                                                        output = s'
 *
 * This is the paper's form with coupled gates, carry = 1 − transform, which it uses in all experiments.
 *
 * Shapes: x [batch, inputSize]; s [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; biases 0, of transform gates transformBias: negative, so that layers carry at first.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the depth is not a positive whole number.
 * @see Zilly, Srivastava, Koutník & Schmidhuber 2017, "Recurrent highway networks"
 */
export function recurrentHighway(
  options: RecurrentHighwayOptions,
): Cell<RecurrentHighwayParams, RecurrentHighwayState> {
  const { inputSize, hiddenSize, depth = 3, transformBias = -2 } = options;
  const name = 'recurrentHighway';
  expectSizes(name, { inputSize, hiddenSize, depth });
  const limit = 1 / Math.sqrt(hiddenSize);
  const layer = (rng: Rng): RecurrentHighwayParams['layers'][number] => ({
    recurrentKernel: uniform(rng, [hiddenSize, 2 * hiddenSize], limit),
    bias: tidy(() => concat1d([zeros([hiddenSize]), fill([hiddenSize], transformBias)])),
  });

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, depth, transformBias }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 2 * hiddenSize], limit),
      layers: Array.from({ length: depth }, (_, i) => layer(rng.fork(i))),
    }),
    initialState: (batchSize) => ({ s: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, ({ kernel, layers }, { s: before }, x) => {
      const s = layers.reduce((below: Frame, { recurrentKernel, bias }, i): Frame => {
        const sums = add(matMul(below, recurrentKernel), bias);
        const [n, t] = split(i === 0 ? add(sums, matMul(x, kernel)) : sums, 2, 1) as [Frame, Frame];
        return add(below, mul(sigmoid(t), sub(tanh(n), below)));
      }, before);
      return { output: s, state: { s } };
    }),
  };
}
