import {
  constant,
  cosine,
  cosineRestarts,
  exponentialDecay,
  type PlateauOptions,
  plateau,
  type Schedule,
  stepDecay,
  warmup,
} from '@elman/optim';
import { describe, expect, test } from 'vitest';
import fixture from '../fixtures/schedules.json' with { type: 'json' };

const initial = fixture.base;

function expectRates(schedule: Schedule, wanted: readonly number[]): void {
  for (const [step, rate] of wanted.entries()) expect(schedule(step), `step ${step}`).toBeCloseTo(rate, 12);
}

describe('schedules as in PyTorch', () => {
  test('StepLR', () => expectRates(stepDecay({ initial, factor: 0.3, every: 4 }), fixture.step));
  test('ExponentialLR', () => expectRates(exponentialDecay({ initial, factor: 0.9 }), fixture.exponential));
  test('CosineAnnealingLR', () => expectRates(cosine({ initial, steps: 20, final: 0.01 }), fixture.cosine));
  test('CosineAnnealingWarmRestarts', () => {
    expectRates(cosineRestarts({ initial, steps: 5, growth: 2, final: 0.01 }), fixture.restarts);
    expectRates(cosineRestarts({ initial, steps: 7 }), fixture.evenRestarts);
  });
  test('LinearLR, then CosineAnnealingLR', () =>
    expectRates(warmup({ steps: 5, next: cosine({ initial, steps: 20, final: 0.01 }) }), fixture.warmup));
});

describe('schedules in closed form', () => {
  test('constant', () => expectRates(constant(0.3), [0.3, 0.3, 0.3]));
  test('exponentialDecay takes `every` updates for its factor', () => {
    const schedule = exponentialDecay({ initial: 1, factor: 0.25, every: 10 });
    expect(schedule(5)).toBeCloseTo(0.5);
    expect(schedule(20)).toBeCloseTo(0.0625);
  });
  test('cosine is at the mean half way and stays at its end', () => {
    const schedule = cosine({ initial: 3, steps: 10, final: 1 });
    expect([0, 5, 10, 1000].map(schedule)).toEqual([3, 2, 1, 1]);
  });
  test('cosineRestarts restarts', () => {
    const schedule = cosineRestarts({ initial: 1, steps: 4, growth: 3 });
    expect([0, 4, 16].map(schedule)).toEqual([1, 1, 1]);
    expect(schedule(10)).toBeCloseTo(0.5);
    expect(schedule(15)).toBeLessThan(0.05);
  });
  test('warmup is never 0, rises linearly and is continuous with the next schedule', () => {
    const schedule = warmup({ steps: 3, next: stepDecay({ initial: 8, factor: 0.5, every: 1 }) });
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([2, 4, 6, 8, 4]);
  });
});

describe('plateau', () => {
  const scales = (values: readonly number[], options: PlateauOptions): number[] => {
    const { init, observe } = plateau(options);
    let state = init();
    return values.map((value) => {
      // As if saved and read again between any two observations.
      state = observe(JSON.parse(JSON.stringify(state)), value);
      return state.scale;
    });
  };

  test('ReduceLROnPlateau, with patience high and low', () => {
    const cases = [
      { ...fixture.plateau, options: { factor: 0.5, patience: 2 } },
      { ...fixture.impatientPlateau, options: { factor: 0.1, patience: 0, threshold: 0.01, minScale: 0.005 } },
    ];
    for (const { values, scales: wanted, options } of cases) {
      for (const [i, scale] of scales(values, options).entries())
        expect(scale, `${i}`).toBeCloseTo(wanted[i] ?? -1, 12);
    }
  });
  test('a falling loss keeps the scale', () =>
    expect(new Set(scales([9, 8, 7, 6, 5, 4], { patience: 0 }))).toEqual(new Set([1])));
  test('a flat loss is tolerated `patience` times', () =>
    expect(scales([1, 1, 1, 1, 1, 1, 1], { patience: 2, factor: 0.5 })).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25]));
  test('values below 0 count as better when they fall', () =>
    expect(scales([-1, -2, -3, -2.9], { patience: 0, factor: 0.5 })).toEqual([1, 1, 1, 0.5]));
  test('NaN and Infinity are never better', () =>
    expect(scales([Number.NaN, Number.POSITIVE_INFINITY, 3, 2], { patience: 1, factor: 0.5 })).toEqual([
      1, 0.5, 0.5, 0.5,
    ]));
  test('the scale stops at minScale', () =>
    expect(scales([1, 1, 1, 1], { patience: 0, factor: 0.1, minScale: 0.05 })).toEqual([1, 0.1, 0.05, 0.05]));
});
