import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { HandSetNet } from './hand-set-net.ts';
import { type LinearUnitsParams, type LinearUnitsState, linearUnits } from './linear-units.ts';

/**
 * The net that sums its inputs: one linear hidden unit and a linear output, all weights 1.
 *
 *   h' = x + h      y = h'
 *
 * The hidden unit is the sum so far. It solves `sumOfInputs` of @elman/tasks, exactly, as float32 adds its inputs without rounding.
 * @see Grosse, CSC321 lecture 15
 */
export function summingNet(): HandSetNet<LinearUnitsParams, LinearUnitsState> {
  return {
    cell: linearUnits({ inputSize: 1, hiddenSize: 1 }),
    params: {
      cell: { kernel: tensor2d([[1]]), recurrentKernel: tensor2d([[1]]), bias: tensor1d([0]) },
      output: { kernel: tensor2d([[1]]), bias: tensor1d([0]) },
    },
  };
}
