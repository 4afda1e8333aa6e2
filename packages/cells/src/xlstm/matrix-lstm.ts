import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  abs,
  add,
  clipByValue,
  concat1d,
  div,
  exp,
  expandDims,
  fill,
  matMul,
  maximum,
  mul,
  neg,
  type Rank,
  reshape,
  sigmoid,
  split,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';
import { expectForgetGate, type ForgetGate, stabilised, UNWRITTEN } from './exponential-gates.ts';

/** Sizes and forget gate of an mLSTM. */
export type MatrixLstmOptions = {
  readonly inputSize: number;
  /** The size of keys, queries and values: the memory has its square. */
  readonly hiddenSize: number;
  /** Default sigmoid. */
  readonly forgetGate?: ForgetGate;
};

/**
 * kernel [inputSize, 4·hiddenSize + 2] and bias [4·hiddenSize + 2]: query, key, value and output gate of hiddenSize each, then the
 * gates i and f, of one number each.
 */
export type MatrixLstmParams = {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** The memory c [batch, hiddenSize, hiddenSize], value by key; its normaliser n [batch, hiddenSize]; the stabiliser m [batch, 1]. */
export type MatrixLstmState = {
  readonly c: Tensor3D;
  readonly n: Frame;
  readonly m: Frame;
};

/**
 * mLSTM of xLSTM, one head: an LSTM whose memory is a matrix that associates keys with values; its gates depend on the input alone. It is
 * not the multiplicative LSTM of Krause et al. 2016, which is also called mLSTM.
 *
 *   q, k, v, o, i, f = split(x·kernel + bias)             k is divided by √hiddenSize
 *   m' = max(log σ(f) + m, i)                          the stabiliser
 *   keep = σ(f)·exp(m − m'),  write = exp(i − m')
 *   c' = keep·c + write·v·kᵀ
 *   n' = keep·n + write·k
 *   h = σ(o)∘(c'·q)/max(|n'·q|, exp(−m'))                 the output
 *
 * c and n are those of the equations without m, divided by exp(m), so that h is the same and nothing overflows; in exp(−m'), m' is
 * clipped to ±40, beyond which it makes no difference that float32 can hold. With `forgetGate: 'exponential'`, exp(f)
 * is in the place of σ(f). In the paper a block adds heads, a convolution, group normalisation and projections.
 *
 * Shapes: x [batch, inputSize]; c [batch, hiddenSize, hiddenSize]; n, h [batch, hiddenSize]; m [batch, 1].
 * Init:   kernel uniform ±1/√inputSize; bias 0, sigmoid forget gate 3 (the authors' code has 3 to 6 over heads);
 *         c, n = 0; m = −1000, so that at the first frame m' = i.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or the gate is none of these.
 * @see Beck, Pöppel, Spanring, Auer, Prudnikova, Kopp, Klambauer, Brandstetter & Hochreiter 2024, "xLSTM: extended long short-term
 *   memory", §2.3
 */
export function matrixLstm(options: MatrixLstmOptions): Cell<MatrixLstmParams, MatrixLstmState> {
  const { inputSize, hiddenSize, forgetGate = 'sigmoid' } = options;
  const name = 'matrixLstm';
  expectSizes(name, { inputSize, hiddenSize });
  expectForgetGate(name, forgetGate);
  const parts = [hiddenSize, hiddenSize, hiddenSize, hiddenSize, 1, 1];
  const size = 4 * hiddenSize + 2;

  const recur = (_: MatrixLstmParams, before: MatrixLstmState, projected: Frame): Step<MatrixLstmState> => {
    const [q, key, v, o, i, f] = split(projected, parts, 1) as [Frame, Frame, Frame, Frame, Frame, Frame];
    const k: Frame = mul(key, 1 / Math.sqrt(hiddenSize));
    const { keep, write, m } = stabilised({ i, f, m: before.m }, forgetGate);
    const written = mul(expandDims(mul(v, write), 2), expandDims(k, 1));
    const c: Tensor3D = add(mul(before.c, expandDims(keep, 2)), written);
    const n: Frame = add(mul(before.n, keep), mul(k, write));
    const found = reshape<Rank.R2>(matMul(c, expandDims(q, 2) as Tensor3D), [q.shape[0], hiddenSize]);
    const scale = maximum(abs(sum(mul(n, q), 1, true)), exp(neg(clipByValue(m, -LARGEST, LARGEST))));
    return { output: mul(sigmoid(o), div(found, scale)), state: { c, n, m } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, forgetGate }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, size], 1 / Math.sqrt(inputSize)),
      bias: tidy(() => concat1d([zeros([size - 1]), fill<Rank.R1>([1], forgetGate === 'sigmoid' ? 3 : 0)])),
    }),
    initialState: (batchSize) => ({
      c: zeros([batchSize, hiddenSize, hiddenSize]),
      n: zeros([batchSize, hiddenSize]),
      m: fill([batchSize, 1], UNWRITTEN),
    }),
    step: affineInput(name, inputSize, recur),
  };
}

/** Of m in exp(−m): its square, which the gradient of a quotient has, is finite and not 0 in float32. */
const LARGEST = 40;
