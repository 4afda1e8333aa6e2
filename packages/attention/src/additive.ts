import { type Attention, expectShape, expectSizes, type Frame, type Source, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, expandDims, matMul, reshape, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { expectSource, maskedSoftmax, meanUnder, realFrames, throughKernel } from './weigh.ts';

/** Sizes of an additive attention. */
export type AdditiveAttentionOptions = {
  readonly querySize: number;
  readonly memorySize: number;
  /** Hidden units. */
  readonly size: number;
};

/** queryKernel [querySize, size], memoryKernel [memorySize, size], bias [size], scoreKernel [size, 1]. */
export type AdditiveAttentionParams = {
  readonly queryKernel: Tensor2D;
  readonly memoryKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly scoreKernel: Tensor2D;
};

/**
 * Additive attention: a small network compares query and frame.
 *
 *   keysⱼ   = memoryⱼ·memoryKernel + bias
 *   scoreⱼ  = tanh(query·queryKernel + keysⱼ)·scoreKernel
 *   weights = softmax(score) over the real frames        context = Σ weightsⱼ·memoryⱼ
 *
 * Shapes: query [batch, querySize]; memory [batch, length, memorySize]; weights [batch, length]; context [batch, memorySize].
 * Init:   kernels uniform ±1/√(their inputs); bias 0.
 * @throws {ShapeError} if query, memory or mask are not of these shapes.
 * @see Bahdanau, Cho & Bengio 2015; without the bias it is the "concat" score of Luong, Pham & Manning 2015
 */
export function additiveAttention(options: AdditiveAttentionOptions): Attention<AdditiveAttentionParams> {
  const { querySize, memorySize, size } = options;
  const name = 'additiveAttention';
  expectSizes(name, { querySize, memorySize, size });
  return {
    name,
    recipe: { package: '@elman/attention', factory: name, arguments: [options] },
    querySize,
    memorySize,
    contextSize: memorySize,
    init: (rng) => ({
      queryKernel: uniform(rng.fork('queryKernel'), [querySize, size], 1 / Math.sqrt(querySize)),
      memoryKernel: uniform(rng.fork('memoryKernel'), [memorySize, size], 1 / Math.sqrt(memorySize)),
      bias: zeros([size]),
      scoreKernel: uniform(rng.fork('scoreKernel'), [size, 1], 1 / Math.sqrt(size)),
    }),
    keys(params, memory) {
      expectShape(name, 'memory', memory, { batch: undefined, length: undefined, memorySize });
      return tree.tidy(() => add(throughKernel(memory, params.memoryKernel), params.bias)) as Source['keys'];
    },
    attend(params, query: Frame, source: Source) {
      expectSource(name, query, source, { query: querySize, keys: size });
      return tree.tidy(() => {
        const [batch, length] = source.memory.shape;
        const hidden = tanh(add(expandDims(matMul(query, params.queryKernel), 1), source.keys));
        const scores = matMul(reshape(hidden, [batch * length, size]), params.scoreKernel);
        const weights = maskedSoftmax(reshape(scores, [batch, length]), realFrames(source));
        return { context: meanUnder(weights, source.memory), weights };
      });
    },
  };
}
