import type { TokenModel, Tree } from '@elman/core';
import type { LogitsProcessor } from '../processors.ts';
import type { CoveragePenalty, LengthPenalty } from './penalties.ts';

/** Options of every search. */
export interface SearchOptions<S extends Tree> {
  readonly model: TokenModel<S>;
  /** One prompt per row, of one token or more each; lengths may differ. */
  readonly prompts: readonly ArrayLike<number>[];
  /** Maximum tokens of a hypothesis, the end token included. */
  readonly maximumTokens: number;
  /** Ids that end a hypothesis. Their log-probability counts; they are not part of `ids`. */
  readonly stop?: readonly number[] | undefined;
  /** Run on the log-probabilities of each row, which need not sum to 1 afterwards; −∞ forbids a token. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** Ends the search at the next token, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `beamSearch`. */
export interface BeamSearchOptions<S extends Tree> extends SearchOptions<S> {
  /** Number of live hypotheses, from 1. It may exceed the vocabulary. */
  readonly beamWidth: number;
  /** Number of hypotheses to return per prompt, at most beamWidth. By default 1. */
  readonly count?: number | undefined;
  /** Minimum number of tokens before an end token. By default 0. */
  readonly minimumTokens?: number | undefined;
  /** `gnmt(α)`, `average(α)` or a custom one. By default 1: hypotheses are ranked by probability. */
  readonly lengthPenalty?: LengthPenalty | undefined;
  /** Requires a model with attention. Applied to finished hypotheses only. */
  readonly coveragePenalty?: CoveragePenalty | undefined;
  /** No n-gram of this length occurs twice, the prompt included. */
  readonly noRepeatNgram?: number | undefined;
  /** Token sequences that must not occur, including those that begin in the prompt. */
  readonly banned?: readonly (readonly number[])[] | undefined;
  /** Token sequences that must occur among the generated tokens, in any order; they may overlap. */
  readonly required?: readonly (readonly number[])[] | undefined;
  /** Forced first tokens, one list per prompt: part of `ids`, of the score and of maximumTokens. */
  readonly prefix?: readonly ArrayLike<number>[] | undefined;
  /** Diverse beam search: number of groups of beamWidth / groups beams, processed in order at each step. By default 1. */
  readonly groups?: number | undefined;
  /** Penalty of a token for each live hypothesis of previous groups with that token at this step. By default 0.5. */
  readonly diversity?: number | undefined;
  /**
   * A prompt is done when patience · beamWidth of its hypotheses have ended (of a group: · beamWidth / groups), or when
   * no live one can win, which changes nothing. By default Infinity, as worse hypotheses may end long before the best
   * one. For a beamWidth of 1 it is 1, which is greedy decoding.
   */
  readonly patience?: number | undefined;
  /** Whether hypotheses have attention weights. */
  readonly alignments?: boolean | undefined;
}
