import { OptionError, type TokenModel, type Tree } from '@elman/core';
import { compose, type LogitsProcessor, repetitionPenalty, temperature, topK, topP } from './processors.ts';

/** How tokens are chosen and when to stop. */
export interface DecodingOptions<S extends Tree> {
  readonly model: TokenModel<S>;
  /** No row gets more new tokens than this. */
  readonly maximumTokens: number;
  /** 0 is greedy: the most likely token, the first of equals, no chance involved. By default 1. */
  readonly temperature?: number | undefined;
  /** Draw from the k most likely tokens only. */
  readonly topK?: number | undefined;
  /** Draw from the nucleus only: the most likely tokens that hold this probability together. */
  readonly topP?: number | undefined;
  /** Above 1: tokens that have occurred, in the prompt or since, become less likely. */
  readonly repetitionPenalty?: number | undefined;
  /** Further processors, run before the others. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** The same seed gives the same tokens. Not needed where temperature is 0. */
  readonly seed?: number | string | undefined;
  /**
   * Ends a row: ids (none of which becomes part of the result), or a predicate that is asked after each token, with
   * the row's new tokens (the last of which stays in the result).
   */
  readonly stop?: readonly number[] | ((ids: readonly number[]) => boolean) | undefined;
  /** Ends decoding at the next token, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

/** Throws for options that cannot be; of the processors asked for, the composition. */
export function processorOf<S extends Tree>(options: DecodingOptions<S>): LogitsProcessor {
  const { model, maximumTokens, seed, stop } = options;
  const T = options.temperature ?? 1;
  if (!Number.isSafeInteger(maximumTokens) || maximumTokens < 0) {
    throw new OptionError(`decoding: maximumTokens: expected a whole number from 0, got ${maximumTokens}.`);
  }
  if (seed === undefined && T !== 0) {
    throw new OptionError(
      'decoding: seed: expected a whole number or a string where temperature is above 0, got none.',
    );
  }
  const unknown = Array.isArray(stop) ? stop.find((id) => !isId(id, model.vocabSize)) : undefined;
  if (unknown !== undefined) {
    throw new OptionError(`decoding: stop: expected ids from 0 to ${model.vocabSize - 1}, got ${unknown}.`);
  }
  const processors = [...(options.processors ?? [])];
  if (options.repetitionPenalty !== undefined) processors.push(repetitionPenalty(options.repetitionPenalty));
  processors.push(temperature(T));
  if (options.topK !== undefined) processors.push(topK(options.topK));
  if (options.topP !== undefined) processors.push(topP(options.topP));
  return compose(...processors);
}

/** Throws unless every prompt has tokens, all of them in the vocabulary; of prompts, copies. */
export function checkedPrompts(prompts: readonly ArrayLike<number>[], vocabSize: number): number[][] {
  return prompts.map((prompt, row) => {
    if (prompt.length === 0) {
      throw new OptionError(
        `decoding: prompt ${row}: expected one token or more, got none; start with a newline, say.`,
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
