import { expectSizes, OptionError } from '@elman/core';

/** How embeddings of hops go together: `adjacent`, Aᵏ⁺¹ = Cᵏ; or `layerwise`, all hops have the same A and C. */
export type Tying = 'adjacent' | 'layerwise';

/** What a memory network is made of. */
export type MemoryNetworkOptions = {
  /** The words, of which the first stands for nothing and answers are some (`storyVocabulary` of @elman/data); or just how many there are. */
  readonly vocabulary: number | readonly string[];
  /** The width d of all embeddings. Default: 20. */
  readonly embeddingSize?: number | undefined;
  /** How many times the memory is read. Default: 3. */
  readonly hops?: number | undefined;
  /** The most sentences that a story may have. Default: 50. */
  readonly memorySize?: number | undefined;
  /** Default: `adjacent`. */
  readonly tying?: Tying | undefined;
  /** Whether the order of words in a sentence counts; else a sentence is a bag of words. Default: true. */
  readonly positionEncoding?: boolean | undefined;
  /** Whether it counts how long ago a sentence was told. Default: true. */
  readonly temporalEncoding?: boolean | undefined;
  /** In training, so many empty memories for each sentence, between them at random, so that times are not learned by heart. Default: 0.1. */
  readonly randomNoise?: number | undefined;
  /** Whether attention is a softmax. Without it the network is linear in its memories: what a linear start trains first. Default: true. */
  readonly softmax?: boolean | undefined;
};

/** The options, none left out. */
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
    throw new OptionError(
      `${name}: vocabulary: expected '' first and words that differ; take that of storyVocabulary.`,
    );
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
