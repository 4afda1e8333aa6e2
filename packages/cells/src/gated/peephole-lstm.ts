import { type Cell, expectSizes, type Frame, type Rng, type Step, tree } from '@elman/core';
import { hasPeepholeLstmSequence, peepholeLstmSequence } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { add, matMul, mul, sigmoid, split, type Tensor1D, tanh, zeros } from '@tensorflow/tfjs-core';
import { affineInput, projectedFrames } from '../affine-input.ts';
import { forgetGateBias } from '../lstm-update.ts';
import { recurrentInitializer } from '../recurrent-initializer.ts';
import type { LstmOptions, LstmParams, LstmState } from './lstm.ts';

/** Those of an LSTM, and the peephole weights of i, f and o, each [hiddenSize]. */
export type PeepholeLstmParams = LstmParams & {
  readonly peepholes: { readonly i: Tensor1D; readonly f: Tensor1D; readonly o: Tensor1D };
};

/**
 * Long short-term memory with peepholes: each gate depends on the memory cell of its unit.
 *
 *   i, f, g, o = split(x·kernel + h·recurrentKernel + bias)   gates in this order
 *   c' = σ(f + c∘peepholes.f)·c + σ(i + c∘peepholes.i)·tanh(g)
 *   h' = σ(o + c'∘peepholes.o)·tanh(c')                       output = h'
 *
 * The input and forget gates depend on the memory before the step, the output gate on the memory after it.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize]; kernel [inputSize, 4·hiddenSize].
 * A sequence is one op: on cpu and wasm compiled from `step`, elsewhere where `@elman/kernels` has one; else a loop over
 * its frames. Numbers are the same to float32 rounding; the op has no second-order gradient.
 * Init:   kernels and peepholes uniform ±1/√hiddenSize, the recurrent kernel by `recurrentInitializer`; bias 0, forget gate 1
 *         (Jozefowicz et al. 2015).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see Gers & Schmidhuber 2000, "Recurrent nets that time and count"
 */
export function peepholeLstm(options: Omit<LstmOptions, 'chrono'>): Cell<PeepholeLstmParams, LstmState> {
  const { inputSize, hiddenSize } = options;
  const name = 'peepholeLstm';
  expectSizes(name, { inputSize, hiddenSize });
  const recurrent = recurrentInitializer(name, options);

  const recur = (params: PeepholeLstmParams, { h, c }: LstmState, projected: Frame): Step<LstmState> => {
    const { peepholes } = params;
    const [i, f, g, o] = split(add(projected, matMul(h, params.recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const forget: Frame = sigmoid(add(f, mul(c, peepholes.f)));
    const write: Frame = sigmoid(add(i, mul(c, peepholes.i)));
    const nextC: Frame = add(mul(forget, c), mul(write, tanh(g)));
    const nextH: Frame = mul(sigmoid(add(o, mul(nextC, peepholes.o))), tanh(nextC));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, ...recurrent.given }] },
    init(rng: Rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      const peephole = (gate: string): Tensor1D =>
        rng
          .fork('peepholes')
          .fork(gate)
          .tensor([hiddenSize], (r) => r.uniform(-limit, limit)) as Tensor1D;
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 4 * hiddenSize], limit),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], { blocks: 4, limit }),
        bias: forgetGateBias(hiddenSize),
        peepholes: { i: peephole('i'), f: peephole('f'), o: peephole('o') },
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
    scan(params, state, inputs, options) {
      if (!hasPeepholeLstmSequence()) return undefined;
      return tree.tidy(() => {
        const { recurrentKernel, peepholes } = params;
        const { mask, reverse } = options;
        const sequence = {
          projected: projectedFrames(params, inputs),
          recurrentKernel,
          peepholes,
          ...state,
          mask,
          reverse,
        };
        const { outputs, ...last } = peepholeLstmSequence(sequence);
        return { outputs, state: last };
      });
    },
  };
}
