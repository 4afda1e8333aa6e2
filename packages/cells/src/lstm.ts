import { type Cell, expectSizes, type Frame, type Rng, type Step } from '@elman/core';
import { compileLstm, hasLstmSequence, lstmSequence } from '@elman/kernels';
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
import { affineInput } from './affine-input.ts';

/** Sizes of an LSTM. */
export type LstmOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/** kernel [inputSize, 4·hiddenSize], recurrentKernel [hiddenSize, 4·hiddenSize], bias [4·hiddenSize]; gates i, f, g, o. */
export type LstmParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h and c, each [batch, hiddenSize]. */
export type LstmState = {
  readonly h: Frame;
  readonly c: Frame;
};

/**
 * Long short-term memory.
 *
 *   i, f, g, o = split(x·kernel + h·recurrentKernel + bias)   gates in this order
 *   c' = σ(f)·c + σ(i)·tanh(g)
 *   h' = σ(o)·tanh(c')                                        output = h'
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize]; kernel [inputSize, 4·hiddenSize].
 * A sequence is one op where `@elman/kernels` has one for the backend, else a loop over its frames, with the same numbers
 * to float32 rounding; the op has no second gradient.
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, forget gate 1 (Jozefowicz et al. 2015).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000 (no peepholes here)
 */
export function lstm(options: LstmOptions): Cell<LstmParams, LstmState> {
  const { inputSize, hiddenSize } = options;
  const name = 'lstm';
  expectSizes(name, { inputSize, hiddenSize });

  const recur = (params: LstmParams, { h, c }: LstmState, projected: Frame): Step<LstmState> => {
    const [i, f, g, o] = split(add(projected, matMul(h, params.recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const nextC: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    const nextH: Frame = mul(sigmoid(o), tanh(nextC));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };
  const portable = affineInput(name, inputSize, recur);

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: 'lstm', arguments: [{ inputSize, hiddenSize }] },
    init(rng: Rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], limit),
        recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 4 * hiddenSize], limit),
        bias: tidy(() => concat1d([zeros([hiddenSize]), ones([hiddenSize]), zeros([2 * hiddenSize])])),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    ...portable,
    compile: compileLstm,
    scan(params, state, inputs, options) {
      if (!hasLstmSequence()) return portable.scan(params, state, inputs, options);
      const { recurrentKernel } = params;
      const { mask, reverse } = options;
      const { outputs, ...last } = lstmSequence({ projected: inputs, recurrentKernel, ...state, mask, reverse });
      return { outputs, state: last };
    },
  };
}
