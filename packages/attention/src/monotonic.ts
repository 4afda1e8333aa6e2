import { type Attention, expectShape, expectSizes, type Frame, type Source, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  concat,
  exp,
  expandDims,
  fill,
  lessEqual,
  matMul,
  mul,
  neg,
  ones,
  range,
  reshape,
  sigmoid,
  softplus,
  sub,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { expectSource, meanUnder, realFrames, throughKernel } from './weigh.ts';

/** Sizes of a monotonic attention. */
export type MonotonicAttentionOptions = {
  readonly querySize: number;
  readonly memorySize: number;
  /** Hidden units. */
  readonly size: number;
};

/** As of additive attention, and scoreBias [1]. */
export type MonotonicAttentionParams = {
  readonly queryKernel: Tensor2D;
  readonly memoryKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly scoreKernel: Tensor2D;
  readonly scoreBias: Tensor1D;
};

/** Initially the stopping probability is σ(−1) = 0.27. */
const SCORE_BIAS = -1;

/**
 * Attention that only moves forward: at each step it scans from its last frame on and stops at frame j with probability
 * pⱼ. The weights are the probabilities of stopping at each frame.
 *
 *   scoreⱼ   = tanh(query·queryKernel + memoryⱼ·memoryKernel + bias)·scoreKernel + scoreBias        pⱼ = σ(scoreⱼ)
 *   weightsⱼ = pⱼ · Σ_{i ≤ j} previousᵢ · Π_{i ≤ k < j} (1 − pₖ)         before the first step it is at frame 0
 *   context  = Σ weightsⱼ·memoryⱼ
 *
 * Their sum is below 1 by the probability of reaching the end without a stop. Time and memory are quadratic in
 * the length. Noise on the query takes the place of the paper's noise on the score (for probabilities near 0 and 1).
 *
 * Shapes: query [batch, querySize]; memory [batch, length, memorySize]; previous, weights [batch, length].
 * Init:   kernels uniform ±1/√(their inputs); bias 0, scoreBias −1.
 * @throws {ShapeError} if query, memory, previous or mask are not of these shapes.
 * @see Raffel et al. 2017, Online and linear-time attention by enforcing monotonic alignments
 */
export function monotonicAttention(options: MonotonicAttentionOptions): Attention<MonotonicAttentionParams> {
  const { querySize, memorySize, size } = options;
  const name = 'monotonicAttention';
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
      scoreBias: fill([1], SCORE_BIAS),
    }),
    keys(params, memory) {
      expectShape(name, 'memory', memory, { batch: undefined, length: undefined, memorySize });
      return tree.tidy(() => add(throughKernel(memory, params.memoryKernel), params.bias)) as Tensor3D;
    },
    initialWeights: ({ memory: { shape } }) =>
      tree.tidy(() => concat([ones([shape[0], 1]), zeros([shape[0], shape[1] - 1])], 1)) as Frame,
    attend(params, query: Frame, source: Source, previous: Frame) {
      expectSource(name, query, source, { query: querySize, keys: size });
      const [batch, length] = source.memory.shape;
      expectShape(name, 'previous', previous, { batch, length });
      return tree.tidy(() => {
        const hidden = tanh(add(expandDims(matMul(query, params.queryKernel), 1), source.keys));
        const raw = add(matMul(reshape(hidden, [batch * length, size]), params.scoreKernel), params.scoreBias);
        const scores: Tensor2D = reshape(raw, [batch, length]);
        const real = realFrames(source);
        const stops: Tensor2D = real === undefined ? sigmoid(scores) : mul(sigmoid(scores), real);
        const arrivals = mul(expandDims(previous, 2), passing(neg(softplus(scores))));
        const weights: Tensor2D = mul(stops, reshape(matMul(ones([batch, 1, length]), arrivals), [batch, length]));
        return { context: meanUnder(weights, source.memory), weights };
      });
    },
  };
}

/**
 * From log(1 − p) [batch, length]: the probability of moving from frame i to frame j, Π_{i ≤ k < j} (1 − pₖ), 0 for j < i, as
 * [batch, i, j].
 */
function passing(logGoes: Tensor2D): Tensor3D {
  const [, length] = logGoes.shape;
  const places = range(0, length);
  const before = lessEqual(expandDims(places, 1), sub(places, 1));
  const sums = matMul(logGoes, mul(ones([length, length]), before) as Tensor2D);
  const between: Tensor3D = sub(expandDims(sums, 1), expandDims(sums, 2));
  const ahead = mul(ones([length, length]), lessEqual(expandDims(places, 1), places));
  return mul(exp(mul(between, ahead)), ahead) as Tensor3D;
}
