import { OptionError, Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/processors.json' with { type: 'json' };
import {
  banned,
  biased,
  compose,
  type LogitsProcessor,
  minimumTokens,
  minP,
  noRepeatNgram,
  repetitionPenalty,
  temperature,
  topK,
  topP,
  typical,
} from '../src/index.ts';

const make = {
  temperature,
  topK,
  topP,
  minP,
  typical,
  repetitionPenalty,
  noRepeatNgram,
  banned,
  minimumTokens: ([n, stop]: [number, number[]]) => minimumTokens(n, stop),
} as unknown as { readonly [name: string]: (value: unknown) => LogitsProcessor };
const inf = Number.POSITIVE_INFINITY;

function softmax(logits: Float32Array): number[] {
  const highest = Math.max(...logits);
  const weights = Array.from(logits, (z) => Math.exp(z - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

it('equals the distributions of Hugging Face', () => {
  for (const { processors, ids, logits, probabilities } of fixture.cases) {
    const chain = compose(
      ...processors.map(([name, value]) => (make[name as string] as (v: unknown) => LogitsProcessor)(value)),
    );
    const given = Float32Array.from(logits);
    const got = softmax(chain(given, ids, ids.length - 2));
    const what = JSON.stringify(processors);
    expect(
      got.map((p) => p > 0),
      what,
    ).toEqual(probabilities.map((p) => p > 0));
    for (const [i, p] of probabilities.entries()) expect(Math.abs((got[i] as number) - p), what).toBeLessThan(1e-6);
    expect([...given], 'the argument is left as it is').toEqual([...Float32Array.from(logits)]);
  }
});

describe('temperature', () => {
  it('0 keeps the most likely, ties: the first', () => {
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
  it('keep exactly k tokens, ties: lower ids', () => {
    const logits = Float32Array.of(1, 2, 1, 2, 1);
    expect([...topK(1)(logits, [])]).toEqual([-inf, 2, -inf, -inf, -inf]);
    expect([...topK(3)(logits, [])]).toEqual([1, 2, -inf, 2, -inf]);
    expect([...topK(5)(logits, [])]).toEqual([...logits]);
    expect([...topP(0.5)(Float32Array.of(0, 0, 0, 0), [])]).toEqual([0, 0, -inf, -inf]);
  });

  it('keep the most likely token for any p', () => {
    expect([...topP(1e-9)(Float32Array.of(1, 1.1, 1), [])]).toEqual([-inf, Math.fround(1.1), -inf]);
    expect([...topP(1)(Float32Array.of(1, -90, 0), [])]).toEqual([1, -90, 0]);
  });

  it('never restore forbidden tokens', () => {
    const logits = Float32Array.of(-inf, 1, -inf, 0);
    for (const process of [
      topK(3),
      topP(0.999),
      minP(0),
      typical(0.999),
      temperature(0.5),
      repetitionPenalty(2),
      biased({ 0: 5 }),
      noRepeatNgram(9),
    ]) {
      const got = process(logits, [0, 1, 2]);
      expect([got[0], got[2]]).toEqual([-inf, -inf]);
    }
  });
});

describe('typical and minP', () => {
  it('typical keeps tokens with information close to the entropy, not the most likely', () => {
    // −log p: 0.51, 2.30, 2.30, 2.53, 2.81; H = 1.31: the third is nearer than the first, of which it is an equal of the second.
    const logits = Float32Array.from([0.6, 0.1, 0.1, 0.08, 0.06, 0.06], Math.log);
    expect([...typical(0.5)(logits, [])].map(Number.isFinite)).toEqual([true, false, false, false, false, false]);
    const flat = Float32Array.from([0.5, ...Array<number>(10).fill(0.05)], Math.log);
    // H = 1.84: 0.69 is 1.15 away, 3.00 is 1.15 away too, a little more.
    expect(Number.isFinite(typical(0.6)(flat, [])[0])).toBe(true);
    const peaked = Float32Array.from([0.3, 0.3, 0.3, ...Array<number>(10).fill(0.01)], Math.log);
    const kept = [...typical(0.4)(peaked, [])].map(Number.isFinite);
    expect(kept.slice(0, 4)).toEqual([true, true, false, false]);
  });

  it('typical is the same by sorting as by selection', () => {
    const rng = Rng.seeded('typical');
    for (let round = 0; round < 60; round++) {
      const logits = Float32Array.from({ length: 1 + (round % 40) * 7 }, () => Math.round(rng.normal(0, 3) * 4) / 4);
      const p = softmax(logits);
      const entropy = p.reduce((sum, x) => (x > 0 ? sum - x * Math.log(x) : sum), 0);
      for (const mass of [0.01, 0.2, 0.5, 0.9, 0.999]) {
        for (const [process, key] of [
          [typical(mass), (i: number) => Math.fround(Math.abs(-Math.log(p[i] as number) - entropy))],
          [topP(mass), (i: number) => -(logits[i] as number)],
        ] as const) {
          const order = [...p.keys()].sort((a, b) => key(a) - key(b) || a - b);
          let sum = 0;
          const wanted = new Set<number>();
          for (const i of order) {
            if (sum >= mass - 1e-12) break;
            wanted.add(i);
            sum += p[i] as number;
          }
          const kept = [...process(logits, []).entries()].flatMap(([i, z]) => (Number.isFinite(z) ? [i] : []));
          expect(kept, `${round} ${mass}`).toEqual([...wanted].sort((a, b) => a - b));
        }
      }
    }
  });

  it('minP keeps ties of the most likely for any p', () => {
    expect([...minP(1)(Float32Array.of(1, 3, 3, 2), [])]).toEqual([-inf, 3, 3, -inf]);
    expect([...minP(0)(Float32Array.of(1, -90, 3), [])]).toEqual([1, -90, 3]);
  });
});

describe('forbidden', () => {
  const zeros = Float32Array.of(0, 0, 0, 0, 0);
  const left = (process: LogitsProcessor, ids: number[], generated?: number) =>
    [...process(zeros, ids, generated).entries()].flatMap(([i, z]) => (z === 0 ? [i] : []));

  it('a repeated n-gram, from the prompt or new tokens', () => {
    expect(left(noRepeatNgram(2), [1, 2, 3, 1])).toEqual([0, 1, 3, 4]);
    expect(left(noRepeatNgram(2), [1, 2, 1, 3, 1], 1)).toEqual([0, 1, 4]);
    expect(left(noRepeatNgram(3), [1, 2, 3])).toEqual([0, 1, 2, 3, 4]);
    expect(left(noRepeatNgram(1), [4, 4, 0])).toEqual([1, 2, 3]);
    expect(left(noRepeatNgram(3), [])).toEqual([0, 1, 2, 3, 4]);
  });

  it('the last token of a banned sequence', () => {
    const process = banned([[0], [1, 2], [1, 1, 3]]);
    expect(left(process, [])).toEqual([1, 2, 3, 4]);
    expect(left(process, [1])).toEqual([1, 3, 4]);
    expect(left(process, [1, 1])).toEqual([1, 4]);
    expect(left(banned([]), [1])).toEqual([0, 1, 2, 3, 4]);
  });

  it('an end before the minimum of new tokens', () => {
    const process = minimumTokens(2, [0, 4]);
    expect(left(process, [1, 1, 1], 0)).toEqual([1, 2, 3]);
    expect(left(process, [1, 1, 1], 1)).toEqual([1, 2, 3]);
    expect(left(process, [1, 1, 1], 2)).toEqual([0, 1, 2, 3, 4]);
    expect(left(process, [1, 1])).toEqual([0, 1, 2, 3, 4]);
    expect(left(compose(process, process), [1, 1], 1)).toEqual([1, 2, 3]);
  });

  it('a token with bias −∞; other biases add', () => {
    expect([...biased({ 1: 2, 3: -0.5, 4: -inf, 99: 1 })(zeros, [])]).toEqual([0, 2, 0, -0.5, -inf]);
  });
});

it('penalizes a token once, however often it has occurred', () => {
  expect([...repetitionPenalty(2)(Float32Array.of(4, -4, 0, 1), [0, 1, 1, 0, 0, 99])]).toEqual([2, -8, 0, 1]);
});

it('composes from left to right; without processors, the identity', () => {
  const logits = Float32Array.of(1, 2);
  const addOne: LogitsProcessor = (z) => z.map((value) => value + 1);
  const twice: LogitsProcessor = (z) => z.map((value) => value * 2);
  expect([...compose(addOne, twice)(logits, [])]).toEqual([4, 6]);
  expect([...compose()(logits, [])]).toEqual([1, 2]);
});

it('refuses invalid numbers', () => {
  for (const bad of [-1, Number.NaN, inf]) expect(() => temperature(bad)).toThrow(OptionError);
  for (const bad of [0, 1.5, -1, Number.NaN]) expect(() => topK(bad)).toThrow(OptionError);
  for (const bad of [0, 1.01, -0.1, Number.NaN]) expect(() => topP(bad)).toThrow(OptionError);
  for (const bad of [0, -1, Number.NaN, inf]) expect(() => repetitionPenalty(bad)).toThrow(OptionError);
  for (const bad of [0, 1.01, -0.1, Number.NaN]) expect(() => typical(bad)).toThrow('decoding: typicalP: expected');
  for (const bad of [1.01, -0.1, Number.NaN]) expect(() => minP(bad)).toThrow(OptionError);
  for (const bad of [0, 1.5, Number.NaN]) expect(() => noRepeatNgram(bad)).toThrow(OptionError);
  for (const bad of [-1, 1.5, Number.NaN]) expect(() => minimumTokens(bad, [])).toThrow(OptionError);
  expect(() => banned([[1], []])).toThrow('decoding: banned 1: expected one token or more, got none.');
  for (const bad of [{ 1: inf }, { 1: Number.NaN }, { [-1]: 2 }] as Record<number, number>[])
    expect(() => biased(bad)).toThrow(OptionError);
});
