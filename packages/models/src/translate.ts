import { DataError, type Tree, tree } from '@elman/core';
import { pairBatch } from '@elman/data';
import { beamSearch, gnmt, type Hypothesis } from '@elman/decoding';
import type { BoundaryTokenizer, Tokenizer } from '@elman/tokenizers';
import type { Seq2seq, Seq2seqParams } from './seq2seq.ts';

/** A sequence-to-sequence model with its parameters and the tokenizers of both sides. */
export interface Translator {
  readonly model: Seq2seq<Tree>;
  readonly params: Seq2seqParams;
  readonly source: Tokenizer;
  readonly target: BoundaryTokenizer;
}

/** Options of translation. */
export interface TranslateOptions {
  /** Beam width. By default 1, greedy decoding. */
  readonly beamWidth?: number | undefined;
  /** α of the length penalty `gnmt(α)`, by which hypotheses are ranked; by default 0.6, after Wu et al. 2016. */
  readonly lengthPenalty?: number | undefined;
  /** Most tokens of a translation. By default 100, and four for each of the longest source. */
  readonly maximumTokens?: number | undefined;
  /** Token sequences of the target that must not occur, for example `[[target.unknownId]]`. */
  readonly banned?: readonly (readonly number[])[] | undefined;
  /** Whether to return the attention weights; the model must have attention. */
  readonly alignments?: boolean | undefined;
  /** Batch size; 64 by default. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The translation of a text. */
export interface Translation {
  readonly text: string;
  /** Log-probability of its tokens and its end, in nats. */
  readonly logProbability: number;
  /** False if the limit of tokens came before an end. */
  readonly isFinished: boolean;
  /** If requested. */
  readonly alignment?: Alignment | undefined;
}

/** Attention weights over a source for each target token. */
export interface Alignment {
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** [target token][source token], each row of sum 1 or less. */
  readonly weights: readonly (readonly number[])[];
}

/**
 * The translations of these texts, in their order. Each is independent of the others.
 *
 * @throws {DataError} for a text without tokens. {OptionError} as `beamSearch` does.
 */
export async function translate(
  translator: Translator,
  texts: readonly string[],
  options: TranslateOptions = {},
): Promise<Translation[]> {
  const sources = texts.map((text) => translator.source.encode(text));
  const empty = sources.findIndex(({ length }) => length === 0);
  if (empty >= 0) throw new DataError(`translate: text ${empty}: expected one token or more, got none; leave it out.`);
  const { batchSize = 64 } = options;
  const translated: Translation[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    translated.push(...(await translateBatch(translator, sources.slice(start, start + batchSize), options)));
  }
  return translated;
}

async function translateBatch(
  { model, params, source, target }: Translator,
  sources: readonly Int32Array[],
  { beamWidth = 1, lengthPenalty = 0.6, maximumTokens, banned, alignments = false, signal }: TranslateOptions,
): Promise<Translation[]> {
  const { boundary } = target;
  const longest = sources.reduce((length, row) => Math.max(length, row.length), 0);
  const batch = pairBatch(
    sources.map((row) => ({ source: row, target: [] })),
    boundary,
  );
  const bound = model.bind(params, batch.sources, batch.sourceMask);
  try {
    const found = await beamSearch({
      model: bound,
      prompts: sources.map(() => [boundary]),
      beamWidth,
      lengthPenalty: gnmt(lengthPenalty),
      maximumTokens: maximumTokens ?? 100 + 4 * longest,
      stop: [boundary],
      banned,
      alignments,
      signal,
    });
    return found.map(([best], row) => {
      const { ids, logProbability, isFinished, alignments: weights } = best as Hypothesis;
      const from = sources[row] as Int32Array;
      const alignment = weights && {
        source: Array.from(from, (id) => source.token(id)),
        target: ids.map((id) => target.token(id)),
        weights: weights.map((looked) => Array.from(looked.subarray(0, from.length))),
      };
      return { text: target.decode(ids), logProbability, isFinished, alignment };
    });
  } finally {
    bound.dispose();
    tree.dispose(batch);
  }
}
