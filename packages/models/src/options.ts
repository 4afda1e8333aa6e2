import { type Cell, expectSizes, OptionError, type Tree } from '@elman/core';
import { checkOutput, type OutputOptions } from './output/options.ts';

/** Options of a language model. */
export type LanguageModelOptions = {
  /**
   * How a token becomes an input: `learned`, a row of a table [vocabSize, inputSize]; or `one-hot`, which requires a cell whose
   * inputSize is vocabSize. Default: `learned`.
   */
  readonly embedding?: 'learned' | 'one-hot' | undefined;
  /** Logits by the transposed table of the embedding (Press & Wolf 2017), not by a separate kernel. Default: false. */
  readonly tied?: boolean | undefined;
  /**
   * The fraction of the cell's outputs that is dropped in training before the logits. Default: 0. For dropout in other places wrap
   * the cell: `dropout(cell, { input, recurrent })` of @elman/rnn.
   */
  readonly dropout?: number | undefined;
  /**
   * The output layer: the softmax over the whole vocabulary, or one that trains faster on a large one. Default: `{
   * kind: 'full' }`.
   */
  readonly output?: OutputOptions | undefined;
};

/** Options with their defaults. */
export type CheckedOptions = {
  readonly embedding: 'learned' | 'one-hot';
  readonly tied: boolean;
  readonly dropout: number;
  readonly output: OutputOptions;
};

/** The size of a vocabulary, such as a tokenizer. @throws {OptionError} if it has none. */
export function vocabSizeOf(where: string, vocabulary: { readonly vocabSize: number } | undefined): number {
  const vocabSize = vocabulary?.vocabSize;
  if (typeof vocabSize === 'number') return vocabSize;
  throw new OptionError(
    `${where}: vocabulary: expected a tokenizer, such as characterTokenizer.fromText(text), or { vocabSize }, got what has no vocabSize.`,
  );
}

/** The options with their defaults. @throws {OptionError} if they, the vocabulary and the cell are incompatible. */
export function checkOptions(
  where: string,
  cell: Cell<Tree, Tree>,
  vocabSize: number,
  { embedding = 'learned', tied = false, dropout = 0, output = { kind: 'full' } }: LanguageModelOptions,
): CheckedOptions {
  const fail = (what: string): never => {
    throw new OptionError(`${where}: ${what}`);
  };
  expectSizes(where, { vocabSize });
  const { inputSize, outputSize } = cell;
  if (embedding !== 'learned' && embedding !== 'one-hot') {
    fail(`embedding: expected learned or one-hot, got ${embedding as string}.`);
  }
  if (embedding === 'one-hot' && inputSize !== vocabSize) {
    fail(`embedding: one-hot requires a cell with inputSize ${vocabSize}, the vocabulary's size; got ${inputSize}.`);
  }
  if (tied && embedding === 'one-hot') fail('tied: expected a learned embedding to tie to, got one-hot.');
  if (tied && outputSize !== inputSize) {
    fail(`tied: expected a cell with outputSize = inputSize, got ${outputSize} and ${inputSize}.`);
  }
  if (!(dropout >= 0 && dropout < 1)) fail(`dropout: expected a number from 0 to below 1, got ${dropout}.`);
  checkOutput(where, output, vocabSize, tied);
  return { embedding, tied, dropout, output };
}
