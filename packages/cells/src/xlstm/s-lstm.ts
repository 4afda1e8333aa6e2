import { type Cell, expectSizes, type Frame, OptionError, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  concat,
  concat1d,
  div,
  fill,
  linspace,
  matMul,
  mul,
  type Rank,
  sigmoid,
  split,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';
import { expectForgetGate, type ForgetGate, stabilised, UNWRITTEN } from './exponential-gates.ts';

/** Sizes, heads and forget gate of an sLSTM. */
export type SLstmOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The number of blocks of units that are recurrent among themselves; default 1, and a divisor of hiddenSize. */
  readonly heads?: number;
  /** Default sigmoid. */
  readonly forgetGate?: ForgetGate;
};

/**
 * kernel [inputSize, 4·hiddenSize] and bias [4·hiddenSize]; gates i, f, g, o. recurrentKernel [hiddenSize, 4·hiddenSize/heads]: the
 * rows of a head have its four gates alone, in that order.
 */
export type SLstmParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h, the memory c, its normaliser n and the stabiliser m, each [batch, hiddenSize]. */
export type SLstmState = {
  readonly h: Frame;
  readonly c: Frame;
  readonly n: Frame;
  readonly m: Frame;
};

/**
 * sLSTM of xLSTM: an LSTM with exponential input gates and a normaliser, so that it can revise what it has stored.
 *
 *   i, f, g, o = split(x·kernel + h·recurrentKernel + bias)   gates in this order; recurrentKernel block-diagonal, a block for each head
 *   m' = max(log σ(f) + m, i)                                 the stabiliser
 *   keep = σ(f)·exp(m − m'),  write = exp(i − m')
 *   c' = keep∘c + write∘tanh(g)
 *   n' = keep∘n + write
 *   h' = σ(o)∘c'/n'                                           output = h'
 *
 * c and n are those of the equations without m, divided by exp(m), so that h' is the same and nothing overflows. With `forgetGate:
 * 'exponential'`, exp(f) is in the place of σ(f). In the paper a block adds a convolution, group normalisation and a projection.
 *
 * Shapes: x [batch, inputSize]; h, c, n, m [batch, hiddenSize]; kernel [inputSize, 4·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, of sigmoid forget gates from 3 to 6 in even steps in each head, as the authors' code
 *         has them in mLSTM (the paper does not say). h, c, n = 0; m = −1000, so that at the first frame m' = i and n' = 1.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, heads do not divide hiddenSize, or the gate is none of these.
 * @see Beck, Pöppel, Spanring, Auer, Prudnikova, Kopp, Klambauer, Brandstetter & Hochreiter 2024, "xLSTM: extended long short-term
 *   memory", §2.2
 */
export function sLstm(options: SLstmOptions): Cell<SLstmParams, SLstmState> {
  const { inputSize, hiddenSize, heads = 1, forgetGate = 'sigmoid' } = options;
  const name = 'sLstm';
  expectSizes(name, { inputSize, hiddenSize, heads });
  if (hiddenSize % heads !== 0) {
    throw new OptionError(`${name}: heads: expected a divisor of hiddenSize=${hiddenSize}, got ${heads}.`);
  }
  expectForgetGate(name, forgetGate);
  const headSize = hiddenSize / heads;

  /** h·recurrentKernel, a product for each head, with the gates of all heads side by side. */
  const recurrent = (h: Frame, kernel: Tensor2D): Frame => {
    if (heads === 1) return matMul(h, kernel);
    const blocks = split(kernel, heads, 0);
    const products = split(h, heads, 1).map((part, head) => matMul(part, blocks[head] as Tensor2D));
    const gates = products.map((product) => split(product, 4, 1) as Frame[]);
    return concat(
      [0, 1, 2, 3].flatMap((gate) => gates.map((of) => of[gate] as Frame)),
      1,
    );
  };

  const recur = (params: SLstmParams, { h, ...before }: SLstmState, projected: Frame): Step<SLstmState> => {
    const gates = split(add(projected, recurrent(h, params.recurrentKernel)), 4, 1);
    const [i, f, g, o] = gates as [Frame, Frame, Frame, Frame];
    const { keep, write, m } = stabilised({ i, f, m: before.m }, forgetGate);
    const c: Frame = add(mul(keep, before.c), mul(write, tanh(g)));
    const n: Frame = add(mul(keep, before.n), write);
    const next: Frame = mul(sigmoid(o), div(c, n));
    return { output: next, state: { h: next, c, n, m } };
  };

  const none = (batchSize: number): Frame => zeros([batchSize, hiddenSize]);
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, heads, forgetGate }] },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], limit),
        recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, 4 * headSize], limit),
        bias: tidy(() => {
          const keep = Array.from({ length: heads }, () =>
            forgetGate === 'sigmoid' ? linspace(3, 6, headSize) : zeros<Rank.R1>([headSize]),
          );
          return concat1d([zeros([hiddenSize]), ...keep, zeros([2 * hiddenSize])]);
        }),
      };
    },
    initialState: (batchSize) => ({
      h: none(batchSize),
      c: none(batchSize),
      n: none(batchSize),
      m: fill([batchSize, hiddenSize], UNWRITTEN),
    }),
    step: affineInput(name, inputSize, recur),
  };
}
