import { type Cell, expectSizes, type Frame, type Rng, type Step, tree } from '@elman/core';
import { hasLstmSequence, lstmSequence } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  concat1d,
  matMul,
  mul,
  ones,
  type Rank,
  sigmoid,
  split,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput, projectedFrames } from '../affine-input.ts';
import { type RecurrentInitializerOptions, recurrentInitializer } from '../recurrent-initializer.ts';
import { chronoBias, expectChrono } from './chrono.ts';

/** Sizes and initial values of an LSTM. */
export type LstmOptions = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The longest time dependency, in frames: initialises the gate biases by it (chrono initialisation). */
  readonly chrono?: number | undefined;
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
 * A sequence is one op: on cpu and wasm compiled from `step`, elsewhere where `@elman/kernels` has one; else a loop over
 * its frames. Numbers are the same to float32 rounding; the op has no second-order gradient.
 * Init:   kernels uniform ±1/√hiddenSize, the recurrent one by `recurrentInitializer`; bias 0, forget gate 1 (Jozefowicz et
 *         al. 2015); with `chrono` = T the forget gate log U(1, T − 1) and the input gate the negative of it.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, chrono is not a whole number from 3, or the initializer is
 *         unknown.
 * @see Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000 (no peepholes here); chrono: Tallec & Ollivier 2018
 */
export function lstm(options: LstmOptions): Cell<LstmParams, LstmState> {
  const { inputSize, hiddenSize, chrono } = options;
  const name = 'lstm';
  expectSizes(name, { inputSize, hiddenSize });
  expectChrono(name, chrono);
  const recurrent = recurrentInitializer(name, options);

  const recur = (params: LstmParams, { h, c }: LstmState, projected: Frame): Step<LstmState> => {
    const [i, f, g, o] = split(add(projected, matMul(h, params.recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const nextC: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    const nextH: Frame = mul(sigmoid(o), tanh(nextC));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: 'lstm',
      arguments: [{ inputSize, hiddenSize, ...(chrono && { chrono }), ...recurrent.given }],
    },
    init(rng: Rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], limit),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], { blocks: 4, limit }),
        bias: tidy(() => {
          const [write, keep] = [zeros<Rank.R1>([hiddenSize]), ones<Rank.R1>([hiddenSize])];
          const biases = chrono === undefined ? { write, keep } : chronoBias(rng.fork('bias'), hiddenSize, chrono);
          return concat1d([biases.write, biases.keep, zeros([2 * hiddenSize])]);
        }),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
    scan(params, state, inputs, options) {
      if (!hasLstmSequence()) return undefined;
      return tree.tidy(() => {
        const { recurrentKernel } = params;
        const { mask, reverse } = options;
        const { outputs, ...last } = lstmSequence({
          projected: projectedFrames(params, inputs),
          recurrentKernel,
          ...state,
          mask,
          reverse,
        });
        return { outputs, state: last };
      });
    },
  };
}
