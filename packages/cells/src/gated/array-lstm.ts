import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  concat1d,
  matMul,
  mul,
  ones,
  sigmoid,
  split,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';

/** Sizes of an Array-LSTM. */
export type ArrayLstmOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The number of memory cells of each unit; default 2. */
  readonly cells?: number;
};

/**
 * kernel [inputSize, 4·cells·hiddenSize], recurrentKernel [hiddenSize, 4·cells·hiddenSize], bias [4·cells·hiddenSize]; gates i, f, g, o,
 * in each the first memory cells of all units, then the second ones, and so on.
 */
export type ArrayLstmParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]; c [batch, cells·hiddenSize]. */
export type ArrayLstmState = {
  readonly h: Frame;
  readonly c: Frame;
};

/**
 * Array-LSTM, a recurrent memory array: an LSTM with several memory cells in each unit, each with gates of its own.
 *
 *   iₖ, fₖ, gₖ, oₖ = split(x·kernel + h·recurrentKernel + bias)   gates in this order; for k = 1 … cells
 *   cₖ' = σ(fₖ)·cₖ + σ(iₖ)·tanh(gₖ)
 *   h' = Σₖ σ(oₖ)·tanh(cₖ')                                       output = h'
 *
 * This is the paper's first, deterministic form; those which choose among the memory cells (by attention or at random) are left out.
 * With one memory cell it is `lstm`.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; c [batch, cells·hiddenSize]; kernel [inputSize, 4·cells·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, forget gates 1, as in `lstm`.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the number of cells is not a positive whole number.
 * @see Rocki 2016, "Recurrent memory array structures"
 */
export function arrayLstm(options: ArrayLstmOptions): Cell<ArrayLstmParams, ArrayLstmState> {
  const { inputSize, hiddenSize, cells = 2 } = options;
  const name = 'arrayLstm';
  expectSizes(name, { inputSize, hiddenSize, cells });
  const size = cells * hiddenSize;

  const recur = (params: ArrayLstmParams, { h, c }: ArrayLstmState, projected: Frame): Step<ArrayLstmState> => {
    const [i, f, g, o] = split(add(projected, matMul(h, params.recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const nextC: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    const outputs = split(mul(sigmoid(o), tanh(nextC)), cells, 1) as Frame[];
    const nextH = outputs.reduce((total, output): Frame => add(total, output));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, cells }] },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 4 * size], limit),
        recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 4 * size], limit),
        bias: tidy(() => concat1d([zeros([size]), ones([size]), zeros([2 * size])])),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, size]) }),
    step: affineInput(name, inputSize, recur),
  };
}
