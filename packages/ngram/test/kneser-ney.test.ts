import { describe, expect, it } from 'vitest';
import { countNgrams, evaluate, kneserNey } from '../src/index.ts';
import { expectDistributions } from './laws.ts';
import { chain, contexts, entropyOfChain } from './texts.ts';

const kinds = ['modified', 'single'] as const;

describe('kneserNey', () => {
  it.each([1, 2, 3, 4])('sums to one over the vocabulary after any context, at order %s', (order) => {
    for (const boundary of [undefined, 3]) {
      const counts = countNgrams(chain(500, 7, 1), { vocabSize: 8, order, boundary });
      for (const discounts of kinds) expectDistributions(kneserNey(counts, { discounts }), contexts(50, 5, 8, 2));
    }
  });

  it('equals the formula worked by hand', () => {
    // a b a b a c has the bigrams ab ×2, ba ×2, ac ×1: n₁ = 1, n₂ = 2, so D = 1/(1 + 4).
    const text = Int32Array.of(0, 1, 0, 1, 0, 2);
    const model = kneserNey(countNgrams(text, { vocabSize: 3, order: 2 }), { discounts: 'single' });
    // Each token has one different left neighbour, so P₁ = ⅓. After a: b twice, c once; γ = 2D/3.
    const gamma = (2 * (1 / 5)) / 3;
    const p = (context: number[], token: number): number => Math.exp(model.logProbability(context, token));
    expect(p([0], 1)).toBeCloseTo((2 - 1 / 5) / 3 + gamma / 3, 12);
    expect(p([0], 2)).toBeCloseTo((1 - 1 / 5) / 3 + gamma / 3, 12);
    expect(p([0], 0)).toBeCloseTo(gamma / 3, 12);
    expect(p([2], 1)).toBeCloseTo(1 / 3, 12);
  });

  it('gives the fallback discounts to a text without counts of three', () => {
    // The same text has no bigram that occurs three times: its discounts are ½, 1, 1½.
    const model = kneserNey(countNgrams([0, 1, 0, 1, 0, 2], { vocabSize: 3, order: 2 }));
    expect(Math.exp(model.logProbability([0], 1))).toBeCloseTo((2 - 1) / 3 + (0.5 + 1) / 3 / 3, 12);
  });

  it('is uniform without a text, and finite after one of a single token', () => {
    expect(Math.exp(kneserNey(countNgrams([], { vocabSize: 4, order: 3 })).logProbability([1, 2], 3))).toBeCloseTo(
      0.25,
      12,
    );
    for (const discounts of kinds) {
      const model = kneserNey(countNgrams([2], { vocabSize: 4, order: 3 }), { discounts });
      expectDistributions(model, contexts(10, 3, 4, 1));
      expect(model.logProbability([], 2)).toBeLessThan(0);
    }
  });

  it('approaches the entropy of the chain that generated the text, and improves with its order', () => {
    const [text, held] = [chain(30_000, 7, 1), chain(4000, 7, 9)];
    const [unigram = 0, bigram = 0] = [1, 2].map(
      (order) => evaluate(kneserNey(countNgrams(text, { vocabSize: 7, order })), held).bits,
    );
    expect(bigram).toBeLessThan(unigram - 1);
    expect(Math.abs(bigram - entropyOfChain(7))).toBeLessThan(0.05);
  });

  it('has the beginning of a sentence as its context where there is none yet', () => {
    // Sentences begin with 0, which occurs nowhere else.
    const text = [0, 1, 1, 3, 0, 2, 3, 0, 1, 2, 3];
    const model = kneserNey(countNgrams(text, { vocabSize: 4, order: 3, boundary: 3 }));
    expect(model.logProbability([], 0)).toBe(model.logProbability([1, 3], 0));
    expect(model.logProbability([0], 1)).toBe(model.logProbability([3, 0], 1));
    expect(model.logProbability([], 0)).toBeGreaterThan(model.logProbability([2, 2], 0));
  });
});
