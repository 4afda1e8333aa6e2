import { describe, expect, it } from 'vitest';
import cases from '../fixtures/smoothing.json' with { type: 'json' };
import {
  addK,
  countNgrams,
  evaluate,
  kneserNey,
  type NextTokenModel,
  stupidBackoff,
  wittenBell,
} from '../src/index.ts';
import { expectDistributions } from './laws.ts';
import { chain, contexts } from './texts.ts';

const methods = {
  wittenBell,
  addK: (counts) => addK(counts, { k: 0.25 }),
  'modified interpolated': (counts) => kneserNey(counts),
  'single interpolated': (counts) => kneserNey(counts, { discounts: 'single' }),
  'modified backoff': (counts) => kneserNey(counts, { interpolate: false }),
  'single backoff': (counts) => kneserNey(counts, { discounts: 'single', interpolate: false }),
} as const satisfies { readonly [name: string]: (counts: ReturnType<typeof countNgrams>) => NextTokenModel };
const names = Object.keys(methods) as (keyof typeof methods)[];

describe.each(cases)('on $name', ({ text, contexts: given, values, ...options }) => {
  const counts = countNgrams(text, options);

  it.each(names)('%s is what the definition gives', (name) => {
    const model = methods[name](counts);
    for (const [i, context] of given.entries()) {
      for (const [token, p] of (values[name][i] as number[]).entries()) {
        expect(Math.exp(model.logProbability(context, token))).toBeCloseTo(p, 11);
      }
    }
    expectDistributions(model, given);
  });

  it('stupidBackoff has the scores of the definition, and normalises them', () => {
    const model = stupidBackoff(counts);
    for (const [i, context] of given.entries()) {
      const scores = values.stupidBackoff[i] as number[];
      const sum = scores.reduce((a, b) => a + b);
      for (const [token, score] of scores.entries()) {
        expect(Math.exp(model.logScore(context, token))).toBeCloseTo(score, 11);
        expect(Math.exp(model.logProbability(context, token))).toBeCloseTo(score / sum, 11);
      }
    }
    expectDistributions(model, given);
  });
});

describe('every method', () => {
  const all = { ...methods, stupidBackoff: (counts: ReturnType<typeof countNgrams>) => stupidBackoff(counts) };

  it.each(Object.entries(all))('%s sums to 1 after contexts of any length, seen or not', (_, method) => {
    for (const boundary of [undefined, 2]) {
      // Token 9 does not occur.
      const counts = countNgrams([...chain(300, 9, 4)], { vocabSize: 10, order: 4, boundary });
      expectDistributions(method(counts), contexts(60, 6, 10, 3));
    }
  });

  it.each(Object.entries(all))(
    '%s sums to 1 where every token follows every other, and where the text is empty',
    (_, method) => {
      const everything = Array.from({ length: 81 }, (_, i) => [
        Math.floor(i / 27),
        Math.floor(i / 9),
        Math.floor(i / 3),
        i,
      ]);
      const counts = countNgrams(
        everything.flat().map((i) => i % 3),
        { vocabSize: 3, order: 3 },
      );
      expectDistributions(method(counts), contexts(20, 3, 3, 3));
      expectDistributions(method(countNgrams([], { vocabSize: 3, order: 3 })), contexts(8, 3, 3, 3));
      expectDistributions(method(countNgrams([], { vocabSize: 3, order: 3, boundary: 1 })), contexts(8, 3, 3, 3));
    },
  );

  it('predicts held-out text better than additive smoothing', () => {
    const counts = countNgrams(chain(5000, 40, 1), { vocabSize: 40, order: 3 });
    const held = chain(1000, 40, 2);
    const poor = evaluate(addK(counts), held).nats;
    for (const method of [wittenBell, kneserNey, stupidBackoff]) {
      expect(evaluate(method(counts), held).nats).toBeLessThan(poor - 0.1);
    }
  });
});

describe('options', () => {
  const counts = countNgrams([0, 1], { vocabSize: 2, order: 2 });

  it('are refused if they give no distribution', () => {
    expect(() => addK(counts, { k: 0 })).toThrow('addK: k: expected a finite number above 0, got 0.');
    const message = 'stupidBackoff: factor: expected a number above 0 and at most 1, got 1.5.';
    expect(() => stupidBackoff(counts, { factor: 1.5 })).toThrow(message);
  });
});
