import { describe, expect, it } from 'vitest';
import { bitsPerToken, kneserNey } from '../src/kneser-ney.ts';

const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
};
/** A chain in which each token is likely to be followed by its double. */
const chain = (n: number, vocabSize: number, seed: number): Int32Array => {
  const next = random(seed);
  const ids = new Int32Array(n);
  for (let i = 1; i < n; i++) {
    ids[i] = next() < 0.7 ? ((ids[i - 1] as number) * 2 + 1) % vocabSize : Math.floor(next() * vocabSize);
  }
  return ids;
};

describe('kneserNey', () => {
  it.each([1, 2, 3, 4])('sums to one over the vocabulary after any context, at order %s', (order) => {
    const model = kneserNey(chain(500, 7, 1), 7, order);
    const next = random(2);
    for (let i = 0; i < 50; i++) {
      const context = Array.from({ length: i % 5 }, () => Math.floor(next() * 7));
      const sum = Array.from({ length: 7 }, (_, token) => model.probability(context, token)).reduce((a, b) => a + b);
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it('equals the formula worked by hand', () => {
    // a b a b a c has the bigrams ab ×2, ba ×2, ac ×1, so n₁ = 1, n₂ = 2, n₃ = 0: Y = ⅕, D₁ = 1 − 2·⅕·2 = ⅕; D₂ would be 2,
    // which takes all, so it is ½.
    const model = kneserNey(Int32Array.of(0, 1, 0, 1, 0, 2), 3, 2);
    // Each token has one distinct left neighbour: P₁ = ⅓. After a: b twice, c once; γ = (D₁ + D₂)/3.
    const gamma = (1 / 5 + 1 / 2) / 3;
    expect(model.probability([0], 1)).toBeCloseTo((2 - 1 / 2) / 3 + gamma / 3, 12);
    expect(model.probability([0], 2)).toBeCloseTo((1 - 1 / 5) / 3 + gamma / 3, 12);
    expect(model.probability([2], 1)).toBeCloseTo(1 / 3, 12);
  });

  it('approaches the entropy of the chain that generated the text, and improves with its order', () => {
    const held = chain(4000, 7, 9);
    const bits = [1, 2].map((order) => bitsPerToken(kneserNey(chain(30_000, 7, 1), 7, order), held));
    const likely = 0.7 + 0.3 / 7;
    const entropy = -likely * Math.log2(likely) - 6 * (0.3 / 7) * Math.log2(0.3 / 7);
    expect(bits[1]).toBeLessThan((bits[0] as number) - 1);
    expect(Math.abs((bits[1] as number) - entropy)).toBeLessThan(0.05);
  });

  it('refuses contexts that its keys cannot represent', () => {
    expect(() => kneserNey(Int32Array.of(0), 100_000, 4)).toThrow('order 4 over 100000 tokens is too much');
  });
});
