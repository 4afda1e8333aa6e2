import { OptionError } from '@elman/core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/processors.json' with { type: 'json' };
import { compose, type LogitsProcessor, repetitionPenalty, temperature, topK, topP } from '../src/index.ts';

const make: { readonly [name: string]: (value: number) => LogitsProcessor } = {
  temperature,
  topK,
  topP,
  repetitionPenalty,
};
const inf = Number.POSITIVE_INFINITY;

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const weights = Array.from(logits, (z) => Math.exp(z - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

it('gives the distributions of Hugging Face', () => {
  for (const { processors, ids, logits, probabilities } of fixture.cases) {
    const chain = compose(
      ...processors.map(([name, value]) => (make[name as string] as (v: number) => LogitsProcessor)(value as number)),
    );
    const given = Float32Array.from(logits);
    const got = softmax(chain(given, ids));
    const what = JSON.stringify(processors);
    expect(got.map((p) => p > 0)).toEqual(probabilities.map((p) => p > 0));
    for (const [i, p] of probabilities.entries()) expect(Math.abs((got[i] as number) - p), what).toBeLessThan(1e-6);
    expect([...given], 'the argument is left as it is').toEqual([...Float32Array.from(logits)]);
  }
});

describe('temperature', () => {
  it('0 leaves the most likely, the first of equals', () => {
    expect([...temperature(0)(Float32Array.of(1, 3, 3, 2), [])]).toEqual([-inf, 3, -inf, -inf]);
  });

  it('is greedy in the limit, without leaving float32', () => {
    for (const T of [1e-6, 1e-30, 1e-45, Number.MIN_VALUE]) {
      const got = softmax(temperature(T)(Float32Array.of(-5, 80, 3, -1e30), []));
      expect(got, `${T}`).toEqual([0, 1, 0, 0]);
    }
  });

  it('is uniform in the other limit', () => {
    expect(softmax(temperature(1e30)(Float32Array.of(-5, 80, 3, 0), []))).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});

describe('topK and topP', () => {
  it('leave exactly as many as asked for, of equals those with lower ids', () => {
    const logits = Float32Array.of(1, 2, 1, 2, 1);
    expect([...topK(1)(logits, [])]).toEqual([-inf, 2, -inf, -inf, -inf]);
    expect([...topK(3)(logits, [])]).toEqual([1, 2, -inf, 2, -inf]);
    expect([...topK(5)(logits, [])]).toEqual([...logits]);
    expect([...topP(0.5)(Float32Array.of(0, 0, 0, 0), [])]).toEqual([0, 0, -inf, -inf]);
  });

  it('leave the most likely token, whatever p', () => {
    expect([...topP(1e-9)(Float32Array.of(1, 1.1, 1), [])]).toEqual([-inf, Math.fround(1.1), -inf]);
    expect([...topP(1)(Float32Array.of(1, -90, 0), [])]).toEqual([1, -90, 0]);
  });

  it('never bring back what is forbidden', () => {
    const logits = Float32Array.of(-inf, 1, -inf, 0);
    for (const process of [topK(3), topP(0.999), temperature(0.5), repetitionPenalty(2)]) {
      const got = process(logits, [0, 1, 2]);
      expect([got[0], got[2]]).toEqual([-inf, -inf]);
    }
  });
});

it('penalizes a token once, however often it has occurred', () => {
  expect([...repetitionPenalty(2)(Float32Array.of(4, -4, 0, 1), [0, 1, 1, 0, 0, 99])]).toEqual([2, -8, 0, 1]);
});

it('composes from left to right; of nothing, the identity', () => {
  const logits = Float32Array.of(1, 2);
  const addOne: LogitsProcessor = (z) => z.map((value) => value + 1);
  const twice: LogitsProcessor = (z) => z.map((value) => value * 2);
  expect([...compose(addOne, twice)(logits, [])]).toEqual([4, 6]);
  expect([...compose()(logits, [])]).toEqual([1, 2]);
});

it('refuses numbers that cannot be', () => {
  for (const bad of [-1, Number.NaN, inf]) expect(() => temperature(bad)).toThrow(OptionError);
  for (const bad of [0, 1.5, -1, Number.NaN]) expect(() => topK(bad)).toThrow(OptionError);
  for (const bad of [0, 1.01, -0.1, Number.NaN]) expect(() => topP(bad)).toThrow(OptionError);
  for (const bad of [0, -1, Number.NaN, inf]) expect(() => repetitionPenalty(bad)).toThrow(OptionError);
});
