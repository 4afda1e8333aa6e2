import { OptionError, type TokenModel, type Tree } from '@elman/core';
import { checkedPrompts, expectTokenModel } from '../options.ts';
import { checkedSequences } from './checks.ts';
import { inLockstep, type Search } from './lockstep.ts';
import { logProbability, type Reading } from './reading.ts';

/** Options of `score`. */
export interface ScoreOptions<S extends Tree> {
  readonly model: TokenModel<S>;
  /** One prompt per row, of one token or more each; lengths may differ. */
  readonly prompts: readonly ArrayLike<number>[];
  /** The continuation of each; an end token, if it is to count, is the last. */
  readonly continuations: readonly ArrayLike<number>[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The log-probability, in nats, of a continuation of each prompt.
 *
 *   log p(y) = Σ_t log p(y_t | prompt, y_<t)
 *
 * @throws {OptionError} for invalid prompts and continuations.
 * @throws {DivergenceError} if the model's logits are NaN or +∞.
 */
export async function score<S extends Tree>({
  model,
  prompts,
  continuations,
  signal,
}: ScoreOptions<S>): Promise<number[]> {
  expectTokenModel(model);
  const given = checkedPrompts(prompts, model.vocabSize);
  if (continuations.length !== given.length) {
    throw new OptionError(
      `decoding: continuations: expected one for each of the ${given.length} prompts, got ${continuations.length}.`,
    );
  }
  const wanted = checkedSequences('continuations', continuations, model.vocabSize, 0);
  const searches = given.map((prompt, row) => new Reader(prompt, wanted[row] as number[]));
  await inLockstep(model, searches, 1, { signal });
  return searches.map(({ total }) => total);
}

/** Sums the log-probabilities of a continuation. */
class Reader implements Search {
  readonly #ids: readonly number[];
  readonly #given: number;
  readonly parents: readonly number[] = [0];
  position = 0;
  tokens: readonly number[] = [];
  wanted = 0;
  total = 0;

  constructor(prompt: readonly number[], continuation: readonly number[]) {
    this.#ids = [...prompt, ...continuation];
    this.#given = prompt.length;
    if (continuation.length > 0) this.#next();
  }

  take([reading]: readonly Reading[]): void {
    if (this.wanted > 0) this.total += logProbability(reading as Reading, this.#ids[this.position] as number);
    this.#next();
  }

  #next(): void {
    const token = this.#ids[this.position++] as number;
    this.tokens = this.position === this.#ids.length ? [] : [token];
    this.wanted = this.position < this.#given ? 0 : Number.POSITIVE_INFINITY;
  }
}
