import { expectMethods, OptionError, type TokenModel, type Tree } from '@elman/core';
import { checkedSequences } from './beam/checks.ts';
import { banned, minimumTokens, noRepeatNgram } from './forbid.ts';
import { compose, type LogitsProcessor, repetitionPenalty, temperature, topK } from './processors.ts';
import { minP, topP, typical } from './truncation.ts';

/** Options of every decoder that generates token by token. */
export interface WritingOptions<S extends Tree> {
  readonly model: TokenModel<S>;
  /** Maximum number of new tokens of a row. */
  readonly maximumTokens: number;
  /** Minimum number of new tokens before one that ends a row; requires `stop` as ids. By default 0. */
  readonly minimumTokens?: number | undefined;
  /** Above 1: tokens that have occurred, in the prompt or since, become less likely. */
  readonly repetitionPenalty?: number | undefined;
  /** No n-gram of this length occurs twice, the prompt included. */
  readonly noRepeatNgram?: number | undefined;
  /** Token sequences that must not occur, including those that begin in the prompt. */
  readonly banned?: readonly (readonly number[])[] | undefined;
  /** Further processors, run before the others. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /**
   * Ends a row: ids (none of which becomes part of the result), or a predicate that is called after each token with
   * the row's new tokens (the last of which stays in the result).
   */
  readonly stop?: readonly number[] | ((ids: readonly number[]) => boolean) | undefined;
  /** Ends decoding at the next token, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

/** How tokens are drawn. */
export interface DecodingOptions<S extends Tree> extends WritingOptions<S> {
  /** 0 is greedy: the most likely token, ties: the first, without randomness. By default 1. */
  readonly temperature?: number | undefined;
  /** Draw from the k most likely tokens only. */
  readonly topK?: number | undefined;
  /** Draw from the nucleus only: the most likely tokens that hold this probability together. */
  readonly topP?: number | undefined;
  /** Draw only from tokens at least as likely as this times the most likely one. */
  readonly minP?: number | undefined;
  /** Draw from the typical tokens only: those of about average information that hold this probability together. */
  readonly typicalP?: number | undefined;
  /** The same seed gives the same tokens. Not needed where temperature is 0. */
  readonly seed?: number | string | undefined;
}

/** Throws for invalid options; returns the composition of the processors. */
export function processorOf<S extends Tree>(options: DecodingOptions<S>): LogitsProcessor {
  const T = options.temperature ?? 1;
  const processors = writingProcessors(options);
  if (options.seed === undefined && T !== 0) {
    throw new OptionError(
      'decoding: seed: expected a whole number or a string where temperature is above 0, got none.',
    );
  }
  processors.push(temperature(T));
  if (options.topK !== undefined) processors.push(topK(options.topK));
  if (options.topP !== undefined) processors.push(topP(options.topP));
  if (options.minP !== undefined) processors.push(minP(options.minP));
  if (options.typicalP !== undefined) processors.push(typical(options.typicalP));
  return compose(...processors);
}

/** @throws {OptionError} unless a model can be decoded: one that was not bound to its parameters cannot. */
export function expectTokenModel(model: unknown): void {
  const wanted = 'a model with its parameters, such as model.bind(params)';
  expectMethods('decoding: model', model, ['initialState', 'next'], wanted);
}

/** Whether a row takes the model's most likely token each time. */
export function isPlainlyGreedy<S extends Tree>(options: DecodingOptions<S>): boolean {
  return options.temperature === 0 && writingProcessors(options).length === 0;
}

/** Throws for invalid options; returns the list of processors applied before any choice. */
export function writingProcessors<S extends Tree>(options: WritingOptions<S>): LogitsProcessor[] {
  const { model, maximumTokens, stop } = options;
  if (!Number.isSafeInteger(maximumTokens) || maximumTokens < 0) {
    throw new OptionError(`decoding: maximumTokens: expected a whole number from 0, got ${maximumTokens}.`);
  }
  const unknown = Array.isArray(stop) ? stop.find((id) => !isId(id, model.vocabSize)) : undefined;
  if (unknown !== undefined) {
    throw new OptionError(`decoding: stop: expected ids from 0 to ${model.vocabSize - 1}, got ${unknown}.`);
  }
  const processors = [...(options.processors ?? [])];
  if (options.repetitionPenalty !== undefined) processors.push(repetitionPenalty(options.repetitionPenalty));
  if (options.noRepeatNgram !== undefined) processors.push(noRepeatNgram(options.noRepeatNgram));
  if (options.banned !== undefined) {
    processors.push(banned(checkedSequences('banned', options.banned, model.vocabSize)));
  }
  if (options.minimumTokens !== undefined) processors.push(expectMinimum(options.minimumTokens, options));
  return processors;
}

function expectMinimum<S extends Tree>(least: number, { maximumTokens, stop }: WritingOptions<S>): LogitsProcessor {
  if (least > maximumTokens) {
    throw new OptionError(`decoding: minimumTokens: expected at most maximumTokens=${maximumTokens}, got ${least}.`);
  }
  if (typeof stop === 'function') {
    throw new OptionError(
      'decoding: minimumTokens: expected `stop` as ids with it, got a predicate; count the tokens there instead.',
    );
  }
  return minimumTokens(least, stop ?? []);
}

/** Throws unless every prompt has tokens, all of them in the vocabulary; returns copies. */
export function checkedPrompts(prompts: readonly ArrayLike<number>[], vocabSize: number): number[][] {
  return prompts.map((prompt, row) => {
    if (prompt.length === 0) {
      throw new OptionError(
        `decoding: prompt ${row}: expected one token or more, got none; start with a newline, for example.`,
      );
    }
    return Array.from(prompt, (id, at) => {
      if (isId(id, vocabSize)) return id;
      throw new OptionError(
        `decoding: prompt ${row}: expected ids from 0 to ${vocabSize - 1}, got ${id} at ${at}; encode the prompt with ` +
          "the model's own tokenizer.",
      );
    });
  });
}

const isId = (id: number, vocabSize: number): boolean => Number.isSafeInteger(id) && id >= 0 && id < vocabSize;
