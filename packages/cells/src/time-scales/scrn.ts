import { type Cell, expectShape, expectSizes, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, concat, matMul, mul, sigmoid, split, sub, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { type AlphaParams, alphasOf, perUnit } from './alphas.ts';

/** Sizes and decay of a structurally constrained recurrent network. */
export type ScrnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default 2/5 of hiddenSize, rounded up: the paper's 40 to 100. */
  readonly contextSize?: number | undefined;
  /** From 0 to 1: of each context unit, or one number for all; default 0.95. */
  readonly alpha?: number | readonly number[] | undefined;
  /** Whether α is a parameter, which starts from `alpha`; default false. */
  readonly learnAlpha?: boolean | undefined;
};

/**
 * kernel [inputSize, hiddenSize] (A), recurrentKernel [hiddenSize, hiddenSize] (R), contextKernel [inputSize, contextSize] (B),
 * hiddenContextKernel [contextSize, hiddenSize] (P); alphaLogit [contextSize] if α is learnt.
 */
export type ScrnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly contextKernel: Tensor2D;
  readonly hiddenContextKernel: Tensor2D;
} & AlphaParams;

/** h [batch, hiddenSize], s [batch, contextSize]. */
export type ScrnState = {
  readonly h: Frame;
  readonly s: Frame;
};

/**
 * Structurally constrained recurrent network: part of the recurrence is diagonal and slow, a context.
 *
 *   s' = (1 − α)∘(x·contextKernel) + α∘s
 *   h' = σ(s'·hiddenContextKernel + x·kernel + h·recurrentKernel)
 *   output = [h', s'], which both go to the output layer
 *   α = alpha, or σ(alphaLogit) if it is learnt (the paper's "adaptive" context)
 *
 * Without biases, as in the paper. h' reads the new context s', as the paper's equation does; its code reads the previous one.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; s [batch, contextSize]; output [batch, hiddenSize + contextSize].
 * Init:   kernels uniform ±1/√(number of their rows); alphaLogit such that α = alpha.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or alpha is not from 0 to 1 (in between if it is learnt).
 * @see Mikolov, Joulin, Chopra, Mathieu & Ranzato 2014, "Learning longer memory in recurrent neural networks"
 */
export function scrn(options: ScrnOptions): Cell<ScrnParams, ScrnState> {
  const { inputSize, hiddenSize, alpha = 0.95, learnAlpha = false } = options;
  const { contextSize = Math.ceil(0.4 * hiddenSize) } = options;
  const name = 'scrn';
  expectSizes(name, { inputSize, hiddenSize, contextSize });
  const alphas = alphasOf(name, 'alpha', perUnit(name, 'alpha', alpha, contextSize), learnAlpha);

  return {
    name,
    inputSize,
    outputSize: hiddenSize + contextSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, contextSize, alpha, learnAlpha }],
    },
    init(rng) {
      const kernel = (label: string, rows: number, columns: number): Tensor2D =>
        uniform(rng.fork(label), [rows, columns], 1 / Math.sqrt(rows));
      return {
        kernel: kernel('kernel', inputSize, hiddenSize),
        recurrentKernel: kernel('recurrentKernel', hiddenSize, hiddenSize),
        contextKernel: kernel('contextKernel', inputSize, contextSize),
        hiddenContextKernel: kernel('hiddenContextKernel', contextSize, hiddenSize),
        ...alphas.init(),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), s: zeros([batchSize, contextSize]) }),
    step(params, { h, s }, input) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const kept = alphas.of(params);
        const [toHidden, toContext] = split(
          matMul(input, concat([params.kernel, params.contextKernel], 1)),
          [hiddenSize, contextSize],
          1,
        ) as [Frame, Frame];
        const nextS: Frame = add(mul(sub(1, kept), toContext), mul(kept, s));
        const fromState = add(matMul(nextS, params.hiddenContextKernel), matMul(h, params.recurrentKernel));
        const nextH: Frame = sigmoid(add(toHidden, fromState));
        return { output: concat([nextH, nextS], 1) as Frame, state: { h: nextH, s: nextS } };
      });
    },
  };
}
