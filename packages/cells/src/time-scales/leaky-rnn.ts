import { type Cell, expectSizes, type Frame, OptionError, type Step } from '@elman/core';
import { add, matMul, mul, sub, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, type Activation, activationOf } from '../activation.ts';
import { affineInput } from '../affine-input.ts';
import { initialKernels } from '../initial-kernels.ts';
import { type AlphaParams, alphasOf, perUnit } from './alphas.ts';

/** Sizes, activation and time constants of leaky units. */
export type LeakyRnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default tanh. */
  readonly activation?: Activation | undefined;
  /** In frames, from 1: of each unit, or one number for all; default 4. */
  readonly timeConstants?: number | readonly number[] | undefined;
  /** Whether α is a parameter, which starts from the time constants; default false. */
  readonly learnAlpha?: boolean | undefined;
};

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]; alphaLogit [hiddenSize] if α is learnt. */
export type LeakyRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
} & AlphaParams;

/** h [batch, hiddenSize]. */
export type LeakyRnnState = {
  readonly h: Frame;
};

/**
 * Leaky units (leaky integrators): a simple recurrent network whose units change at their own rates.
 *
 *   h' = α∘h + (1 − α)∘f(x·kernel + h·recurrentKernel + bias)   f = tanh, relu or σ; output = h'
 *   α  = 1 − 1/timeConstants, or σ(alphaLogit) if it is learnt
 *
 * A unit forgets an impulse as αᵗ, by a factor e in about its time constant; with 1 (α = 0) it is a unit of `simpleRnn`.
 * It is τ·dh/dt = −h + f in Euler steps of one frame; some papers write α for our 1 − α.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0; alphaLogit such that α = 1 − 1/timeConstants.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size, the activation or a time constant (from 1; above 1 if α is learnt) is none.
 * @see Mozer 1992, "Induction of multiscale temporal structure"; Jaeger et al. 2007, "Optimization and applications of
 * echo state networks with leaky-integrator neurons"
 */
export function leakyRnn(options: LeakyRnnOptions): Cell<LeakyRnnParams, LeakyRnnState> {
  const { inputSize, hiddenSize, activation = 'tanh', timeConstants = 4, learnAlpha = false } = options;
  const name = 'leakyRnn';
  expectSizes(name, { inputSize, hiddenSize });
  const activate = activationOf(name, 'activation', activation, ACTIVATIONS);
  const taus = perUnit(name, 'timeConstants', timeConstants, hiddenSize);
  const wrong = taus.find((tau) => !(tau >= 1 && Number.isFinite(tau)));
  if (wrong !== undefined) throw new OptionError(`${name}: timeConstants: expected frames from 1, got ${wrong}.`);
  const taken = taus.map((tau) => 1 - 1 / tau);
  const alphas = alphasOf(name, 'timeConstants', taken, learnAlpha);

  const recur = (params: LeakyRnnParams, { h }: LeakyRnnState, projected: Frame): Step<LeakyRnnState> => {
    const alpha = alphas.of(params);
    const f = activate(add(projected, matMul(h, params.recurrentKernel)));
    const next: Frame = add(mul(alpha, h), mul(sub(1, alpha), f));
    return { output: next, state: { h: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, activation, timeConstants, learnAlpha }],
    },
    init(rng) {
      return {
        ...initialKernels(rng, { inputSize, hiddenSize }, 1),
        bias: zeros([hiddenSize]),
        ...alphas.init(),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
