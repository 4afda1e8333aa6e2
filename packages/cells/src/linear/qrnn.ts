import { type Cell, expectShape, expectSizes, type Frame, type Sequence, tree } from '@elman/core';
import { affine, linearScan } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  concat,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { type EarlierFrames, noFrames, windowsOf } from '../earlier-frames.ts';
import { framesOf, rowsOf } from './linear-recurrence.ts';

/** Sizes of a QRNN. */
export type QrnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The frames that the gates see: the current one and those before it; default 2. */
  readonly window?: number;
};

/** kernel [window·inputSize, 3·hiddenSize], rows from the earliest frame to the current one, and bias [3·hiddenSize]; z, f, o. */
export type QrnnParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** The memory c [batch, hiddenSize], and the window − 1 inputs before, from the earliest, each [batch, inputSize]. */
export type QrnnState = EarlierFrames & { readonly c: Frame };

/**
 * Quasi-recurrent neural network: a convolution over time whose results are pooled by a recurrence without parameters ("fo-pooling").
 *
 *   z, f, o = split([x₋₁, x]·kernel + bias)    in this order; for window = 2
 *   c' = σ(f)∘c + (1 − σ(f))∘tanh(z)
 *   h = σ(o)∘c'                                the output
 *
 * It is linear in c, so that it is parallel in time. Inputs before the first frame are 0.
 *
 * Shapes: x [batch, inputSize]; c, h [batch, hiddenSize]; kernel [window·inputSize, 3·hiddenSize].
 * Init:   kernel uniform ±1/√(window·inputSize); bias 0 (the paper does not say).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the window is not a positive whole number.
 * @see Bradbury, Merity, Xiong & Socher 2017, "Quasi-recurrent neural networks"
 */
export function qrnn(options: QrnnOptions): Cell<QrnnParams, QrnnState> {
  const { inputSize, hiddenSize, window = 2 } = options;
  const name = 'qrnn';
  expectSizes(name, { inputSize, hiddenSize, window });

  /** Of rows of windows. */
  const gates = ({ kernel, bias }: QrnnParams, x: Tensor2D): { a: Tensor2D; b: Tensor2D; o: Tensor2D } => {
    const [z, f, o] = split(affine({ x, kernel, bias }), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const a = sigmoid(f);
    return { a, b: mul(sub(1, a), tanh(z)), o: sigmoid(o) };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, window }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [window * inputSize, 3 * hiddenSize], 1 / Math.sqrt(window * inputSize)),
      bias: zeros([3 * hiddenSize]),
    }),
    initialState: (batchSize) => ({
      c: zeros([batchSize, hiddenSize]),
      earlier: noFrames(window - 1, batchSize, inputSize),
    }),
    step(params, { c, earlier }, input) {
      expectShape(name, 'input', input, { batch: c.shape[0], inputSize });
      return tree.tidy(() => {
        const seen = [...earlier, input];
        const { a, b, o } = gates(params, concat(seen, 1));
        const next: Frame = add(mul(a, c), b);
        return { output: mul(o, next), state: { c: next, earlier: seen.slice(1).map((x) => x.clone()) } };
      });
    },
    scan: (params, { c, earlier }, inputs, { mask, reverse }) =>
      tree.tidy(() => {
        const { seen, last } = windowsOf(earlier, inputs, { mask, reverse });
        const { a, b, o } = gates(params, rowsOf(concat([...seen], 2)));
        const [factors, terms, out] = [a, b, o].map((rows) => framesOf(rows, inputs.shape)) as [
          Sequence,
          Sequence,
          Sequence,
        ];
        const pooled = linearScan({ a: factors, b: terms, h: c, mask, reverse });
        return { outputs: mul<Sequence>(out, pooled.outputs), state: { c: pooled.h, earlier: last } };
      }),
  };
}
