import { describe, expect, it } from 'vitest';
import { exponent, summarize } from '../src/statistics.ts';

describe('summarize', () => {
  it('returns median, minimum and maximum, of an odd and an even number of values', () => {
    expect(summarize([3, 1, 10])).toEqual({ count: 3, median: 3, least: 1, most: 10 });
    expect(summarize([4, 1, 10, 2])).toEqual({ count: 4, median: 3, least: 1, most: 10 });
  });

  it('orders by value, not by digits, and does not modify its argument', () => {
    const values = [100, 20, 3];
    expect(summarize(values).median).toBe(20);
    expect(values).toEqual([100, 20, 3]);
  });

  it('refuses to summarize nothing', () => {
    expect(() => summarize([])).toThrow(/got none/);
  });
});

describe('exponent', () => {
  it.each([0, 0.5, 1, 2])('finds the exponent %f of an exact power law', (power) => {
    const points = [50, 100, 200, 1600].map((x) => [x, 0.3 * x ** power] as const);
    expect(exponent(points)).toBeCloseTo(power, 10);
  });

  it('refuses points with a single x', () => {
    expect(() =>
      exponent([
        [5, 1],
        [5, 2],
      ]),
    ).toThrow(/two or more different x/);
  });
});
