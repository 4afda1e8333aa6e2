import { type AdaptiveSoftmaxParams, adaptiveSoftmax } from '@elman/nn';
import { concat, matMul, type Tensor2D } from '@tensorflow/tfjs-core';
import { hierarchicalOutput, withBias } from './hierarchical-output.ts';
import type { AdaptiveOptions } from './options.ts';
import type { OutputLayer } from './output-layer.ts';

/** Adaptive softmax. For decoding a cluster's two products are one, whose kernel is as large as that of a softmax. */
export function adaptiveOutput(
  outputSize: number,
  vocabSize: number,
  { cutoffs, factor, order }: AdaptiveOptions,
): OutputLayer<AdaptiveSoftmaxParams> {
  const layer = adaptiveSoftmax({ inputSize: outputSize, vocabSize, cutoffs, factor, order });
  return hierarchicalOutput(layer, layer.headSize, ({ head, clusters }) => {
    const { kernel, bias } = withBias(head);
    const parts = clusters.map(({ projection, words }) => matMul(projection, words.kernel) as Tensor2D);
    return {
      kernel: concat([kernel, ...parts], 1),
      bias: concat([bias, ...clusters.map(({ words }) => withBias(words).bias)]),
    };
  });
}
