import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { HandSetNet } from './hand-set-net.ts';
import { type LinearUnitsParams, type LinearUnitsState, linearUnits } from './linear-units.ts';

/**
 * The net that decides which of two inputs has the larger total: one linear hidden unit and a logistic output.
 *
 *   h' = x₁ − x₂ + h      P(first is larger) = σ(5·h')
 *
 * The hidden unit is the difference of the totals, and its sign the answer; 5 makes the logistic unit steep. The params give the
 * logit 5·h'. It solves `largerTotal` of @elman/tasks.
 * @see Grosse, CSC321 lecture 15
 */
export function comparingNet(): HandSetNet<LinearUnitsParams, LinearUnitsState> {
  return {
    cell: linearUnits({ inputSize: 2, hiddenSize: 1 }),
    params: {
      cell: { kernel: tensor2d([[1], [-1]]), recurrentKernel: tensor2d([[1]]), bias: tensor1d([0]) },
      output: { kernel: tensor2d([[5]]), bias: tensor1d([0]) },
    },
  };
}
