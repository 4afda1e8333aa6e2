import type { Rng } from '@elman/core';
import { affine } from '@elman/kernels';
import { type DenseParams, dense } from '@elman/nn';
import { type Tensor, type Tensor1D, type Tensor2D, transpose, zeros } from '@tensorflow/tfjs-core';

/** The bias [vocabSize] of logits whose kernel is the table of the embedding. */
export type TiedParams = { readonly bias: Tensor1D };

/** outputs·kernel + bias, kernel [outputSize, vocabSize]. */
export type OutputWeights = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/** The map from the outputs of a cell to logits. */
export interface OutputLayer<P> {
  init(rng: Rng): P;
  /** outputs […, outputSize] → logits […, vocabSize] */
  apply<T extends Tensor>(params: P, table: Tensor2D | undefined, outputs: T): T;
  /** Its kernel and bias; the caller disposes `made`. */
  weights(
    params: P,
    table: Tensor2D | undefined,
  ): { readonly weights: OutputWeights; readonly made: readonly Tensor[] };
}

/** logits = outputs·kernel + bias, or with `tied` outputs·tableᵀ + bias. */
export function outputLayer(
  outputSize: number,
  vocabSize: number,
  tied: boolean,
): OutputLayer<DenseParams | TiedParams> {
  const layer = dense({ inputSize: outputSize, outputSize: vocabSize });
  if (!tied) {
    return {
      init: layer.init,
      apply: (params, _, outputs) => layer.apply(params as DenseParams, outputs),
      weights: (params) => ({ weights: params as OutputWeights, made: [] }),
    };
  }
  return {
    init: () => ({ bias: zeros([vocabSize]) }),
    apply: <T extends Tensor>(params: DenseParams | TiedParams, table: Tensor2D | undefined, outputs: T): T =>
      affine({ x: outputs, kernel: table as Tensor2D, bias: (params as TiedParams).bias, transposed: true }),
    weights(params, table) {
      const kernel = transpose(table as Tensor2D);
      return { weights: { kernel, bias: (params as TiedParams).bias }, made: [kernel] };
    },
  };
}
