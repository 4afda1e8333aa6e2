import { Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { countNgrams } from '../src/index.ts';
import { chain } from './texts.ts';

/** The counts of all n-grams by their tokens, without any that a boundary is in but at an end. */
function byTokens(texts: readonly (readonly number[])[], order: number, boundary?: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (let end = 1; end <= text.length; end++) {
      // In a text with boundaries there is one before it; it begins n-grams, but is not one itself.
      const from = boundary === undefined ? 0 : -1;
      for (let start = end - 1; start >= Math.max(from, end - order); start--) {
        const ngram = text.slice(Math.max(0, start), end);
        if (start < 0) ngram.unshift(boundary as number);
        if (ngram.slice(1, -1).includes(boundary as number)) break;
        counts.set(ngram.join(), (counts.get(ngram.join()) ?? 0) + 1);
      }
    }
  }
  return counts;
}

describe('countNgrams', () => {
  const texts = [1, 2, 3].map((seed) => [...chain(400, 6, seed)]);

  it.each([undefined, 4])('counts what a map of strings counts; boundary: %s', (boundary) => {
    for (const order of [1, 2, 5]) {
      const counts = countNgrams(texts, { vocabSize: 6, order, boundary });
      const expected = byTokens(texts, order, boundary);
      for (const [key, count] of expected) expect(counts.count(key.split(',').map(Number))).toBe(count);
      const lengths = [...expected.keys()].map((key) => key.split(',').length);
      expect(counts.sizes).toEqual(
        Array.from({ length: order }, (_, n) => lengths.filter((length) => length === n + 1).length),
      );
      expect(counts.count([0, 0, 0, 0, 0, 0, 0])).toBe(0);
    }
  });

  it('counts one text like a list of one', () => {
    const [text = []] = texts;
    const [one, listed] = [
      countNgrams(text, { vocabSize: 6, order: 3 }),
      countNgrams([text], { vocabSize: 6, order: 3 }),
    ];
    expect(one.sizes).toEqual(listed.sizes);
    expect(one.count(text.slice(5, 8))).toBe(listed.count(text.slice(5, 8)));
  });

  it('tells a million tokens apart, at order 20', () => {
    const rng = Rng.seeded('rare');
    const text = Array.from({ length: 2000 }, () => rng.integer(1_000_000));
    const counts = countNgrams([...text, ...text], { vocabSize: 1_000_000, order: 20 });
    expect(counts.count(text.slice(100, 120))).toBe(2);
    expect(counts.count([...text.slice(100, 119), text[0] as number])).toBe(0);
    const distinct = new Set(text).size;
    expect(counts.sizes[0]).toBe(distinct);
    const ngrams = counts.sizes.reduce((a, b) => a + b);
    expect(counts.bytes).toBeGreaterThan(16 * ngrams + (8 * ngrams) / 0.75);
    expect(counts.bytes).toBeLessThan(16 * (ngrams + 1) + (2 * 8 * ngrams) / 0.75 + 1);
  });

  it('counts nothing in an empty text', () => {
    expect(countNgrams([], { vocabSize: 3, order: 2 }).sizes).toEqual([0, 0]);
  });

  it.each([
    [{ vocabSize: 3, order: 21 }, 'countNgrams: order: expected at most 20, got 21.'],
    [{ vocabSize: 0, order: 2 }, 'countNgrams: vocabSize: expected a positive whole number, got 0.'],
    [{ vocabSize: 3, order: 2, boundary: 3 }, 'countNgrams: boundary: expected an id from 0 to 2, got 3.'],
    [{ vocabSize: 2, order: 2 }, 'countNgrams: token 1: expected an id from 0 to 1, got 2.'],
  ])('refuses %j', (options, message) => {
    expect(() => countNgrams([0, 2], options)).toThrow(message);
  });
});
