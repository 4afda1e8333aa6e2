import { expectSizes, OptionError } from '@elman/core';

/** How embeddings are tied across hops: `adjacent`, Aᵏ⁺¹ = Cᵏ; or `layerwise`, all hops have the same A and C. */
export type Tying = 'adjacent' | 'layerwise';

/** Options of a memory network. */
export type MemoryNetworkOptions = {
  /** The words, the first of which is the padding, with all answers (`storyVocabulary` of @elman/data); or just their number. */
  readonly vocabulary: number | readonly string[];
  /** The width d of all embeddings. Default: 20. */
  readonly embeddingSize?: number | undefined;
  /** Number of hops. Default: 3. */
  readonly hops?: number | undefined;
  /** The largest number of sentences of a story. Default: 50. */
  readonly memorySize?: number | undefined;
  /** Default: `adjacent`. */
  readonly tying?: Tying | undefined;
  /** Whether to encode word positions; else a sentence is a bag of words. Default: true. */
  readonly positionEncoding?: boolean | undefined;
  /** Whether to encode the age of a sentence (temporal encoding). Default: true. */
  readonly temporalEncoding?: boolean | undefined;
  /** Random noise in training: empty memories per sentence, inserted at random, to regularise the temporal encoding. Default: 0.1. */
  readonly randomNoise?: number | undefined;
  /** Whether attention is a softmax. Without it the network is linear in its memories: as in a linear start. Default: true. */
  readonly softmax?: boolean | undefined;
};

/** The options with their defaults. */
export type CheckedOptions = {
  readonly [K in keyof MemoryNetworkOptions]-?: Exclude<MemoryNetworkOptions[K], undefined>;
};

/** The options with their defaults. @throws {OptionError} for one that cannot be used. */
export function checkedOptions(
  name: string,
  options: MemoryNetworkOptions,
): {
  readonly all: CheckedOptions;
  readonly words: readonly string[] | undefined;
  readonly vocabSize: number;
} {
  const { vocabulary, embeddingSize = 20, hops = 3, memorySize = 50, tying = 'adjacent' } = options;
  const { positionEncoding = true, temporalEncoding = true, randomNoise = 0.1, softmax = true } = options;
  const words = typeof vocabulary === 'number' ? undefined : vocabulary;
  const vocabSize = typeof vocabulary === 'number' ? vocabulary : vocabulary.length;
  expectSizes(name, { vocabulary: vocabSize, embeddingSize, hops, memorySize });
  if (words !== undefined && (words[0] !== '' || new Set(words).size < words.length)) {
    throw new OptionError(`${name}: vocabulary: expected '' first and distinct words; use storyVocabulary.`);
  }
  if (tying !== 'adjacent' && tying !== 'layerwise') {
    throw new OptionError(`${name}: tying: expected adjacent or layerwise, got ${tying as string}.`);
  }
  if (!(randomNoise >= 0 && randomNoise <= 1)) {
    throw new OptionError(`${name}: randomNoise: expected a number from 0 to 1, got ${randomNoise}.`);
  }
  const sizes = { vocabulary, embeddingSize, hops, memorySize };
  const all = { ...sizes, tying, positionEncoding, temporalEncoding, randomNoise, softmax };
  return { all, words, vocabSize };
}
