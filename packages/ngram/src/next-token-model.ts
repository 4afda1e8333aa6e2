/** A model of the next token that computes on numbers, without tensors. */
export interface NextTokenModel {
  readonly vocabSize: number;
  /** How many earlier tokens the probability depends on. */
  readonly contextSize: number;
  /**
   * log P(token | context) in nats. Of the context, the tokens from the beginning of the text on, the last
   * `contextSize` count; it may be shorter.
   */
  logProbability(context: ArrayLike<number>, token: number): number;
  /** log P of every token, as out[token]; `out` has vocabSize elements. */
  logProbabilities(context: ArrayLike<number>, out: Float32Array): void;
}
