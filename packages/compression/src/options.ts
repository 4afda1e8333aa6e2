import { expectMethods, OptionError, type TokenModel, type Tree } from '@elman/core';
import { LARGEST_VOCABULARY } from './frequencies.ts';

/** Options of `compress` and `decompress`. */
export interface CompressionOptions {
  /** Called now and then, and at the end. */
  readonly onProgress?: ((progress: CompressionProgress) => void) | undefined;
  /** Stops the work: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How far it is. */
export interface CompressionProgress {
  /** The tokens done. */
  readonly tokens: number;
  /** −log₂ P of these by the model; of the first token by the uniform distribution. */
  readonly bits: number;
}

/** @throws {OptionError} unless it is a token model of a vocabulary that can be coded. */
export function expectModel<S extends Tree>(where: string, model: TokenModel<S>): void {
  expectMethods(
    `${where}: model`,
    model,
    ['initialState', 'next'],
    'a token model, such as languageModel(…).bind(params)',
  );
  const { vocabSize } = model;
  if (!(Number.isInteger(vocabSize) && vocabSize >= 1 && vocabSize <= LARGEST_VOCABULARY)) {
    throw new OptionError(`${where}: model: vocabSize: expected from 1 to 2²⁴ tokens, got ${vocabSize}.`);
  }
}
