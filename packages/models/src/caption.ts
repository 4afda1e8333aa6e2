import { DataError, expectSizes, type Tree } from '@elman/core';
import { beamSearch, gnmt, type Hypothesis } from '@elman/decoding';
import type { BoundaryTokenizer } from '@elman/tokenizers';
import { tensor2d } from '@tensorflow/tfjs-core';
import type { VectorToSequence, VectorToSequenceParams } from './vector-to-sequence.ts';

/** A vector-to-sequence model with its parameters and the tokenizer of the sequences. */
export interface Captioner {
  readonly model: VectorToSequence<Tree>;
  readonly params: VectorToSequenceParams;
  readonly tokenizer: BoundaryTokenizer;
}

/** Options of captioning. */
export interface CaptionOptions {
  /** Beam width. By default 1, greedy decoding. */
  readonly beamWidth?: number | undefined;
  /** α of the length penalty `gnmt(α)`, by which hypotheses are ranked; by default 0.6, after Wu et al. 2016. */
  readonly lengthPenalty?: number | undefined;
  /** Most tokens of a caption; 50 by default. */
  readonly maximumTokens?: number | undefined;
  /** Batch size; 64 by default. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The caption of a vector. */
export interface Caption {
  readonly text: string;
  /** Log-probability of its tokens and its end, in nats. */
  readonly logProbability: number;
  /** False if the limit of tokens came before an end. */
  readonly isFinished: boolean;
}

/**
 * The captions of these vectors, in their order. Each is independent of the others.
 *
 * @throws {DataError} for a vector of another size than the model's. {OptionError} as `beamSearch` does.
 */
export async function caption(
  { model, params, tokenizer }: Captioner,
  vectors: readonly ArrayLike<number>[],
  { beamWidth = 1, lengthPenalty = 0.6, maximumTokens = 50, batchSize = 64, signal }: CaptionOptions = {},
): Promise<Caption[]> {
  const { vectorSize } = model;
  const { boundary } = tokenizer;
  expectSizes('caption', { batchSize });
  const wrong = vectors.findIndex(({ length }) => length !== vectorSize);
  if (wrong >= 0) {
    throw new DataError(`caption: vector ${wrong}: expected ${vectorSize} numbers, got ${vectors[wrong]?.length}.`);
  }
  const captions: Caption[] = [];
  for (let start = 0; start < vectors.length; start += batchSize) {
    const rows = vectors.slice(start, start + batchSize);
    const given = tensor2d(
      rows.map((row) => Array.from(row)),
      [rows.length, vectorSize],
    );
    const bound = model.bind(params, given);
    given.dispose();
    try {
      const found = await beamSearch({
        model: bound,
        prompts: rows.map(() => [boundary]),
        beamWidth,
        lengthPenalty: gnmt(lengthPenalty),
        maximumTokens,
        stop: [boundary],
        signal,
      });
      for (const [best] of found) {
        const { ids, logProbability, isFinished } = best as Hypothesis;
        captions.push({ text: tokenizer.decode(ids), logProbability, isFinished });
      }
    } finally {
      bound.dispose();
    }
  }
  return captions;
}
