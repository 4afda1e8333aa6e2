import { type Cell, expectShape, expectSizes, type Frame, type Sequence, type Steps, tree } from '@elman/core';
import { linearScan } from '@elman/kernels';
import {
  add,
  matMul,
  mul,
  reshape,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';

/** Sizes of a minGRU. */
export type MinGruOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/** kernel [inputSize, 2·hiddenSize] and bias [2·hiddenSize]: z, then h̃. */
export type MinGruParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type MinGruState = {
  readonly h: Frame;
};

/**
 * Minimal gated recurrent unit: gate and candidate depend on the input alone, so the recurrence is linear in h, and a whole
 * sequence is one `linearScan`.
 *
 *   u, h̃ = split(x·kernel + bias)
 *   z = σ(u)                         how much is new
 *   h' = (1 − z)∘h + z∘h̃             output = h'
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 2·hiddenSize].
 * Init:   kernel uniform ±1/√inputSize; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see Feng et al. 2024, "Were RNNs all we needed?", §3.1
 */
export function minGru(options: MinGruOptions): Cell<MinGruParams, MinGruState> {
  const { inputSize, hiddenSize } = options;
  const name = 'minGru';
  expectSizes(name, { inputSize, hiddenSize });

  /** Factor and term of the recurrence h' = keep∘h + write, for rows of inputs. */
  const gates = ({ kernel, bias }: MinGruParams, x: Tensor2D): { keep: Tensor2D; write: Tensor2D } => {
    const [u, candidate] = split(add(matMul(x, kernel), bias), 2, 1) as [Tensor2D, Tensor2D];
    const z: Tensor2D = sigmoid(u);
    return { keep: sub(1, z), write: mul(z, candidate) };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: 'elman-cell-min-gru', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => {
      const limit = 1 / Math.sqrt(inputSize);
      const kernel = rng.fork('kernel').tensor([inputSize, 2 * hiddenSize], (r) => r.uniform(-limit, limit));
      return { kernel: kernel as Tensor2D, bias: zeros([2 * hiddenSize]) };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step(params, { h }, input) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const { keep, write } = gates(params, input);
        const next: Frame = add(mul(keep, h), write);
        return { output: next, state: { h: next } };
      });
    },
    scan: (params, { h }, inputs, { mask, reverse }): Steps<MinGruState> =>
      tree.tidy(() => {
        const [batch, time] = inputs.shape;
        const { keep, write } = gates(params, reshape(inputs, [batch * time, inputSize]));
        const [a, b] = [keep, write].map((rows) => reshape(rows, [batch, time, hiddenSize])) as [Sequence, Sequence];
        const { outputs, h: last } = linearScan({ a, b, h, mask, reverse });
        return { outputs, state: { h: last } };
      }),
  };
}
