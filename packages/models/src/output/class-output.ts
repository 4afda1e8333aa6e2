import { type ClassSoftmaxParams, classSoftmax, type DenseParams } from '@elman/nn';
import { concat, type Tensor1D, type Tensor2D, tidy, transpose } from '@tensorflow/tfjs-core';
import { logProbabilitiesOf } from './log-probabilities.ts';
import type { ClassesOptions } from './options.ts';
import type { OutputLayer, OutputWeights } from './output-layer.ts';

/** Of a class-based softmax. */
export type ClassOutputParams = ClassSoftmaxParams;

/** Class-based softmax; logits are log-probabilities. */
export function classOutput(outputSize: number, { classes }: ClassesOptions): OutputLayer<ClassOutputParams> {
  const layer = classSoftmax({ inputSize: outputSize, classes });
  return {
    init: layer.init,
    apply: (params, _, outputs) => layer.logProbabilities(params, outputs),
    loss: (params, _, outputs, targets, { mask }) => layer.loss(params, outputs, targets, { mask }),
    product({ classes: byClass, words }) {
      const top = byClass as Extract<DenseParams, { bias: Tensor1D }>;
      const weights: OutputWeights = tidy(() => ({
        kernel: concat([top.kernel, transpose(words.kernel) as Tensor2D], 1),
        bias: concat([top.bias, words.bias]),
      }));
      const finish = logProbabilitiesOf({ own: 0, sizes: layer.sizes, order: layer.order });
      return { weights, made: [weights.kernel, weights.bias], finish };
    },
  };
}
