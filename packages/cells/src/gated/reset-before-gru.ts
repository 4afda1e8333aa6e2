import { type Cell, expectSizes, type Frame, type Step, tree } from '@elman/core';
import { hasResetBeforeGruSequence, resetBeforeGruSequence } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput, projectedFrames } from '../affine-input.ts';
import { recurrentInitializer } from '../recurrent-initializer.ts';
import type { GruOptions, GruState } from './gru.ts';

/** kernel [inputSize, 3·hiddenSize], recurrentKernel [hiddenSize, 3·hiddenSize], bias [3·hiddenSize]; gates z, r, n. */
export type ResetBeforeGruParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/**
 * Gated recurrent unit that resets before the product: two products a step.
 *
 *   xz, xr, xn = split(x·kernel + bias)            gates in this order
 *   Uz, Ur, Un = split(recurrentKernel)
 *   z = σ(xz + h·Uz)                               the fraction of h that is kept
 *   r = σ(xr + h·Ur)
 *   n = tanh(xn + (r∘h)·Un)
 *   h' = (1 − z)∘n + z∘h                           output = h'
 *
 * Some papers (Chung et al. 2014) swap z and 1 − z: there z is the fraction of n.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 3·hiddenSize].
 * A sequence is one op: on cpu and wasm compiled from `step`, elsewhere where `@elman/kernels` has one; else a loop over
 * its frames. Numbers are the same to float32 rounding; the op has no second-order gradient.
 * Init:   kernels uniform ±1/√hiddenSize, the recurrent one by `recurrentInitializer`; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see Cho et al. 2014, "Learning phrase representations using RNN encoder–decoder", arXiv:1406.1078v3 and EMNLP (v1
 * resets after the product); Chung et al. 2014; the other form is `gru`
 */
export function resetBeforeGru(options: Omit<GruOptions, 'chrono'>): Cell<ResetBeforeGruParams, GruState> {
  const { inputSize, hiddenSize } = options;
  const name = 'resetBeforeGru';
  expectSizes(name, { inputSize, hiddenSize });
  const recurrent = recurrentInitializer(name, options);

  const recur = (params: ResetBeforeGruParams, { h }: GruState, projected: Frame): Step<GruState> => {
    const [gates, candidate] = split(params.recurrentKernel, [2 * hiddenSize, hiddenSize], 1) as [Tensor2D, Tensor2D];
    const [xzr, xn] = split(projected, [2 * hiddenSize, hiddenSize], 1) as [Frame, Frame];
    const [z, r] = split(sigmoid(add(xzr, matMul(h, gates))), 2, 1) as [Frame, Frame];
    const n: Frame = tanh(add(xn, matMul(mul(r, h), candidate)));
    const next: Frame = add(n, mul(z, sub(h, n)));
    return { output: next, state: { h: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, ...recurrent.given }] },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 3 * hiddenSize], limit),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], { blocks: 3, limit }),
        bias: zeros([3 * hiddenSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
    scan(params, { h }, inputs, options) {
      if (!hasResetBeforeGruSequence()) return undefined;
      return tree.tidy(() => {
        const { recurrentKernel } = params;
        const { mask, reverse } = options;
        const { outputs, ...last } = resetBeforeGruSequence({
          projected: projectedFrames(params, inputs),
          recurrentKernel,
          h,
          mask,
          reverse,
        });
        return { outputs, state: last };
      });
    },
  };
}
