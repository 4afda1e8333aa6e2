import { type Attention, expectShape, expectSizes, type Frame, OptionError, type Source, tree } from '@elman/core';
import { glorotUniform } from '@elman/nn';
import {
  add,
  concat,
  matMul,
  mean,
  mul,
  reshape,
  split as splitAxis,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tile,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { expectSource, maskedSoftmax, realFrames, throughKernel } from './weigh.ts';

/** Sizes of a multi-head attention. */
export type MultiHeadAttentionOptions = {
  readonly querySize: number;
  readonly memorySize: number;
  /** Size of queries, keys and values over all heads, and of the context. */
  readonly size: number;
  readonly heads: number;
};

/** Kernels [querySize or memorySize, size] of queries, keys and values, [size, size] of the context; biases [size]. */
export type MultiHeadAttentionParams = {
  readonly queryKernel: Tensor2D;
  readonly queryBias: Tensor1D;
  readonly keyKernel: Tensor2D;
  readonly keyBias: Tensor1D;
  readonly valueKernel: Tensor2D;
  readonly valueBias: Tensor1D;
  readonly contextKernel: Tensor2D;
  readonly contextBias: Tensor1D;
};

/**
 * Scaled dot-product attention by several heads in parallel, each on its own part of queries, keys and values.
 *
 *   q = query·queryKernel + queryBias    k = memory·keyKernel + keyBias    v = memory·valueKernel + valueBias
 *   weightsₕ = softmax(qₕ·kₕᵀ / √(size/heads)) over the real frames
 *   context  = [weights₁·v₁ … weights_H·v_H]·contextKernel + contextBias
 *
 * The returned weights are the mean over heads.
 *
 * Shapes: query [batch, querySize]; memory [batch, length, memorySize]; keys [batch, length, 2·size], k and v concatenated; weights
 * [batch, length]; context [batch, size].
 * Init:   kernels Glorot uniform, biases 0.
 * @throws {ShapeError} if query, memory or mask are not of these shapes.
 * @throws {OptionError} if size is not a multiple of heads.
 * @see Vaswani et al. 2017
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Attention<MultiHeadAttentionParams> {
  const { querySize, memorySize, size, heads } = options;
  const name = 'multiHeadAttention';
  expectSizes(name, { querySize, memorySize, size, heads });
  if (size % heads !== 0) {
    throw new OptionError(`${name}: size: expected a multiple of the ${heads} heads, got ${size}.`);
  }
  const part = size / heads;
  /** [batch, length, size] → [batch·heads, length, part] */
  const intoHeads = (x: Tensor3D): Tensor3D => {
    const [batch, length] = x.shape;
    const apart = transpose(reshape(x, [batch, length, heads, part]), [0, 2, 1, 3]);
    return reshape(apart, [batch * heads, length, part]);
  };
  return {
    name,
    recipe: { package: '@elman/attention', factory: name, arguments: [options] },
    querySize,
    memorySize,
    contextSize: size,
    init: (rng) => ({
      queryKernel: glorotUniform(rng.fork('queryKernel'), [querySize, size]),
      queryBias: zeros([size]),
      keyKernel: glorotUniform(rng.fork('keyKernel'), [memorySize, size]),
      keyBias: zeros([size]),
      valueKernel: glorotUniform(rng.fork('valueKernel'), [memorySize, size]),
      valueBias: zeros([size]),
      contextKernel: glorotUniform(rng.fork('contextKernel'), [size, size]),
      contextBias: zeros([size]),
    }),
    keys(params, memory) {
      expectShape(name, 'memory', memory, { batch: undefined, length: undefined, memorySize });
      return tree.tidy(() => {
        const kernel = concat([params.keyKernel, params.valueKernel], 1);
        return add(throughKernel(memory, kernel), concat([params.keyBias, params.valueBias])) as Tensor3D;
      });
    },
    attend(params, query: Frame, source: Source) {
      expectSource(name, query, source, { query: querySize, keys: 2 * size });
      return tree.tidy(() => {
        const [batch, length] = source.memory.shape;
        const q = add(matMul(query, params.queryKernel), params.queryBias);
        const [k, v] = (splitAxis(source.keys, 2, 2) as Tensor3D[]).map(intoHeads) as [Tensor3D, Tensor3D];
        const scores = matMul(reshape(q, [batch * heads, 1, part]), k, false, true);
        const real = realFrames(source);
        const ofHeads: Tensor2D | undefined =
          real && reshape(tile(reshape(real, [batch, 1, length]), [1, heads, 1]), [batch * heads, length]);
        const scaled: Tensor2D = reshape(mul(scores, 1 / Math.sqrt(part)), [batch * heads, length]);
        const weights = maskedSoftmax(scaled, ofHeads);
        const values = matMul(reshape(weights, [batch * heads, 1, length]) as Tensor3D, v);
        const context = add(matMul(reshape(values, [batch, size]), params.contextKernel), params.contextBias);
        return { context: context as Frame, weights: mean(reshape(weights, [batch, heads, length]), 1) as Frame };
      });
    },
  };
}
