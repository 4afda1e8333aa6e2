import { type SampledSoftmaxParams, sampledSoftmax } from '@elman/nn';
import { type Tensor2D, transpose } from '@tensorflow/tfjs-core';
import type { SampledOptions } from './options.ts';
import type { OutputLayer, TiedParams } from './output-layer.ts';

/** The softmax, by samples in training; kernel [vocabSize, outputSize], with `tied` the table. */
export function sampledOutput(
  outputSize: number,
  vocabSize: number,
  tied: boolean,
  { samples: count, noise }: SampledOptions,
): OutputLayer<SampledSoftmaxParams> | OutputLayer<TiedParams> {
  const layer = sampledSoftmax({ inputSize: outputSize, vocabSize, samples: count, noise });
  const whole = (params: SampledSoftmaxParams | TiedParams, table: Tensor2D | undefined): SampledSoftmaxParams =>
    tied ? { kernel: table as Tensor2D, bias: params.bias } : (params as SampledSoftmaxParams);
  const made: OutputLayer<SampledSoftmaxParams | TiedParams> = {
    init(rng) {
      const { kernel, bias } = layer.init(rng);
      if (!tied) return { kernel, bias };
      kernel.dispose();
      return { bias };
    },
    apply: (params, table, outputs) => layer.logits(whole(params, table), outputs),
    loss(params, table, outputs, targets, { mask, rng }) {
      const samples = rng && layer.draw(rng.fork('samples'));
      return layer.loss(whole(params, table), outputs, targets, { mask, samples });
    },
    product(params, table) {
      const { kernel, bias } = whole(params, table);
      const turned: Tensor2D = transpose(kernel);
      return { weights: { kernel: turned, bias }, made: [turned] };
    },
  };
  return made as OutputLayer<SampledSoftmaxParams>;
}
