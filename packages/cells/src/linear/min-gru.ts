import { type Cell, expectSizes, type Frame } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { mul, sigmoid, split, sub, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { linearRecurrence } from './linear-recurrence.ts';
import { positive as positivePart } from './positive.ts';

/** Sizes of a minGRU. */
export type MinGruOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Whether candidates are made positive by g, as in the paper's log-space form; default false. */
  readonly positive?: boolean;
};

/** kernel [inputSize, 2·hiddenSize] and bias [2·hiddenSize]; z, then n. */
export type MinGruParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type MinGruState = {
  readonly h: Frame;
};

/**
 * Minimal gated recurrent unit: gate and candidate depend on the input alone, so that it is linear in its state and parallel in time.
 *
 *   u, n = split(x·kernel + bias)
 *   z = σ(u)                         the fraction that is new
 *   h' = (1 − z)∘h + z∘n             output = h'
 *
 * With `positive`, g(n) is in the place of n: g(v) = v + 1/2 for v ≥ 0, σ(v) below.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 2·hiddenSize].
 * Init:   kernel uniform ±1/√inputSize; bias 0; h = 0 (the paper's log-space form starts from g of a learned state).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Feng, Tung, Ahmed, Bengio & Hajimirsadeghi 2024, "Were RNNs all we needed?", §3.1; g: its appendix on the log-space form
 */
export function minGru(options: MinGruOptions): Cell<MinGruParams, MinGruState> {
  const { inputSize, hiddenSize, positive = false } = options;
  const name = 'minGru';
  expectSizes(name, { inputSize, hiddenSize });

  const rows = ({ kernel, bias }: MinGruParams, x: Tensor2D): { a: Tensor2D; b: Tensor2D } => {
    const [u, n] = split(affine({ x, kernel, bias }), 2, 1) as [Tensor2D, Tensor2D];
    const z = sigmoid(u);
    return { a: sub(1, z), b: mul(z, positive ? positivePart(n) : n) };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, positive }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, 2 * hiddenSize], 1 / Math.sqrt(inputSize)),
      bias: zeros([2 * hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    ...linearRecurrence(name, inputSize, rows),
  };
}
