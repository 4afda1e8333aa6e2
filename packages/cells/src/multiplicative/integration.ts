import type { Frame } from '@elman/core';
import { add, fill, mul, ones, type Tensor1D } from '@tensorflow/tfjs-core';

/** α = productGain, β₁ = recurrentGain, β₂ = inputGain and b = bias, each [size]. */
export type IntegrationParams = {
  readonly bias: Tensor1D;
  readonly productGain: Tensor1D;
  readonly recurrentGain: Tensor1D;
  readonly inputGain: Tensor1D;
};

/**
 * Multiplicative integration, in its general form, of what comes from the input and from the state:
 *
 *   α∘fromInput∘fromState + β₁∘fromState + β₂∘fromInput + b
 *
 * It is computed as (α∘fromInput + β₁)∘fromState + (β₂∘fromInput + b).
 */
export function integrate(fromInput: Frame, fromState: Frame, params: IntegrationParams): Frame {
  const { bias, productGain, recurrentGain, inputGain } = params;
  const scale = add(mul(fromInput, productGain), recurrentGain);
  return add(mul(scale, fromState), add(mul(fromInput, inputGain), bias));
}

/** α = 1, β₁ = β₂ = 1/2. */
export function initialGains(size: number): Omit<IntegrationParams, 'bias'> {
  return { productGain: ones([size]), recurrentGain: fill([size], 0.5), inputGain: fill([size], 0.5) };
}
