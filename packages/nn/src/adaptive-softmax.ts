import { expectSizes, OptionError, shown } from '@elman/core';
import { hasValuesHere, valuesHere } from '@elman/kernels';
import {
  add,
  cast,
  div,
  equal,
  gather,
  matMul,
  maximum,
  mul,
  reshape,
  type Scalar,
  scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from './cross-entropy.ts';
import { type DenseParams, dense } from './dense.ts';
import { expectLastAxis, expectTargetsOf } from './expect.ts';
import { type HierarchicalSoftmax, joinedLogProbabilities, lookUp, placesOf } from './hierarchy.ts';
import { glorotUniform } from './initializers.ts';
import type { Loss } from './masked.ts';

/** Sizes and clusters of an adaptive softmax. */
export type AdaptiveSoftmaxOptions = {
  readonly inputSize: number;
  readonly vocabSize: number;
  /**
   * Ranks at which the words, in decreasing order of frequency, are cut, increasing, above 0 and below vocabSize: with
   * [2000, 10000] the head has 2,000 words, the first cluster 8,000, and the second the rest.
   */
  readonly cutoffs: readonly number[];
  /** How many times smaller the projection of each cluster is than that of the one before; default 4. */
  readonly factor?: number | undefined;
  /** [vocabSize]: the ids in decreasing order of frequency, `byFrequency(counts)`; default: 0, 1, 2, … */
  readonly order?: readonly number[] | undefined;
};

/**
 * head: kernel [inputSize, words + clusters], bias. Of each cluster: projection [inputSize, max(1, ⌊inputSize / factorⁱ⌋)] of the
 * cluster i from 1, and kernel [its size, words], bias [words].
 */
export type AdaptiveSoftmaxParams = {
  readonly head: DenseParams;
  readonly clusters: readonly { readonly projection: Tensor2D; readonly words: DenseParams }[];
};

/** An adaptive softmax: `sizes` are those of its clusters. */
export interface AdaptiveSoftmax extends HierarchicalSoftmax<AdaptiveSoftmaxParams> {
  /** How many words the head has. */
  readonly headSize: number;
}

/**
 * Adaptive softmax: a head of the most frequent words, and clusters of rarer ones, each with a smaller projection of the input.
 *
 *   p(word | x) = softmax(x·head.kernel + head.bias)[word]                         for a word of the head
 *               = softmax(…)[cluster i]·softmax(x·projectionᵢ·kernelᵢ + biasᵢ)[word]   for a word of cluster i
 *
 * Few frames have a rare word, so most cost the head alone. On the backends cpu and wasm a cluster is computed for the
 * frames whose target is in it; elsewhere, where reading targets would stall the device, for all frames.
 *
 * Shapes: x […, inputSize], ids int32 […] from 0 to vocabSize − 1.
 * Init:   kernels and projections Glorot uniform, biases 0.
 * @throws {OptionError} if cutoffs, factor or order are none for this vocabulary.
 * @throws {ShapeError} if shapes do not match. {DataError} for an unmasked id that is out of range, on cpu and wasm.
 * @see Grave et al. 2017, Efficient softmax approximation for GPUs (there without biases of clusters)
 */
export function adaptiveSoftmax(options: AdaptiveSoftmaxOptions): AdaptiveSoftmax {
  const name = 'adaptiveSoftmax';
  const { inputSize, vocabSize, cutoffs, factor = 4 } = options;
  expectSizes(name, { inputSize, vocabSize });
  checkClusters(name, vocabSize, cutoffs, factor);
  const { order } = options;
  const places = order && placesOf(name, order, vocabSize);
  const headSize = cutoffs[0] as number;
  const ends = [...cutoffs.slice(1), vocabSize];
  const sizes = ends.map((end, i) => end - (cutoffs[i] as number));
  /** Of an id: its rank; its cluster, or −1; its place within that; and what the head is to predict. */
  const rankOf = (id: number): number => places?.[id] ?? id;
  const clusterOf = (id: number): number => cutoffs.findLastIndex((cutoff) => rankOf(id) >= cutoff);
  const localOf = (id: number): number => rankOf(id) - (cutoffs[clusterOf(id)] ?? 0);
  const topOf = (id: number): number => (rankOf(id) < headSize ? rankOf(id) : headSize + clusterOf(id));
  const head = dense({ inputSize, outputSize: headSize + sizes.length });
  const clusters = sizes.map((words, i) => {
    const size = Math.max(1, Math.floor(inputSize / factor ** (i + 1)));
    return { size, layer: dense({ inputSize: size, outputSize: words }) };
  });
  const logitsOf = ({ clusters: all }: AdaptiveSoftmaxParams, i: number, x: Tensor2D): Tensor2D => {
    const { projection, words } = all[i] as AdaptiveSoftmaxParams['clusters'][number];
    return (clusters[i] as (typeof clusters)[number]).layer.apply(words, matMul(x, projection) as Tensor2D);
  };

  /** The mean loss within a cluster, and of how many targets. */
  const within = (
    params: AdaptiveSoftmaxParams,
    i: number,
    x: Tensor2D,
    { ids, mask }: { readonly ids: Tensor1D; readonly mask: Tensor | undefined; readonly vocabSize: number },
  ): Loss | undefined => {
    if (!hasValuesHere()) {
      const isIn = cast(equal(lookUp(clusterOf, { ids, mask, vocabSize }), i), 'float32');
      const counted = mask === undefined ? isIn : mul(isIn, mask);
      return softmaxCrossEntropy(logitsOf(params, i, x), lookUp(localOf, { ids, mask: counted, vocabSize }), {
        mask: counted,
      });
    }
    const targets = valuesHere(ids) as Float32Array | Int32Array;
    const real = mask && valuesHere(mask);
    const rows: number[] = [];
    targets.forEach((id, row) => {
      if (real?.[row] !== 0 && clusterOf(id) === i) rows.push(row);
    });
    if (rows.length === 0) return undefined;
    const local = rows.map((row) => localOf(targets[row] as number));
    const logits = logitsOf(params, i, gather(x, tensor1d(rows, 'int32')));
    return { ...softmaxCrossEntropy(logits, tensor1d(local, 'int32')), count: scalar(rows.length) };
  };

  return {
    name,
    inputSize,
    vocabSize,
    headSize,
    sizes,
    get order() {
      return order ?? Array.from({ length: vocabSize }, (_, id) => id);
    },
    init: (rng) => ({
      head: head.init(rng.fork('head')),
      clusters: clusters.map(({ size, layer }, i) => ({
        projection: glorotUniform(rng.fork(`projection${i}`), [inputSize, size]),
        words: layer.init(rng.fork(`words${i}`)),
      })),
    }),
    logProbabilities<T extends Tensor>(params: AdaptiveSoftmaxParams, x: T): T {
      expectLastAxis(name, 'x', x, 'inputSize', inputSize);
      return tidy(() => {
        const rows: Tensor2D = reshape(x, [-1, inputSize]);
        const groups = sizes.map((_, i) => ({ logits: logitsOf(params, i, rows), parent: headSize + i }));
        const joined = joinedLogProbabilities(head.apply(params.head, rows), groups, places, headSize);
        return reshape(joined, [...x.shape.slice(0, -1), vocabSize]) as T;
      });
    },
    loss(params, x, ids, { mask } = {}) {
      expectTargetsOf(name, x, inputSize, { ids, mask, vocabSize });
      return tidy(() => {
        const rows: Tensor2D = reshape(x, [-1, inputSize]);
        const targets = { ids: reshape(ids, [-1]) as Tensor1D, mask: mask && reshape(mask, [-1]), vocabSize };
        const top = softmaxCrossEntropy(head.apply(params.head, rows), lookUp(topOf, targets), { mask: targets.mask });
        let { loss } = top;
        for (let i = 0; i < sizes.length; i++) {
          const part = within(params, i, rows, targets);
          if (part !== undefined) {
            loss = add(loss, mul(part.loss, div(part.count, maximum(top.count, 1)))) as Scalar;
          }
        }
        return { loss, count: top.count };
      });
    },
  };
}

/** @throws {OptionError} unless the cutoffs increase from above 0 to below vocabSize, and the factor is 1 or more. */
function checkClusters(name: string, vocabSize: number, cutoffs: readonly number[], factor: number): void {
  const isOne = (cutoff: number, i: number): boolean =>
    Number.isSafeInteger(cutoff) && cutoff > (cutoffs[i - 1] ?? 0) && cutoff < vocabSize;
  if (!Array.isArray(cutoffs) || cutoffs.length === 0 || !cutoffs.every(isOne)) {
    throw new OptionError(
      `${name}: cutoffs: expected increasing ranks above 0 and below ${vocabSize}, got ${shown(cutoffs)}.`,
    );
  }
  if (!(factor >= 1 && Number.isFinite(factor))) {
    throw new OptionError(`${name}: factor: expected a number from 1, got ${factor}.`);
  }
}
