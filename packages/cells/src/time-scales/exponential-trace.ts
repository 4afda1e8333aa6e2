import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, mul, sub, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';
import { type AlphaParams, alphasOf, perUnit } from './alphas.ts';

/** Sizes and decay of exponential traces. */
export type ExponentialTraceOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** From 0 to 1: of each unit, or one number for all; default 0.9. */
  readonly alpha?: number | readonly number[] | undefined;
  /** Whether α is a parameter, which starts from `alpha`; default false. */
  readonly learnAlpha?: boolean | undefined;
};

/** kernel [inputSize, hiddenSize], bias [hiddenSize]; alphaLogit [hiddenSize] if α is learnt. */
export type ExponentialTraceParams = { readonly kernel: Tensor2D; readonly bias: Tensor1D } & AlphaParams;

/** trace [batch, hiddenSize]. */
export type ExponentialTraceState = { readonly trace: Frame };

/**
 * Exponential trace memory: moving averages of a projection of the input. No unit reads another.
 *
 *   μ' = α∘μ + (1 − α)∘(x·kernel + bias)     output = μ'
 *   α  = alpha, or σ(alphaLogit) if it is learnt
 *
 * With an identity for a kernel and no bias it is the trace of the input itself, of which each past frame counts αᵗ. In a `stack`
 * below another cell it gives that one the recent past as context.
 *
 * Shapes: x [batch, inputSize]; μ [batch, hiddenSize].
 * Init:   kernel uniform ±1/√inputSize; bias 0; alphaLogit such that α = alpha.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or alpha is not from 0 to 1 (in between if it is learnt).
 * @see Jordan 1986 (of outputs); Mozer 1989, "A focused back-propagation algorithm for temporal pattern recognition";
 * Mozer 1993, "Neural net architectures for temporal sequence processing" (exponential trace memory)
 */
export function exponentialTrace(
  options: ExponentialTraceOptions,
): Cell<ExponentialTraceParams, ExponentialTraceState> {
  const { inputSize, hiddenSize, alpha = 0.9, learnAlpha = false } = options;
  const name = 'exponentialTrace';
  expectSizes(name, { inputSize, hiddenSize });
  const alphas = alphasOf(name, 'alpha', perUnit(name, 'alpha', alpha, hiddenSize), learnAlpha);

  const recur = (
    params: ExponentialTraceParams,
    { trace }: ExponentialTraceState,
    projected: Frame,
  ): Step<ExponentialTraceState> => {
    const kept = alphas.of(params);
    const next: Frame = add(mul(kept, trace), mul(sub(1, kept), projected));
    return { output: next, state: { trace: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, alpha, learnAlpha }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], 1 / Math.sqrt(inputSize)),
      bias: zeros([hiddenSize]),
      ...alphas.init(),
    }),
    initialState: (batchSize) => ({ trace: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
