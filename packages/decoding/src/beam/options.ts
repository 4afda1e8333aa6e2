import type { TokenModel, Tree } from '@elman/core';
import type { LogitsProcessor } from '../processors.ts';
import type { CoveragePenalty, LengthPenalty } from './penalties.ts';

/** What every search is told. */
export interface SearchOptions<S extends Tree> {
  readonly model: TokenModel<S>;
  /** One prompt a row, of one token or more each; lengths may differ. */
  readonly prompts: readonly ArrayLike<number>[];
  /** No hypothesis gets more tokens than this, the end token included. */
  readonly maximumTokens: number;
  /** Ids that end a hypothesis. Their log-probability counts; they are no part of `ids`. */
  readonly stop?: readonly number[] | undefined;
  /** Run on the log-probabilities of each row, which need not sum to 1 afterwards; −∞ forbids a token. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** Ends the search at the next token, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
}

/** What `beamSearch` is told. */
export interface BeamSearchOptions<S extends Tree> extends SearchOptions<S> {
  /** Hypotheses that live at a time, from 1. It may be more than the vocabulary has tokens. */
  readonly beamWidth: number;
  /** How many hypotheses are wanted of each prompt, at most beamWidth. By default 1. */
  readonly count?: number | undefined;
  /** As many tokens come before an end token. By default 0. */
  readonly minimumTokens?: number | undefined;
  /** `gnmt(α)`, `average(α)` or your own. By default 1: hypotheses are ranked by probability. */
  readonly lengthPenalty?: LengthPenalty | undefined;
  /** Wants a model with attention. It counts once a hypothesis has ended, not while it lives. */
  readonly coveragePenalty?: CoveragePenalty | undefined;
  /** No sequence of as many tokens occurs twice, the prompt included. */
  readonly noRepeatNgram?: number | undefined;
  /** Token sequences that must not occur. What has begun in the prompt must not go on. */
  readonly banned?: readonly (readonly number[])[] | undefined;
  /** Token sequences that must occur among the generated tokens, in any order; they may overlap. */
  readonly required?: readonly (readonly number[])[] | undefined;
  /** Tokens that each row begins with, one list a prompt: part of `ids`, of the score and of maximumTokens. */
  readonly prefix?: readonly ArrayLike<number>[] | undefined;
  /** Diverse beams: as many groups of beamWidth / groups, one after the other at each step. By default 1. */
  readonly groups?: number | undefined;
  /** What a group's token loses for each live hypothesis of the groups before it that took the token at this step. By default 0.5. */
  readonly diversity?: number | undefined;
  /**
   * A prompt is done when patience · beamWidth of its hypotheses have ended (of a group: · beamWidth / groups), or when no live one can win,
   * which changes nothing. By default Infinity: a sure model's second thoughts may end long before its first. For a beamWidth of 1 it is 1,
   * which is greedy decoding.
   */
  readonly patience?: number | undefined;
  /** Whether hypotheses say where the model looked. */
  readonly alignments?: boolean | undefined;
}
