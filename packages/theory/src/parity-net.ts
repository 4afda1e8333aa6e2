import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { HandSetNet } from './hand-set-net.ts';
import { type ThresholdUnitsParams, type ThresholdUnitsState, thresholdUnits } from './threshold-units.ts';

/**
 * The parity net: binary threshold units, of which the output is the parity so far, the XOR of the input and the output before.
 *
 *   h₁ = [x + y − 1.5 > 0]        x AND y     at the first frame, as if the output before had been 0: [x − 1.5 > 0]
 *   h₂ = [x + y − 0.5 > 0]        x OR y                                                              [x − 0.5 > 0]
 *   y' = [h₂ − h₁ − 0.5 > 0]      h₂ AND NOT h₁
 *
 *   y x   h₁ h₂   y'
 *   0 0   0  0    0
 *   0 1   0  1    1
 *   1 0   0  1    1
 *   1 1   1  1    0
 *
 * It solves `parity` of @elman/tasks: x is 1 where the id is 1, and the logits of even and odd are ±10.
 * @see Grosse, CSC321 lecture 15
 */
export function parityNet(): HandSetNet<ThresholdUnitsParams, ThresholdUnitsState> {
  return {
    cell: thresholdUnits({ inputSize: 2, hiddenSize: 2, outputSize: 1 }),
    params: {
      cell: {
        // The input is one-hot: only a 1 has weights, to both hidden units.
        kernel: tensor2d([
          [0, 0],
          [1, 1],
        ]),
        recurrentKernel: tensor2d([[1, 1]]),
        bias: tensor1d([-1.5, -0.5]),
        firstBias: tensor1d([-1.5, -0.5]),
        outputKernel: tensor2d([[-1], [1]]),
        outputBias: tensor1d([-0.5]),
      },
      output: { kernel: tensor2d([[-20, 20]]), bias: tensor1d([10, -10]) },
    },
  };
}
