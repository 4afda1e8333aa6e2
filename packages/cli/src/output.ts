import { type Factory, OptionError } from '@elman/core';
import type { OutputOptions } from '@elman/models';
import { byFrequency, wordClasses } from '@elman/nn';
import { expectOptions } from './find/expect-options.ts';
import { readTyped } from './find/typed.ts';
import { expectedOneOf } from './near.ts';

/** The output layers by the names that are typed, with their options. */
const OUTPUTS: { readonly [kind in OutputOptions['kind']]: NonNullable<Factory['options']> } = {
  full: {},
  classes: { count: 'number', by: ['frequency', 'sqrt-frequency'] },
  adaptive: { cutoffs: 'numbers', factor: 'number' },
  sampled: { samples: 'number', noise: ['unigram', 'log-uniform'] },
};

/** Shares of the vocabulary: the head and the first cluster of an adaptive softmax, and the samples of a sampled one. */
const [HEAD, FIRST, SAMPLES] = [0.1, 0.4, 0.05];

/**
 * The output layer that is typed, `classes:count=100`, for tokens that occur so often in the training text.
 * @throws {OptionError} for one that there is not, or an option that it does not have.
 */
export function makeOutput(text: string, counts: readonly number[]): OutputOptions {
  const { name, wanted, options: typed } = readTyped('output', text);
  if (!Object.hasOwn(OUTPUTS, name)) throw new OptionError(`output: ${expectedOneOf(Object.keys(OUTPUTS), name)}`);
  if (wanted !== undefined) throw new OptionError(`output: ${name}: expected option=value, got "${wanted}".`);
  const kind = name as OutputOptions['kind'];
  const options = expectOptions(`output: ${name}`, OUTPUTS[kind], typed) as { readonly [option: string]: never };
  const share = (of: number): number => Math.max(1, Math.round(of * counts.length));
  if (kind === 'classes') return { kind, classes: wordClasses(counts, options) };
  if (kind === 'adaptive') {
    const head = share(HEAD);
    const cutoffs = [head, Math.max(head + 1, share(FIRST))];
    return { kind, cutoffs, ...options, order: byFrequency(counts) };
  }
  if (kind === 'sampled') {
    const noise = options.noise === 'log-uniform' ? 'log-uniform' : counts;
    return { kind, samples: share(SAMPLES), ...options, noise };
  }
  return { kind };
}

/** How often each token occurs. */
export function countsOf(ids: Int32Array, vocabSize: number): number[] {
  const counts = Array<number>(vocabSize).fill(0);
  for (const id of ids) counts[id] = (counts[id] as number) + 1;
  return counts;
}
