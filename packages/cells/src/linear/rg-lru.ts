import { type Cell, expectSizes, type Frame, naturalLog } from '@elman/core';
import { affine } from '@elman/kernels';
import { normal } from '@elman/nn';
import {
  add,
  exp,
  expm1,
  mul,
  neg,
  sigmoid,
  softplus,
  split,
  sqrt,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { linearRecurrence } from './linear-recurrence.ts';

/** Sizes of an RG-LRU. */
export type RgLruOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/**
 * kernel [inputSize, hiddenSize] and bias [hiddenSize] of the layer before it; gateKernel [hiddenSize, 2·hiddenSize] and gateBias
 * [2·hiddenSize], gates r and i; lambda [hiddenSize].
 */
export type RgLruParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly gateKernel: Tensor2D;
  readonly gateBias: Tensor1D;
  readonly lambda: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type RgLruState = {
  readonly h: Frame;
};

/**
 * Real-gated linear recurrent unit (RG-LRU), the recurrence of Griffin, after a linear layer: a diagonal linear recurrence whose decay
 * depends on the input, parallel in time.
 *
 *   u = x·kernel + bias                                          the linear layer
 *   r, i = σ(split(u·gateKernel + gateBias))                     gates in this order
 *   a = σ(lambda)^(8·r)
 *   h' = a∘h + √(1 − a²)∘i∘u                                     output = h'
 *
 * With kernel = I and bias = 0 it is the unit alone. Griffin has a short convolution over time between the layer and the unit, and a
 * gated linear branch beside them; gate kernels may be block-diagonal. 10⁻¹² is added under the root, for its gradient at a = 1.
 *
 * Shapes: x [batch, inputSize]; u, h [batch, hiddenSize].
 * Init:   σ(lambda)⁸ uniform from 0.9 to 0.999; kernels normal with variance 1/(their rows); biases 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see De, Smith, Fernando et al. 2024, "Griffin: mixing gated linear recurrences with local attention for efficient language models"
 */
export function rgLru(options: RgLruOptions): Cell<RgLruParams, RgLruState> {
  const { inputSize, hiddenSize } = options;
  const name = 'rgLru';
  expectSizes(name, { inputSize, hiddenSize });

  const rows = (params: RgLruParams, x: Tensor2D): { a: Tensor2D; b: Tensor2D } => {
    const { kernel, bias, gateKernel, gateBias, lambda } = params;
    const u = affine({ x, kernel, bias });
    const gates = sigmoid(affine({ x: u, kernel: gateKernel, bias: gateBias }));
    const [r, i] = split(gates, 2, 1) as [Tensor2D, Tensor2D];
    const logA: Tensor2D = mul(mul(r, -SHARPNESS), softplus(neg(lambda)));
    const scale = sqrt(add(neg(expm1(mul(logA, 2))), 1e-12));
    return { a: exp(logA), b: mul(scale, mul(i, u)) };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => ({
      kernel: normal(rng.fork('kernel'), [inputSize, hiddenSize], 1 / Math.sqrt(inputSize)),
      bias: zeros([hiddenSize]),
      gateKernel: normal(rng.fork('gateKernel'), [hiddenSize, 2 * hiddenSize], 1 / Math.sqrt(hiddenSize)),
      gateBias: zeros([2 * hiddenSize]),
      lambda: rng.fork('lambda').tensor([hiddenSize], (r) => {
        const a = Math.sqrt(Math.sqrt(Math.sqrt(r.uniform(0.9, 0.999)))); // the eighth root
        return naturalLog(a / (1 - a));
      }) as Tensor1D,
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    ...linearRecurrence(name, inputSize, rows),
  };
}

/** The paper's c. */
const SHARPNESS = 8;
