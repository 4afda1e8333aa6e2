import { DataError, type Tree, tree } from '@elman/core';
import { pairBatch } from '@elman/data';
import { generate } from '@elman/decoding';
import type { BoundaryTokenizer, Tokenizer } from '@elman/tokenizers';
import type { Seq2seq, Seq2seqParams } from './seq2seq.ts';

/** A model from sequences to sequences with its parameters and the tokenizers of either side. */
export interface Translator {
  readonly model: Seq2seq<Tree>;
  readonly params: Seq2seqParams;
  readonly source: Tokenizer;
  readonly target: BoundaryTokenizer;
}

/** How texts are translated. */
export interface TranslateOptions {
  /** No translation gets more tokens than this. By default 20, and four for each of the longest source. */
  readonly maximumTokens?: number | undefined;
  /** Texts that are translated together; 64 by default. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a model writes for these texts, in their order: each token the likeliest after those before it, from boundary to boundary.
 * What comes out for a text does not depend on the others.
 *
 * @throws {DataError} for a text without tokens.
 */
export async function translate(
  { model, params, source, target }: Translator,
  texts: readonly string[],
  { maximumTokens, batchSize = 64, signal }: TranslateOptions = {},
): Promise<string[]> {
  const sources = texts.map((text) => source.encode(text));
  const empty = sources.findIndex(({ length }) => length === 0);
  if (empty >= 0) throw new DataError(`translate: text ${empty}: expected one token or more, got none; leave it out.`);
  const translated: string[] = [];
  for (let start = 0; start < texts.length; start += batchSize) {
    const rows = sources.slice(start, start + batchSize);
    const longest = rows.reduce((length, row) => Math.max(length, row.length), 0);
    const batch = pairBatch(
      rows.map((row) => ({ source: row, target: [] })),
      target.boundary,
    );
    const bound = model.bind(params, batch.sources, batch.sourceMask);
    try {
      const ids = await generate({
        model: bound,
        prompts: rows.map(() => [target.boundary]),
        maximumTokens: maximumTokens ?? 20 + 4 * longest,
        temperature: 0,
        stop: [target.boundary],
        signal,
      });
      translated.push(...ids.map((row) => target.decode(row)));
    } finally {
      bound.dispose();
      tree.dispose(batch);
    }
  }
  return translated;
}
