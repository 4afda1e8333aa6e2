import { type ClassSoftmaxParams, classSoftmax } from '@elman/nn';
import { concat, type Tensor2D, transpose } from '@tensorflow/tfjs-core';
import { hierarchicalOutput, withBias } from './hierarchical-output.ts';
import type { ClassesOptions } from './options.ts';
import type { OutputLayer } from './output-layer.ts';

/** Class-based softmax. */
export function classOutput(outputSize: number, { classes }: ClassesOptions): OutputLayer<ClassSoftmaxParams> {
  const layer = classSoftmax({ inputSize: outputSize, classes });
  return hierarchicalOutput(layer, 0, ({ classes: first, words }) => {
    const { kernel, bias } = withBias(first);
    return { kernel: concat([kernel, transpose(words.kernel) as Tensor2D], 1), bias: concat([bias, words.bias]) };
  });
}
