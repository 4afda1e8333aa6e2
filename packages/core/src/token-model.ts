import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tree } from './types.ts';

/** Outputs of a token model after a token. */
export type TokenStep<S extends Tree> = {
  /** [batch, vocabSize] */
  readonly logits: Tensor2D;
  readonly state: S;
  /** What the logits are computed from, [batch, size]: contrastive search compares them. */
  readonly features?: Tensor2D | undefined;
  /** Attention weights, [batch, sourceLength]: alignments, and the input of coverage penalties. */
  readonly weights?: Tensor2D | undefined;
};

/** The interface of decoders: tokens in, logits for the next token out. Axis 0 of every leaf of the state is the batch. */
export interface TokenModel<S extends Tree> {
  readonly vocabSize: number;
  /**
   * What stays the same over a sequence (a source that is attended to), one row for each sequence: axis 0 of every leaf. A decoder passes
   * it to `next` with its rows repeated or dropped like those of the state.
   */
  readonly context?: Tree | undefined;
  /** The state before the first token. Where there is a context, batchSize is as many rows as that has. */
  initialState(batchSize: number): S;
  /** tokens int32 [batch]; `context` unchanged, or with the rows of the state. */
  next(state: S, tokens: Tensor1D, context?: Tree | undefined): TokenStep<S>;
  /**
   * Starts a session on typed arrays; undefined where the active backend has no faster way than `next`. It returns
   * what `next` returns, to float32 rounding. Where there is a context, or an initial state, of n rows, batchSize is a multiple m·n and
   * row i begins with row ⌊i / m⌋ of it.
   */
  open?(batchSize: number): TokenSession | undefined;
}

/** A session of a token model over a batch of rows, from the initial state on. */
export interface TokenSession {
  /** A token for every row; the logits of the next [batch·vocabSize], valid until the next call, or nothing if not `wanted`. */
  next(tokens: readonly number[], wanted: boolean): Float32Array | undefined;
  /**
   * The same step, of whose logits only the `count` highest of each row are read, from 1 to vocabSize: for greedy decoding and beam
   * search, which need only a few logits of a large vocabulary. Optional.
   */
  highest?(tokens: readonly number[], count: number): HighestLogits;
  /** Continues with these rows of the batch, in this order; rows may repeat, up to the initial batch size. */
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/**
 * Of each row of a batch the tokens with the highest logits, in decreasing order, ties: lower id first; all of it is valid
 * until the next call. The log-probability of a token is its logit less the row's normalizer.
 */
export interface HighestLogits {
  /** [batch·count], row after row. */
  readonly tokens: Int32Array;
  /** [batch·count] */
  readonly logits: Float32Array;
  /**
   * [batch]: log Σ exp of all logits of a row. NaN if one of them is NaN or +∞, or all are −∞; then the row's tokens are nothing,
   * and the first of its logits is +∞, −∞, or any other value for NaN.
   */
  readonly normalizers: Float64Array;
}
