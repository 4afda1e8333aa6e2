import { OptionError, shown } from '@elman/core';

/** The softmax over the whole vocabulary. */
export type FullOptions = { readonly kind: 'full' };

/** Class-based softmax: a token's class, and then the token among those of its class (Goodman 2001). */
export type ClassesOptions = {
  readonly kind: 'classes';
  /** [vocabSize]: the class of each token, of `wordClasses(counts)` of `@elman/nn`, say. */
  readonly classes: readonly number[];
};

/** Adaptive softmax: a head of frequent tokens, and clusters of rarer ones with smaller projections (Grave et al. 2017). */
export type AdaptiveOptions = {
  readonly kind: 'adaptive';
  /** Ranks by frequency at which the tokens are cut, increasing. */
  readonly cutoffs: readonly number[];
  /** How many times smaller the projection of each cluster is than that of the one before; default 4. */
  readonly factor?: number | undefined;
  /** [vocabSize]: the tokens in decreasing order of frequency, of `byFrequency(counts)`; default: 0, 1, 2, … */
  readonly order?: readonly number[] | undefined;
};

/** The full softmax, whose training loss is estimated from samples of the vocabulary (Jean et al. 2015). */
export type SampledOptions = {
  readonly kind: 'sampled';
  /** How many tokens are drawn for each batch. */
  readonly samples: number;
  /**
   * From `log-uniform`, where tokens are in decreasing order of frequency, or in proportion to counts [vocabSize].
   * Default: `log-uniform`.
   */
  readonly noise?: 'log-uniform' | readonly number[] | undefined;
};

/** How the outputs of a cell become the probabilities of the next token. */
export type OutputOptions = FullOptions | ClassesOptions | AdaptiveOptions | SampledOptions;

/** The kinds of output layers. */
const KINDS: readonly OutputOptions['kind'][] = ['full', 'classes', 'adaptive', 'sampled'];

/** @throws {OptionError} if the output layer is none, or does not go with the vocabulary or with `tied`. */
export function checkOutput(where: string, output: OutputOptions, vocabSize: number, tied: boolean): void {
  const fail = (what: string): never => {
    throw new OptionError(`${where}: output: ${what}`);
  };
  if (!KINDS.includes(output?.kind)) {
    fail(`expected { kind } of ${KINDS.join(', ')}, got ${shown(output)}.`);
  }
  if (tied && (output.kind === 'classes' || output.kind === 'adaptive')) {
    fail(`${output.kind} has kernels of its own; leave tied out.`);
  }
  if (output.kind === 'classes') {
    const count = Array.isArray(output.classes) ? output.classes.length : 0;
    if (count !== vocabSize) {
      fail(
        `classes: expected the class of each of ${vocabSize} tokens, got ${count}; count them with the same tokenizer.`,
      );
    }
  }
}
