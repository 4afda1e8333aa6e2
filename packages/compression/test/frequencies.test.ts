import { Rng } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { frequenciesOf } from '../src/frequencies.ts';

describe('frequenciesOf', () => {
  it('gives every token some of the total, and each its part of it', () => {
    const rng = Rng.seeded(1);
    for (const size of [1, 2, 300, 50_000]) {
      const logits = Float32Array.from({ length: size }, () => rng.uniform(-60, 5));
      const out = new Float64Array(size);
      const { total, normalizer } = frequenciesOf(logits, out);
      expect(Math.min(...out)).toBeGreaterThanOrEqual(1);
      expect(out.every(Number.isInteger)).toBe(true);
      expect(out.reduce((a, b) => a + b)).toBe(total);
      expect(total).toBeLessThanOrEqual(2 ** 28 + 1);
      for (const [i, logit] of logits.entries()) {
        const p = Math.exp(logit - normalizer);
        expect(Math.abs((out[i] as number) / total - p)).toBeLessThan(p * size * 2 ** -27 + 2 ** -27);
      }
    }
  });

  it('gives a token without a chance the least there is', () => {
    const out = new Float64Array(3);
    frequenciesOf(Float32Array.of(Number.NEGATIVE_INFINITY, 0, -1000), out);
    expect([...out]).toEqual([1, 2 ** 28 - 2, 1]);
  });

  it.each([
    [[0, Number.NaN, 1], 'NaN'],
    [[Number.NaN], 'NaN'],
    [[0, Number.POSITIVE_INFINITY], 'Infinity'],
    [[Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY], '-Infinity'],
  ])('refuses %j', (logits, got) => {
    expect(() => frequenciesOf(Float32Array.from(logits), new Float64Array(logits.length))).toThrow(
      `compression: logits: expected finite numbers, got ${got}; use a model that has not diverged.`,
    );
  });
});
