import { expectShape, type Json, type Recipe, type Rng, ShapeError, tree, withoutGradient } from '@elman/core';
import type { StoryBatch, StoryQuestion } from '@elman/data';
import { expectMask } from '@elman/kernels';
import { accuracy, expectIds, normal, softmaxCrossEntropy } from '@elman/nn';
import {
  add,
  concat,
  matMul,
  mul,
  reshape,
  type Scalar,
  slice,
  softmax,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { NoParams } from '../language-model.ts';
import type { PredictOptions } from '../predict.ts';
import { answerAll, type StoryAnswer } from './answers.ts';
import { bagsOf, tableOf } from './bags.ts';
import { memoriesOf, withEmpty } from './empty-memories.ts';
import { checkedOptions, type MemoryNetworkOptions } from './options.ts';

/** Parameters of a memory network. Embeddings of width d are in the columns of a table. */
export type MemoryNetworkParams = {
  /** [vocabSize, (hops + 1)·d]: A¹, C¹ = A², …, Cᵏ; [vocabSize, 2·d] of layer-wise tying: A, C. */
  readonly embeddings: Tensor2D;
  /** [memorySize, the same]: temporal encoding; empty without it. */
  readonly times: Tensor2D | NoParams;
  /** Empty with adjacent tying, where B = A¹ and W = Cᵏ transposed. */
  readonly layerwise: LayerwiseParams | NoParams;
};

/** Further parameters of layer-wise tying: B [vocabSize, d], H [d, d] and W [d, vocabSize]. */
type LayerwiseParams = { readonly question: Tensor2D; readonly between: Tensor2D; readonly output: Tensor2D };

/** A memory network. */
export interface MemoryNetwork {
  readonly name: string;
  readonly recipe: Recipe;
  readonly vocabSize: number;
  /** The words by their ids, if given. */
  readonly words?: readonly string[] | undefined;
  readonly hops: number;
  readonly memorySize: number;
  init(rng: Rng): MemoryNetworkParams;
  /** No state is carried from batch to batch. */
  initialState(batchSize: number): readonly never[];
  batchSize(batch: Pick<StoryBatch, 'questions'>): number;
  /**
   * Logits [batch, vocabSize] and attention weights at each hop, [batch, hops, slots]. With `rng` there are empty
   * memories among the others, and they come last in `weights`.
   */
  read(
    params: MemoryNetworkParams,
    batch: Omit<StoryBatch, 'targets'>,
    options?: { readonly rng?: Rng | undefined },
  ): { readonly logits: Tensor2D; readonly weights: Tensor3D };
  /** Mean cross-entropy in nats, the number of answers, and with `metrics` the `accuracy`. */
  loss(
    params: MemoryNetworkParams,
    batch: StoryBatch,
    state: readonly never[],
    options?: { readonly rng?: Rng | undefined; readonly metrics?: boolean | undefined },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /**
   * Answers and attention weights. The vocabulary must be words, not only their number.
   * @throws {DataError} for an unknown word.
   */
  answer(
    params: MemoryNetworkParams,
    questions: readonly StoryQuestion[],
    options?: PredictOptions,
  ): Promise<StoryAnswer[]>;
}

/**
 * An end-to-end memory network: a question, the sentences before it, and an answer of one word.
 *
 *   u¹   = B·question
 *   mᵢ   = Aᵏ·sentenceᵢ + T_Aᵏ(i),  cᵢ = Cᵏ·sentenceᵢ + T_Cᵏ(i)      i = 0 for the latest sentence
 *   pᵏ   = softmax(uᵏ·mᵢ)                                            at hop k; without softmax in a linear start
 *   uᵏ⁺¹ = uᵏ + Σᵢ pᵏᵢ·cᵢ                                            layer-wise: H·uᵏ + Σᵢ pᵏᵢ·cᵢ
 *   p(answer) = softmax(W·u)
 *
 * A sentence is the sum of its words' embeddings, weighed by their places (`positionEncoding`: lⱼₖ = (1 − j/J) −
 * (k/d)(1 − 2j/J)). Tying `adjacent`: Aᵏ⁺¹ = Cᵏ, B = A¹, W = Cᵏ transposed; `layerwise`: one A and one C for all hops.
 *
 * Shapes: sentences int32 [batch, slots, words], the latest first, and their mask [batch, slots];
 *         questions int32 [batch, words];
 *         logits [batch, vocabSize]. Ids are from 0, the padding, to vocabSize − 1; that is checked on the backends cpu and wasm, not where it
 *         would stall a device.
 * Init:   all normal with deviation 0.1.
 *
 * A linear start trains a network with `softmax: false` until validation no longer improves, and then continues from its
 * parameters with softmax.
 *
 * @throws {OptionError} for options that cannot be used; {ShapeError} for more slots than memorySize.
 * @see Sukhbaatar, Szlam, Weston & Fergus 2015
 */
export function memoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const name = 'memoryNetwork';
  const { all, words, vocabSize } = checkedOptions(name, options);
  const { embeddingSize, hops, memorySize, tying, positionEncoding, temporalEncoding, randomNoise } = all;
  const isAdjacent = tying === 'adjacent';
  const blocks = isAdjacent ? hops + 1 : 2;
  const rows = (of: Tensor2D, from: number, size: number): Tensor2D => slice(of, [0, from], [-1, size]);

  /** The memories m and c of each hop: [batch, slots, d]. */
  const remember = (params: MemoryNetworkParams, sentences: Tensor3D, given: Tensor2D, rng: Rng | undefined) => {
    const { bags, mask } = withoutGradient(() => {
      const isNoisy = rng !== undefined && temporalEncoding && randomNoise > 0;
      const { ids, times, mask } = isNoisy
        ? withEmpty(rng, sentences, given, randomNoise, memorySize)
        : memoriesOf(sentences, given);
      const time = temporalEncoding ? { times, real: reshape(mask, [-1]), memorySize } : undefined;
      return { mask, bags: bagsOf(reshape(ids, [-1, ids.shape[2]]), vocabSize, positionEncoding, time) };
    });
    const times = temporalEncoding ? (params.times as Tensor2D) : undefined;
    const table = tableOf(params.embeddings, embeddingSize, positionEncoding, times);
    const [batch, slots] = mask.shape;
    const each = split(matMul(bags, table), blocks, 1).map((block) => reshape(block, [batch, slots, embeddingSize]));
    return { memories: each as Tensor3D[], mask };
  };

  const drawOwn = (draw: (part: string, shape: readonly [number, number]) => Tensor2D): LayerwiseParams => ({
    question: draw('question', [vocabSize, embeddingSize]),
    between: draw('between', [embeddingSize, embeddingSize]),
    output: draw('output', [embeddingSize, vocabSize]),
  });

  const model: MemoryNetwork = {
    name,
    recipe: { package: '@elman/models', factory: name, arguments: [{ ...all } as { [option: string]: Json }] },
    vocabSize,
    words,
    hops,
    memorySize,
    init(rng) {
      const draw = (part: string, shape: readonly [number, number]) => normal(rng.fork(part), shape, 0.1);
      return {
        embeddings: draw('embeddings', [vocabSize, blocks * embeddingSize]),
        times: temporalEncoding ? draw('times', [memorySize, blocks * embeddingSize]) : {},
        layerwise: isAdjacent ? {} : drawOwn(draw),
      };
    },
    initialState: () => [],
    batchSize: ({ questions }) => questions.shape[0],
    read(params, { sentences, mask: given, questions }, { rng } = {}) {
      const [batch, slots] = sentences.shape;
      expectShape(name, 'sentences', sentences, { batch, slots: undefined, words: undefined });
      expectShape(name, 'mask', given, { batch, slots });
      expectMask(name, 'mask', given);
      expectShape(name, 'questions', questions, { batch, words: undefined });
      expectIds(name, 'sentences', sentences, vocabSize);
      expectIds(name, 'questions', questions, vocabSize);
      if (slots > memorySize) {
        throw new ShapeError(
          `${name}: sentences: expected ${memorySize} slots or fewer, got ${slots}; keep the latest.`,
        );
      }
      const layerwise = isAdjacent ? undefined : (params.layerwise as LayerwiseParams);
      return tree.tidy(() => {
        const { memories, mask } = remember(params, sentences, given, rng?.fork('empty memories'));
        const hidden = withoutGradient(() => reshape(mul(sub(mask, 1), 1e9), [batch, 1, -1]));
        const question = layerwise?.question ?? rows(params.embeddings, 0, embeddingSize);
        const asked = withoutGradient(() => bagsOf(questions, vocabSize, positionEncoding));
        const table = tableOf(question, embeddingSize, positionEncoding);
        let u: Tensor3D = reshape(matMul(asked, table), [batch, 1, embeddingSize]);
        const weights: Tensor3D[] = [];
        for (let hop = 0; hop < hops; hop++) {
          const [m, c] = (isAdjacent ? memories.slice(hop, hop + 2) : memories) as [Tensor3D, Tensor3D];
          const scores: Tensor3D = matMul(u, m, false, true);
          const p = all.softmax ? softmax(add(scores, hidden) as Tensor3D) : scores;
          weights.push(p);
          const kept = layerwise === undefined ? u : next(u, layerwise.between);
          u = add(kept, matMul(p, c));
        }
        const end: Tensor2D = reshape(u, [batch, embeddingSize]);
        const last = (blocks - 1) * embeddingSize;
        const logits =
          layerwise === undefined
            ? matMul(end, rows(params.embeddings, last, embeddingSize), false, true)
            : matMul(end, layerwise.output);
        return { logits: logits as Tensor2D, weights: concat(weights, 1) };
      });
    },
    loss(params, batch, _, { rng, metrics = false } = {}) {
      return tree.tidy(() => {
        const { logits } = model.read(params, batch, { rng });
        const { loss, count } = softmaxCrossEntropy(logits, batch.targets);
        const measured: { [name: string]: Scalar } = metrics ? { accuracy: accuracy(logits, batch.targets) } : {};
        return { loss, count, state: [], metrics: measured };
      });
    },
    answer: (params, questions, given) => answerAll(model, params, questions, given),
  };
  return model;
}

/** u·H for u [batch, 1, d]. */
function next(u: Tensor3D, between: Tensor2D): Tensor3D {
  const [batch, , size] = u.shape;
  return reshape(matMul(reshape(u, [batch, size]), between), [batch, 1, size]);
}
