import { expectSizes, OptionError, type Rng, shown } from '@elman/core';
import { affine } from '@elman/kernels';
import {
  add,
  concat,
  equal,
  expandDims,
  fill,
  gather,
  mul,
  notEqual,
  reshape,
  split,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from './cross-entropy.ts';
import { expectLastAxis, expectTargetsOf } from './expect.ts';
import { glorotUniform } from './initializers.ts';
import type { Loss, MaskOption } from './masked.ts';
import { expectCounts } from './word-classes.ts';

/** Sizes and noise of a sampled softmax. */
export type SampledSoftmaxOptions = {
  readonly inputSize: number;
  readonly vocabSize: number;
  /** How many ids are drawn for a batch, S: 1 to V. */
  readonly samples: number;
  /**
   * From what: `log-uniform`, p(id) = log((id + 2) / (id + 1)) / log(V + 1), of ids in decreasing order of frequency; or [V], how
   * often each id occurs, of which 0 counts as 1. Default: `log-uniform`.
   */
  readonly noise?: 'log-uniform' | readonly number[] | undefined;
};

/** Different ids, drawn from noise q. */
export type Samples = {
  readonly ids: readonly number[];
  /** Θ: an id is among those drawn with probability 1 − exp(−q·Θ); Infinity if all are. */
  readonly threshold: number;
};

/** kernel [vocabSize, inputSize], of which a row is gathered for an id; bias [vocabSize]. */
export type SampledSoftmaxParams = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/** A softmax whose loss may be estimated from samples. */
export interface SampledSoftmax {
  readonly name: string;
  readonly inputSize: number;
  readonly vocabSize: number;
  init(rng: Rng): SampledSoftmaxParams;
  /** x […, inputSize] → logits […, vocabSize]. */
  logits<T extends Tensor>(params: SampledSoftmaxParams, x: T): T;
  /** S ids, drawn from the noise without replacement. */
  draw(rng: Rng): Samples;
  /** The loss over the ids drawn and the target of each frame; without `samples` that over all ids. */
  loss(
    params: SampledSoftmaxParams,
    x: Tensor,
    ids: Tensor,
    options?: MaskOption & { readonly samples?: Samples | undefined },
  ): Loss;
}

/** The logit of a sample that is the target itself. */
const HIT = -1e30;

/**
 * Sampled softmax: in training the target's logit competes with those of S sampled ids alone, corrected by how often
 * each is drawn.
 *
 *   loss = −log softmax(z_target − log n_target, z_s − log n_s for each sample s ≠ target)[0]
 *   z    = x·kernelᵀ + bias
 *   n    = 1 − exp(−q·Θ)     how often an id is expected among the samples
 *
 * Ids are drawn by a race: each arrives after a time that is exponential with rate q, the S first are the samples, and Θ is when
 * the next arrives. With S = V all n are 1, and it is the softmax; with fewer its loss is another one, too low, with the same
 * minimum, so a model is evaluated without `samples`.
 *
 * Shapes: x […, inputSize], ids int32 […] from 0 to vocabSize − 1.
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {OptionError} if a size is not a positive whole number, or the noise is none.
 * @throws {ShapeError} if shapes do not match. {DataError} for an unmasked id that is out of range, on cpu and wasm.
 * @see Jean et al. 2015, On using very large target vocabulary for neural machine translation; `sampled_softmax_loss`
 * of TensorFlow; the race: Efraimidis & Spirakis 2006, Weighted random sampling with a reservoir
 */
export function sampledSoftmax(options: SampledSoftmaxOptions): SampledSoftmax {
  const name = 'sampledSoftmax';
  const { inputSize, vocabSize, samples: count, noise = 'log-uniform' } = options;
  expectSizes(name, { inputSize, vocabSize, samples: count });
  expectNoise(name, noise, vocabSize);
  if (count > vocabSize) {
    throw new OptionError(`${name}: samples: expected 1 to ${vocabSize}, the size of the vocabulary, got ${count}.`);
  }
  let known: Float64Array | undefined;
  /** q of each id. */
  const noises = (): Float64Array => {
    known ??= noisesOf(noise, vocabSize);
    return known;
  };
  const logits = <T extends Tensor>({ kernel, bias }: SampledSoftmaxParams, x: T): T =>
    affine({ x, kernel, bias, transposed: true });

  return {
    name,
    inputSize,
    vocabSize,
    init: (rng) => ({
      kernel: glorotUniform(rng.fork('kernel'), [vocabSize, inputSize]),
      bias: zeros([vocabSize]),
    }),
    logits<T extends Tensor>(params: SampledSoftmaxParams, x: T): T {
      expectLastAxis(name, 'x', x, 'inputSize', inputSize);
      return tidy(() => logits(params, x));
    },
    draw: (rng) => firstOf(noises(), count, rng),
    loss(params, x, ids, { mask, samples } = {}) {
      expectTargetsOf(name, x, inputSize, { ids, mask, vocabSize });
      return tidy(() => {
        if (samples === undefined) return softmaxCrossEntropy(logits(params, x), ids, { mask });
        const rows: Tensor2D = reshape(x, [-1, inputSize]);
        const real = mask && reshape(mask, [-1]);
        const given: Tensor1D = reshape(ids, [-1]);
        const targets = real === undefined ? given : where(notEqual(real, 0), given, zerosLike(given));
        const drawn = tensor1d([...samples.ids], 'int32');
        const expected = noises().map((q) => Math.log(-Math.expm1(-q * samples.threshold)));
        const places = concat([targets, drawn]);
        const sizes = [targets.size, drawn.size];
        // One gradient for the table, not one for each of the two.
        const [ofTarget, ofSamples] = split(gather(params.kernel, places) as Tensor, sizes) as [Tensor2D, Tensor2D];
        const offsets = sub(
          gather(params.bias, places),
          gather(tensor1d(Float32Array.from(expected)), places),
        ) as Tensor1D;
        const [offset, sampleOffsets] = split(offsets as Tensor, sizes) as [Tensor1D, Tensor1D];
        const own = add(sum(mul(rows, ofTarget), 1), offset);
        const others: Tensor2D = affine({ x: rows, kernel: ofSamples, bias: sampleOffsets, transposed: true });
        const isHit = equal(expandDims(targets, 1), expandDims(drawn, 0));
        const z = concat([expandDims(own, 1), where(isHit, fill(others.shape, HIT), others)] as Tensor2D[], 1);
        return softmaxCrossEntropy(z, zerosLike(targets), { mask: real });
      });
    },
  };
}

/** @throws {OptionError} unless the noise is log-uniform or a count for each id. */
function expectNoise(name: string, noise: 'log-uniform' | readonly number[], vocabSize: number): void {
  if (noise === 'log-uniform') return;
  if (Array.isArray(noise) && noise.length === vocabSize) {
    expectCounts(name, noise);
    return;
  }
  const found = Array.isArray(noise) ? `${noise.length} counts` : shown(noise);
  throw new OptionError(`${name}: noise: expected log-uniform or the counts of ${vocabSize} ids, got ${found}.`);
}

/** The probability of each id. */
function noisesOf(noise: 'log-uniform' | readonly number[], vocabSize: number): Float64Array {
  const masses =
    noise === 'log-uniform'
      ? Float64Array.from({ length: vocabSize }, (_, id) => Math.log((id + 2) / (id + 1)))
      : Float64Array.from(noise, (count) => Math.max(1, count));
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / total);
}

/** The ids that arrive first, in the order of their ids, and when the next would. */
function firstOf(noises: Float64Array, count: number, rng: Rng): Samples {
  const times = noises.map((q) => rng.exponential(1 / q));
  if (count === times.length) return { ids: Array.from(times, (_, id) => id), threshold: Number.POSITIVE_INFINITY };
  const threshold = times.toSorted()[count] as number;
  const ids: number[] = [];
  for (const [id, time] of times.entries()) if (time < threshold) ids.push(id);
  return { ids, threshold };
}
