import { DataError, OptionError } from '@elman/core';
import { describe, expect, it } from 'vitest';
import {
  addK,
  cache,
  countNgrams,
  evaluate,
  fitWeights,
  interpolate,
  kneserNey,
  type NextTokenModel,
} from '../src/index.ts';
import { expectDistributions } from './laws.ts';
import { chain, contexts } from './texts.ts';

const vocabSize = 7;
const some = contexts(40, 12, vocabSize, 1);
const ids = chain(2000, vocabSize, 2);
const counts = countNgrams(ids, { vocabSize, order: 3 });
const ngrams = kneserNey(counts);

describe('cache', () => {
  it('has the shares of the tokens that occurred lately', () => {
    const model = cache({ vocabSize, size: 4 });
    const out = new Float32Array(vocabSize);
    model.logProbabilities([6, 6, 6, 1, 2, 1, 3], out);
    expect([...out].map(Math.exp).map((p) => Number(p.toFixed(6)))).toEqual([0, 0.5, 0.25, 0.25, 0, 0, 0]);
    expect(model.logProbability([1, 2, 1], 1)).toBeCloseTo(Math.log(2 / 3), 12);
    expectDistributions(model, some);
  });

  it('weighs older tokens less with decay', () => {
    const model = cache({ vocabSize, size: 3, decay: 0.5 });
    expect(model.logProbability([5, 1, 2, 1], 1)).toBeCloseTo(Math.log(1.25 / 1.75), 12);
    expect(model.logProbability([5, 1, 2, 1], 5)).toBe(Number.NEGATIVE_INFINITY);
    expectDistributions(model, some);
  });

  it('refuses invalid options', () => {
    expect(() => cache({ vocabSize, size: 0 })).toThrow(OptionError);
    expect(() => cache({ vocabSize, size: 3, decay: 1.5 })).toThrow(
      'cache: decay: expected a number above 0 and at most 1, got 1.5.',
    );
  });
});

describe('interpolate', () => {
  const unigrams = addK(countNgrams(ids, { vocabSize, order: 1 }));

  it('is the mean of probabilities, or the normalised mean of their logarithms', () => {
    const linear = interpolate([ngrams, unigrams], { weights: [3, 1] });
    const p = (model: NextTokenModel) => Math.exp(model.logProbability([1, 3], 0));
    expect(p(linear)).toBeCloseTo(0.75 * p(ngrams) + 0.25 * p(unigrams), 9);
    expectDistributions(linear, some);
    const geometric = interpolate([ngrams, unigrams], { weights: [0.9, 0.3], mean: 'logProbabilities' });
    const ratio = (model: NextTokenModel) => model.logProbability([1, 3], 0) - model.logProbability([1, 3], 4);
    expect(ratio(geometric)).toBeCloseTo(0.9 * ratio(ngrams) + 0.3 * ratio(unigrams), 4);
    const out = new Float32Array(vocabSize);
    for (const context of some) {
      geometric.logProbabilities(context, out);
      expect(out.reduce((sum, logP) => sum + Math.exp(logP), 0)).toBeCloseTo(1, 6);
    }
  });

  it('mixes a cache, whose zeros leave the others', () => {
    const mixed = interpolate([ngrams, cache({ vocabSize, size: 5 })]);
    expectDistributions(mixed, some);
    expect(mixed.logProbability([1, 1], 6)).toBeCloseTo(Math.log(0.5) + ngrams.logProbability([1, 1], 6), 9);
  });

  it('fits weights that are the best on the text, and finds those of a mixture', () => {
    const held = chain(1500, vocabSize, 5);
    const models = [ngrams, unigrams, cache({ vocabSize, size: 20 })];
    const weights = fitWeights(models, held);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 9);
    const best = evaluate(interpolate(models, { weights }), held).nats;
    for (const [i, j] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const moved = weights.map((weight, at) =>
        at === i ? weight + 0.02 : at === j ? Math.max(0, weight - 0.02) : weight,
      );
      expect(evaluate(interpolate(models, { weights: moved }), held).nats).toBeGreaterThanOrEqual(best - 1e-7);
    }
    // Two models, each of which is sure of another token: a text with three of one and one of the other.
    const sure = (of: number): NextTokenModel => ({
      vocabSize: 2,
      contextSize: 0,
      logProbability: (_, token) => Math.log(token === of ? 0.9 : 0.1),
      logProbabilities: (_, out) => out.set([0, 1].map((token) => Math.log(token === of ? 0.9 : 0.1))),
    });
    const [first] = fitWeights([sure(0), sure(1)], [0, 0, 0, 1], { rounds: 5000 });
    // 0.9·λ + 0.1·(1 − λ) = 3/4
    expect(first).toBeCloseTo(0.65 / 0.8, 3);
  });

  it('refuses what cannot be mixed', () => {
    const other = cache({ vocabSize: 3, size: 2 });
    expect(() => interpolate([])).toThrow(OptionError);
    expect(() => interpolate([ngrams, other])).toThrow('expected all of one vocabulary, got 7 and 3 tokens');
    expect(() => interpolate([ngrams], { weights: [1, 2] })).toThrow('expected 1 numbers from 0');
    expect(() => interpolate([ngrams], { weights: [-1] })).toThrow(OptionError);
    expect(() => interpolate([ngrams], { mean: 'geometric' as never })).toThrow('mean: expected probabilities or');
    expect(() => fitWeights([ngrams], [])).toThrow(DataError);
    expect(() => fitWeights([cache({ vocabSize, size: 3 })], [1, 2])).toThrow('token 1: all of the models give it');
  });
});
