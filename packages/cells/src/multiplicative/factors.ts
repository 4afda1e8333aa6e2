import type { Frame, Rng } from '@elman/core';
import { uniform } from '@elman/nn';
import { matMul, mul, type Tensor2D } from '@tensorflow/tfjs-core';

/** Sizes of a cell whose recurrent weights depend on the input. */
export type FactoredOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The number of factors: the rank of the recurrent weights; default hiddenSize. */
  readonly factors?: number;
};

/** inputFactors [inputSize, factors] and recurrentFactors [hiddenSize, factors]. */
export type FactorParams = {
  readonly inputFactors: Tensor2D;
  readonly recurrentFactors: Tensor2D;
};

/** (x·inputFactors)∘(h·recurrentFactors), [batch, factors]. */
export function factored(x: Frame, h: Frame, { inputFactors, recurrentFactors }: FactorParams): Frame {
  return mul(matMul(x, inputFactors), matMul(h, recurrentFactors));
}

/** Uniform ±√(3/rows), of variance 1/rows: for inputs of mean square 1 the factors are about as large as h. */
export function initialFactors(rng: Rng, sizes: Required<FactoredOptions>): FactorParams {
  const { inputSize, hiddenSize, factors } = sizes;
  return {
    inputFactors: uniform(rng.fork('inputFactors'), [inputSize, factors], Math.sqrt(3 / inputSize)),
    recurrentFactors: uniform(rng.fork('recurrentFactors'), [hiddenSize, factors], Math.sqrt(3 / hiddenSize)),
  };
}
