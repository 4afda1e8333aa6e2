import { type Cell, expectSizes, type Frame, type Step, tree } from '@elman/core';
import { gruSequence, hasGruSequence } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  concat1d,
  matMul,
  mul,
  type Rank,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput, projectedFrames } from '../affine-input.ts';
import { type RecurrentInitializerOptions, recurrentInitializer } from '../recurrent-initializer.ts';
import { chronoBias, expectChrono } from './chrono.ts';

/** Sizes and initial values of a GRU. */
export type GruOptions = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The longest time dependency, in frames: initialises the gate biases by it (chrono initialisation). */
  readonly chrono?: number | undefined;
};

/**
 * kernel [inputSize, 3·hiddenSize], recurrentKernel [hiddenSize, 3·hiddenSize], bias [3·hiddenSize]; gates z, r, n.
 * recurrentBias [hiddenSize]: the bias within the reset of n.
 */
export type GruParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly recurrentBias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type GruState = {
  readonly h: Frame;
};

/**
 * Gated recurrent unit that resets after the product, as in cuDNN, PyTorch and Keras (`reset_after`): one product per step.
 *
 *   xz, xr, xn = split(x·kernel + bias)            gates in this order
 *   hz, hr, hn = split(h·recurrentKernel)
 *   z = σ(xz + hz)                                 the fraction of h that is kept
 *   r = σ(xr + hr)
 *   n = tanh(xn + r∘(hn + recurrentBias))
 *   h' = (1 − z)∘n + z∘h                           output = h'
 *
 * Some papers (Chung et al. 2014) swap z and 1 − z: there z is the fraction of n.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 3·hiddenSize].
 * A sequence is one op: on cpu and wasm compiled from `step`, elsewhere where `@elman/kernels` has one; else a loop over
 * its frames. Numbers are the same to float32 rounding; the op has no second-order gradient.
 * Init:   kernels uniform ±1/√hiddenSize, the recurrent one by `recurrentInitializer`; biases 0; with `chrono` = T that of z
 *         log U(1, T − 1).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, chrono is not a whole number from 3, or the initializer is
 *         unknown.
 * @see Cho et al. 2014, arXiv:1406.1078v1; chrono: Tallec & Ollivier 2018; the other form is `resetBeforeGru`
 */
export function gru(options: GruOptions): Cell<GruParams, GruState> {
  const { inputSize, hiddenSize, chrono } = options;
  const name = 'gru';
  expectSizes(name, { inputSize, hiddenSize });
  expectChrono(name, chrono);
  const recurrent = recurrentInitializer(name, options);

  const recur = (params: GruParams, { h }: GruState, projected: Frame): Step<GruState> => {
    const [xz, xr, xn] = split(projected, 3, 1) as [Frame, Frame, Frame];
    const [hz, hr, hn] = split(matMul(h, params.recurrentKernel), 3, 1) as [Frame, Frame, Frame];
    const z = sigmoid(add(xz, hz));
    const r = sigmoid(add(xr, hr));
    const n: Frame = tanh(add(xn, mul(r, add(hn, params.recurrentBias))));
    const next: Frame = add(n, mul(z, sub(h, n)));
    return { output: next, state: { h: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, ...(chrono && { chrono }), ...recurrent.given }],
    },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, 3 * hiddenSize], limit),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], { blocks: 3, limit }),
        bias: tidy(() => {
          const keep =
            chrono === undefined ? zeros<Rank.R1>([hiddenSize]) : chronoBias(rng.fork('bias'), hiddenSize, chrono).keep;
          return concat1d([keep, zeros([2 * hiddenSize])]);
        }),
        recurrentBias: zeros([hiddenSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
    scan(params, { h }, inputs, options) {
      if (!hasGruSequence()) return undefined;
      return tree.tidy(() => {
        const { recurrentKernel, recurrentBias } = params;
        const { mask, reverse } = options;
        const { outputs, ...last } = gruSequence({
          projected: projectedFrames(params, inputs),
          recurrentKernel,
          recurrentBias,
          h,
          mask,
          reverse,
        });
        return { outputs, state: last };
      });
    },
  };
}
