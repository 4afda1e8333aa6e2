import { describe, expect, it } from 'vitest';
import cases from '../fixtures/kenlm.json' with { type: 'json' };
import { countNgrams, kneserNey } from '../src/index.ts';

describe('kneserNey and KenLM', () => {
  it.each(cases)('agree on n-grams and their probabilities: $name', (given) => {
    const { text, order, vocabSize, unknown, end, ngrams } = given;
    const counts = countNgrams(text, { vocabSize, order, boundary: end });
    // KenLM's list has <unk> too, and no n-gram of one token for the beginning.
    expect(counts.sizes.reduce((a, b) => a + b) + 1).toBe(given.count);
    const model = kneserNey(counts);
    for (const [ngram, log10] of ngrams as [number[], number][]) {
      // A token that was never seen, before those of the context, makes it start in the middle of a sentence.
      const context = [...Array<number>(order).fill(unknown), ...ngram.slice(0, -1)];
      const logP = model.logProbability(context, ngram.at(-1) as number);
      expect(Math.abs(logP / Math.LN10 - log10)).toBeLessThan(2e-6);
    }
  });
});
