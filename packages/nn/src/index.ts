export { accuracy } from './accuracy.ts';
export {
  type AdaptiveSoftmax,
  type AdaptiveSoftmaxOptions,
  type AdaptiveSoftmaxParams,
  adaptiveSoftmax,
} from './adaptive-softmax.ts';
export {
  type CausalConv1d,
  type CausalConv1dOptions,
  type CausalConv1dParams,
  causalConv1d,
} from './causal-convolution.ts';
export { type ClassSoftmax, type ClassSoftmaxOptions, type ClassSoftmaxParams, classSoftmax } from './class-softmax.ts';
export { type CrossEntropyOptions, softmaxCrossEntropy } from './cross-entropy.ts';
export { type Dense, type DenseOptions, type DenseParams, dense } from './dense.ts';
export { dropout } from './dropout.ts';
export { type Embedding, type EmbeddingOptions, type EmbeddingParams, embedding } from './embedding.ts';
export { expectIds } from './expect.ts';
export type { HierarchicalSoftmax } from './hierarchy.ts';
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  identity,
  normal,
  type TensorOf,
  uniform,
} from './initializers.ts';
export { binaryCrossEntropy, meanSquaredError } from './losses.ts';
export type { Loss, MaskOption } from './masked.ts';
export { type LayerNormParams, layerNorm, type Norm, type NormOptions, type RmsNormParams, rmsNorm } from './norm.ts';
export { orthogonal } from './orthogonal.ts';
export {
  type SampledSoftmax,
  type SampledSoftmaxOptions,
  type SampledSoftmaxParams,
  type Samples,
  sampledSoftmax,
} from './sampled-softmax.ts';
export { byFrequency, type WordClassOptions, wordClasses } from './word-classes.ts';
