import { type Attention, expectShape, expectSizes, type Frame, OptionError, type Source, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import { clone, mul, type Tensor2D } from '@tensorflow/tfjs-core';
import { dots, expectSource, maskedSoftmax, meanUnder, realFrames, throughKernel } from './weigh.ts';

/** Sizes of a multiplicative attention. */
export type MultiplicativeAttentionOptions = {
  readonly querySize: number;
  readonly memorySize: number;
  /** `general`, the default, has a matrix between the two; `dot` needs both of one size. */
  readonly score?: 'general' | 'dot' | undefined;
  /** Scores are divided by √querySize; false by default. */
  readonly scaled?: boolean | undefined;
};

/** kernel [memorySize, querySize]; nothing with the score `dot`. */
export type MultiplicativeAttentionParams = { readonly kernel?: Tensor2D };

/**
 * Multiplicative attention: the inner product of query and frame.
 *
 *   general:  keysⱼ = memoryⱼ·kernel           dot:  keysⱼ = memoryⱼ
 *   scoreⱼ  = query·keysⱼ   (÷ √querySize if `scaled`)
 *   weights = softmax(score) over the real frames        context = Σ weightsⱼ·memoryⱼ
 *
 * Shapes: query [batch, querySize]; memory [batch, length, memorySize]; weights [batch, length]; context [batch, memorySize].
 * Init:   kernel uniform ±1/√memorySize.
 * @throws {ShapeError} if query, memory or mask are not of these shapes.
 * @throws {OptionError} if the score is unknown, or the sizes of `dot` differ.
 * @see Luong, Pham & Manning 2015; scaled: Vaswani et al. 2017
 */
export function multiplicativeAttention(
  options: MultiplicativeAttentionOptions,
): Attention<MultiplicativeAttentionParams> {
  const { querySize, memorySize, score = 'general', scaled = false } = options;
  const name = 'multiplicativeAttention';
  expectSizes(name, { querySize, memorySize });
  if (score !== 'general' && score !== 'dot') {
    throw new OptionError(`${name}: score: expected general or dot, got ${score}.`);
  }
  if (score === 'dot' && querySize !== memorySize) {
    throw new OptionError(
      `${name}: score: dot: expected equal querySize and memorySize, got ${querySize} and ${memorySize}; use general.`,
    );
  }
  return {
    name,
    recipe: { package: '@elman/attention', factory: name, arguments: [{ querySize, memorySize, score, scaled }] },
    querySize,
    memorySize,
    contextSize: memorySize,
    init: (rng) =>
      score === 'dot'
        ? {}
        : { kernel: uniform(rng.fork('kernel'), [memorySize, querySize], 1 / Math.sqrt(memorySize)) },
    keys(params, memory) {
      expectShape(name, 'memory', memory, { batch: undefined, length: undefined, memorySize });
      return tree.tidy(() => (params.kernel === undefined ? clone(memory) : throughKernel(memory, params.kernel)));
    },
    attend(_, query: Frame, source: Source) {
      expectSource(name, query, source, { query: querySize, keys: querySize });
      return tree.tidy(() => {
        const scores = dots(query, source.keys);
        const weights = maskedSoftmax(scaled ? mul(scores, 1 / Math.sqrt(querySize)) : scores, realFrames(source));
        return { context: meanUnder(weights, source.memory), weights };
      });
    },
  };
}
