import type { Tree } from '@elman/core';
import type { DenseParams, HierarchicalSoftmax } from '@elman/nn';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import { logProbabilitiesOf } from './log-probabilities.ts';
import type { OutputLayer, OutputWeights } from './output-layer.ts';

/**
 * A softmax of two levels as an output layer; logits are log-probabilities.
 *
 * @param own how many words the first level has of its own.
 * @param weightsOf all of its logits as one product: the first level, and then group after group.
 */
export function hierarchicalOutput<P extends Tree>(
  layer: HierarchicalSoftmax<P>,
  own: number,
  weightsOf: (params: P) => OutputWeights,
): OutputLayer<P> {
  return {
    init: layer.init,
    apply: (params, _, outputs) => layer.logProbabilities(params, outputs),
    loss: (params, _, outputs, targets, { mask }) => layer.loss(params, outputs, targets, { mask }),
    product(params) {
      const weights = tidy(() => weightsOf(params));
      const finish = logProbabilitiesOf({ own, sizes: layer.sizes, order: layer.order });
      return { weights, made: [weights.kernel, weights.bias], finish };
    },
  };
}

/** Of a layer that has a bias. */
export const withBias = (params: DenseParams): { readonly kernel: Tensor2D; readonly bias: Tensor1D } =>
  params as { readonly kernel: Tensor2D; readonly bias: Tensor1D };
