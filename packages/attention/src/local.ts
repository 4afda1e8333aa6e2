import {
  type Attention,
  expectShape,
  expectSizes,
  type Frame,
  OptionError,
  type Source,
  type Tree,
  tree,
} from '@elman/core';
import { uniform } from '@elman/nn';
import {
  abs,
  cast,
  exp,
  lessEqual,
  matMul,
  maximum,
  mul,
  range,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import { meanUnder, realFrames } from './weigh.ts';

/** Parameters of the inner attention; kernel [querySize, querySize] and scoreKernel [querySize, 1] of the centre. */
export type LocalAttentionParams<P extends Tree> = {
  readonly attention: P;
  readonly kernel: Tensor2D;
  readonly scoreKernel: Tensor2D;
};

/**
 * Another attention within a window around a position predicted from the query.
 *
 *   centre  = (S − 1)·σ(tanh(query·kernel)·scoreKernel)            S: number of real frames
 *   weights = weights of `attention` over |j − centre| ≤ radius, times exp(−(j − centre)² / 2(radius/2)²)
 *   context = Σ weightsⱼ·memoryⱼ
 *
 * Frames count from 0. The gradient reaches the centre through the Gaussian alone.
 *
 * Shapes: those of `attention`, whose context must be a mean of the memory.
 * Init:   kernels uniform ±1/√querySize.
 * @throws {OptionError} if the radius is not a positive whole number.
 * @see Luong, Pham & Manning 2015, local-p
 */
export function localAttention<P extends Tree>(
  attention: Attention<P>,
  { radius }: { readonly radius: number },
): Attention<LocalAttentionParams<P>> {
  const name = `localAttention(${attention.name})`;
  const { querySize, memorySize, contextSize, recipe } = attention;
  expectSizes(name, { radius });
  if (contextSize !== memorySize) {
    throw new OptionError(`${name}: expected an attention whose context is a mean of the memory; take another.`);
  }
  return {
    name,
    recipe: recipe && { package: '@elman/attention', factory: 'localAttention', arguments: [recipe, { radius }] },
    querySize,
    memorySize,
    contextSize,
    init: (rng) => ({
      attention: attention.init(rng.fork('attention')),
      kernel: uniform(rng.fork('kernel'), [querySize, querySize], 1 / Math.sqrt(querySize)),
      scoreKernel: uniform(rng.fork('scoreKernel'), [querySize, 1], 1 / Math.sqrt(querySize)),
    }),
    keys: (params, memory) => attention.keys(params.attention, memory),
    attend(params, query: Frame, source: Source, previous: Frame) {
      expectShape(name, 'query', query, { batch: source.memory.shape[0], querySize });
      return tree.tidy(() => {
        const [, length] = source.memory.shape;
        const real = realFrames(source);
        const last = real === undefined ? length - 1 : maximum(sub(sum(real, 1, true), 1), 0);
        const place = sigmoid(matMul(tanh(matMul(query, params.kernel)), params.scoreKernel));
        const distance = sub(range(0, length), mul(place, last)) as Tensor2D;
        const near = cast(lessEqual(abs(distance), radius), 'float32');
        const mask = (real === undefined ? near : mul(near, real)) as Tensor2D;
        const inside = attention.attend(params.attention, query, { ...source, mask }, previous);
        const bell = exp(mul(square(distance), -2 / radius ** 2));
        const weights = mul(inside.weights, bell) as Tensor2D;
        return { context: meanUnder(weights, source.memory), weights };
      });
    },
  };
}
