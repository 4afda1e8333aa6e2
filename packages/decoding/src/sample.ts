import type { Tree } from '@elman/core';
import { decodeRows } from './decode.ts';
import type { DecodingOptions } from './options.ts';

/** Options of `sample`. */
export interface SampleOptions<S extends Tree> extends DecodingOptions<S> {
  /** One token or more to start from. */
  readonly prompt: ArrayLike<number>;
  /** Index of the random stream: row r of `generate` with the same seed draws the same tokens. By default 0. */
  readonly row?: number | undefined;
}

/**
 * Streams the tokens of a model's continuation of a prompt, each as soon as it is drawn.
 *
 *   for await (const id of sample({ model, prompt, maximumTokens: 200, seed: 1 })) write(decoder.push(id));
 *
 *   xₜ ~ softmax(process(zₜ)), zₜ the logits after x₁ … xₜ₋₁
 *
 * `process` is, in this order: processors, repetitionPenalty, noRepeatNgram, banned, minimumTokens, temperature, topK,
 * topP, minP, typicalP.
 *
 * Leaving the loop early, an error in the model and an aborted signal all dispose its tensors. Options are checked at
 * once, the model runs as tokens are requested.
 *
 * @throws {OptionError} for invalid options, an empty prompt, ids outside the vocabulary.
 * @throws {DivergenceError} (in the loop) if the model's logits are NaN or +∞.
 */
export function sample<S extends Tree>(options: SampleOptions<S>): AsyncGenerator<number, void, undefined> {
  const rows = decodeRows([options.prompt], options, options.row ?? 0);
  return (async function* () {
    for await (const { token } of rows) yield token;
  })();
}
