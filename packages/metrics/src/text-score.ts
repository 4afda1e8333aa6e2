import { bitsPerCharacter, perplexity } from './perplexity.ts';

/** A text as a model is scored on it. */
export interface ScoredText {
  readonly tokens: number;
  /** Unicode code points. */
  readonly characters: number;
  /** The share of the text's pieces that the model's vocabulary lacks, 0 to 1. */
  readonly unknownShare: number;
}

/** How well a model predicts a text. */
export type TextScore = {
  /** Mean nats per token. */
  readonly loss: number;
  readonly perplexity: number;
  readonly unknownShare: number;
  /** null where a part of the text is unknown. */
  readonly bitsPerCharacter: number | null;
};

/**
 * The score of a text from the mean loss per token.
 *
 *   perplexity         e^loss
 *   bitsPerCharacter   loss · tokens / (characters · ln 2)     where unknownShare = 0
 *
 * Bits per character compare models of any vocabularies, if all of them predict every character. One token `<unk>` for all words that a
 * vocabulary lacks predicts none of their characters and costs little: the fewer words a model knows, the better it would look. So where
 * anything is unknown there are no bits per character. Perplexity is per token, `<unk>` among them: compare it under one vocabulary alone.
 */
export function textScore(loss: number, { tokens, characters, unknownShare }: ScoredText): TextScore {
  return {
    loss,
    perplexity: perplexity(loss),
    unknownShare,
    bitsPerCharacter: unknownShare > 0 ? null : bitsPerCharacter(loss, tokens, characters),
  };
}
