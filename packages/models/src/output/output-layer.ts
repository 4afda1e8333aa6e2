import type { Rng } from '@elman/core';
import type { AdaptiveSoftmaxParams, ClassSoftmaxParams, DenseParams, Loss } from '@elman/nn';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { adaptiveOutput } from './adaptive-output.ts';
import { classOutput } from './class-output.ts';
import { fullOutput, tiedOutput } from './full-output.ts';
import type { OutputOptions } from './options.ts';
import { sampledOutput } from './sampled-output.ts';

/** The bias [vocabSize] of logits whose kernel is the table of the embedding. */
export type TiedParams = { readonly bias: Tensor1D };

/** Parameters of the output layer of a language model. */
export type OutputParams = DenseParams | TiedParams | ClassSoftmaxParams | AdaptiveSoftmaxParams;

/** outputs·kernel + bias, kernel [outputSize, columns]. */
export type OutputWeights = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/** An output layer as one product. */
export interface OutputProduct {
  readonly weights: OutputWeights;
  /** What of the weights was made for it; the caller disposes of it. */
  readonly made: readonly Tensor[];
  /**
   * What makes logits [rows·vocabSize] of the product [rows·columns], if they are not the product itself. Valid until
   * the next call.
   */
  readonly finish?: ((product: Float32Array) => Float32Array) | undefined;
}

/** The map from the outputs of a cell to the probabilities of the next token. */
export interface OutputLayer<P> {
  init(rng: Rng): P;
  /** outputs […, outputSize] → logits […, vocabSize] */
  apply<T extends Tensor>(params: P, table: Tensor2D | undefined, outputs: T): T;
  /** Mean nats of targets int32 […] given outputs […, outputSize]; `rng` in training only. */
  loss(
    params: P,
    table: Tensor2D | undefined,
    outputs: Tensor,
    targets: Tensor,
    options: { readonly mask?: Tensor | undefined; readonly rng?: Rng | undefined },
  ): Loss;
  product(params: P, table: Tensor2D | undefined): OutputProduct;
}

/** The output layer that the options describe. @throws {OptionError} if they do not fit the vocabulary. */
export function outputLayer(
  outputSize: number,
  vocabSize: number,
  tied: boolean,
  options: OutputOptions,
): OutputLayer<OutputParams> {
  const make = () => {
    if (options.kind === 'classes') return classOutput(outputSize, options);
    if (options.kind === 'adaptive') return adaptiveOutput(outputSize, vocabSize, options);
    if (options.kind === 'sampled') return sampledOutput(outputSize, vocabSize, tied, options);
    return tied ? tiedOutput(vocabSize) : fullOutput(outputSize, vocabSize);
  };
  return make() as OutputLayer<OutputParams>;
}
