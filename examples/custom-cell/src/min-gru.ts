import { type Cell, expectShape, expectSizes, type Frame, type Sequence, type Steps, tree } from '@elman/core';
import {
  add,
  cast,
  expandDims,
  matMul,
  mul,
  notEqual,
  reshape,
  reverse as reversed,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { linearScan } from './linear-scan.ts';

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
 * Minimal gated recurrent unit: gate and candidate depend on the input alone, so the recurrence is linear in h and a whole
 * sequence takes log₂(time) rounds instead of time steps.
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

  const project = (params: MinGruParams, inputs: Tensor2D): Tensor2D => add(matMul(inputs, params.kernel), params.bias);

  /** Factor and term of the recurrence h' = keep∘h + write, on the last axis of frames or sequences. */
  const gates = <T extends Tensor>(projected: T, real?: Tensor): { keep: T; write: T } => {
    const [u, candidate] = split(projected, 2, -1) as [T, T];
    const open: T = sigmoid(u);
    const z: T = real === undefined ? open : mul(open, real);
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
        const { keep, write } = gates(project(params, input));
        const next: Frame = add(mul(keep, h), write);
        return { output: next, state: { h: next } };
      });
    },
    project: (params, inputs) => tidy(() => project(params, inputs)),
    /** A masked frame has z = 0: it holds h. Backwards is forwards over the reversed frames. */
    scan: (_, { h }, inputs, { mask, reverse = false }): Steps<MinGruState> =>
      tree.tidy(() => {
        const turn = (x: Sequence): Sequence => (reverse ? reversed(x, 1) : x);
        const real = mask === undefined ? undefined : (cast(notEqual(expandDims(mask, 2), 0), 'float32') as Sequence);
        const { keep, write } = gates(inputs, real);
        const states = linearScan(turn(keep), turn(write), h);
        const [batch, time] = inputs.shape;
        const last = reshape(slice(states, [0, time - 1, 0], [batch, 1, hiddenSize]), [batch, hiddenSize]) as Frame;
        const outputs = turn(states);
        return { outputs: real === undefined ? outputs : mul(outputs, real), state: { h: last } };
      }),
  };
}
