/**
 * Bits per character: nats · tokens / (characters · ln 2).
 *
 * `nats` is the mean loss per token; give `tokens` and `characters`, their numbers in the text, where a token is not one
 * character.
 */
export function bitsPerCharacter(nats: number, tokens = 1, characters = 1): number {
  return (nats * tokens) / (characters * Math.LN2);
}

/** Perplexity per token: e^nats, the equivalent number of equally likely tokens. */
export function perplexity(nats: number): number {
  return Math.exp(nats);
}
