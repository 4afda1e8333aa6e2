import { type Cell, expectSizes, type Frame } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { mul, neg, sigmoid, softplus, split, sub, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { linearRecurrence } from './linear-recurrence.ts';
import { positive as positivePart } from './positive.ts';

/** Sizes of a minLSTM. */
export type MinLstmOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Whether candidates are made positive by g, as in the paper's log-space form; default false. */
  readonly positive?: boolean;
};

/** kernel [inputSize, 3·hiddenSize] and bias [3·hiddenSize]; i, f, g. */
export type MinLstmParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type MinLstmState = {
  readonly h: Frame;
};

/**
 * Minimal LSTM: gates and candidate depend on the input alone, and input and forget gate are normalised to a sum of 1; it is linear
 * in its state and parallel in time.
 *
 *   i, f, g = split(x·kernel + bias)           gates in this order
 *   k = σ(f)/(σ(i) + σ(f))                     the fraction of h that is kept
 *   h' = k∘h + (1 − k)∘g                       output = h'
 *
 * With `positive`, p(g) is in the place of g: p(v) = v + 1/2 for v ≥ 0, σ(v) below.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 3·hiddenSize].
 * Init:   kernel uniform ±1/√inputSize; bias 0 (the paper also tries positive ones of f); h = 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Feng, Tung, Ahmed, Bengio & Hajimirsadeghi 2024, "Were RNNs all we needed?", §3.2; p: its appendix on the log-space form
 */
export function minLstm(options: MinLstmOptions): Cell<MinLstmParams, MinLstmState> {
  const { inputSize, hiddenSize, positive = false } = options;
  const name = 'minLstm';
  expectSizes(name, { inputSize, hiddenSize });

  const rows = ({ kernel, bias }: MinLstmParams, x: Tensor2D): { a: Tensor2D; b: Tensor2D } => {
    const [i, f, g] = split(affine({ x, kernel, bias }), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    // σ(log σ(f) − log σ(i)), which does not divide 0 by 0 where both gates are closed.
    const keep: Tensor2D = sigmoid(sub(softplus(neg(i)), softplus(neg(f))));
    return { a: keep, b: mul(sub(1, keep), positive ? positivePart(g) : g) };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, positive }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 3 * hiddenSize], 1 / Math.sqrt(inputSize)),
      bias: zeros([3 * hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    ...linearRecurrence(name, inputSize, rows),
  };
}
