import { affine } from '@elman/kernels';
import { type DenseParams, dense, softmaxCrossEntropy } from '@elman/nn';
import { type Tensor, type Tensor2D, transpose, zeros } from '@tensorflow/tfjs-core';
import type { OutputLayer, OutputWeights, TiedParams } from './output-layer.ts';

/** logits = outputs·kernel + bias */
export function fullOutput(outputSize: number, vocabSize: number): OutputLayer<DenseParams> {
  const layer = dense({ inputSize: outputSize, outputSize: vocabSize });
  return {
    init: layer.init,
    apply: (params, _, outputs) => layer.apply(params, outputs),
    loss: (params, _, outputs, targets, { mask }) =>
      softmaxCrossEntropy(layer.apply(params, outputs), targets, { mask }),
    product: (params) => ({ weights: params as OutputWeights, made: [] }),
  };
}

/** logits = outputs·tableᵀ + bias */
export function tiedOutput(vocabSize: number): OutputLayer<TiedParams> {
  const logits = <T extends Tensor>({ bias }: TiedParams, table: Tensor2D | undefined, x: T): T =>
    affine({ x, kernel: table as Tensor2D, bias, transposed: true });
  return {
    init: () => ({ bias: zeros([vocabSize]) }),
    apply: logits,
    loss: (params, table, outputs, targets, { mask }) =>
      softmaxCrossEntropy(logits(params, table, outputs), targets, { mask }),
    product({ bias }, table) {
      const kernel = transpose(table as Tensor2D);
      return { weights: { kernel, bias }, made: [kernel] };
    },
  };
}
