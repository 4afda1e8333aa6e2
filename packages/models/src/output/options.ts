import { OptionError } from '@elman/core';

/** The softmax over the whole vocabulary. */
export type FullOptions = { readonly kind: 'full' };

/** Class-based softmax: a token's class, and then the token among those of its class (Goodman 2001). */
export type ClassesOptions = {
  readonly kind: 'classes';
  /** [vocabSize]: the class of each token, of `wordClasses(counts)` of `@elman/nn`, say. */
  readonly classes: readonly number[];
};

/** How the outputs of a cell become the probabilities of the next token. */
export type OutputOptions = FullOptions | ClassesOptions;

/** The kinds of output layers. */
const KINDS: readonly OutputOptions['kind'][] = ['full', 'classes'];

/** @throws {OptionError} if the output layer is none, or does not go with the vocabulary or with `tied`. */
export function checkOutput(where: string, output: OutputOptions, vocabSize: number, tied: boolean): void {
  const fail = (what: string): never => {
    throw new OptionError(`${where}: output: ${what}`);
  };
  if (!KINDS.includes(output?.kind)) {
    fail(`expected { kind } of ${KINDS.join(', ')}, got ${JSON.stringify(output)}.`);
  }
  if (output.kind === 'classes') {
    if (tied) fail('classes has a kernel of its own, sorted by class; leave tied out.');
    const count = Array.isArray(output.classes) ? output.classes.length : 0;
    if (count !== vocabSize) {
      fail(
        `classes: expected the class of each of ${vocabSize} tokens, got ${count}; count them with the same tokenizer.`,
      );
    }
  }
}
