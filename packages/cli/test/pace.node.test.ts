import { describe, expect, it } from 'vitest';
import { learningRate } from '../src/optimizer.ts';
import { Pace } from '../src/pace.ts';
import { defaultFolder, updatesOf } from '../src/settings.ts';

describe('Pace', () => {
  const clocked = (goal: { updates: number | null; seconds: number | null }, firstStep: number) => {
    const clock = { time: 1000 };
    return { clock, pace: new Pace(goal, firstStep, () => clock.time) };
  };

  it('towards a number of updates counts those of this process alone', () => {
    const { clock, pace } = clocked({ updates: 100, seconds: null }, 50);
    clock.time += 2000;
    expect(pace.update(51, 400)).toEqual({
      step: 51,
      updates: 100,
      fraction: 0.51,
      tokensPerSecond: 200,
      secondsLeft: 98,
    });
  });

  it('towards a time knows how much is left of it', () => {
    const { clock, pace } = clocked({ updates: null, seconds: 10 }, 0);
    clock.time += 4000;
    expect(pace.update(1, 400)).toEqual({ step: 1, fraction: 0.4, tokensPerSecond: 100, secondsLeft: 6 });
  });

  it('measures speed over the last updates, not over all', () => {
    const { clock, pace } = clocked({ updates: 1000, seconds: null }, 0);
    let last = pace.update(1, 10);
    for (let step = 2; step < 300; step++) {
      clock.time += step < 200 ? 1000 : 100;
      last = pace.update(step, 10);
    }
    expect(last.tokensPerSecond).toBeCloseTo(100, 6);
  });
});

describe('learningRate', () => {
  it('with a number of updates rises, and falls to a tenth', () => {
    const rate = learningRate({ learningRate: 0.01, updates: 1000 });
    expect(rate(0)).toBeLessThan(0.001);
    expect(rate(50)).toBeCloseTo(0.01, 12);
    expect(rate(525)).toBeCloseTo(0.0055, 12);
    expect(rate(1000)).toBeCloseTo(0.001, 12);
    expect(rate(5000)).toBeCloseTo(0.001, 12);
  });

  it('with minutes needs no end to fall', () => {
    const rate = learningRate({ learningRate: 0.01, updates: null });
    expect(rate(50)).toBeCloseTo(0.01, 12);
    expect(rate(50 + 1500)).toBeCloseTo(0.005, 12);
  });

  it.each([1, 2, 9])('works for runs of %d updates', (updates) => {
    const rate = learningRate({ learningRate: 0.01, updates });
    for (let step = 0; step <= updates; step++) expect(rate(step)).toBeGreaterThan(0);
  });
});

it('updatesOf turns epochs into updates and leaves minutes to the clock', () => {
  expect(updatesOf({ epochs: 0.5 }, 31)).toBe(16);
  expect(updatesOf({ epochs: 0.001 }, 31)).toBe(1);
  expect(updatesOf({ updates: 7 }, 31)).toBe(7);
  expect(updatesOf({ minutes: 7 }, 31)).toBeNull();
  expect(updatesOf({}, 31)).toBe(2000);
});

it('defaultFolder is named after the first text', () => {
  expect(defaultFolder(['a/my book.txt', 'b.txt']).replaceAll('\\', '/')).toBe('runs/my book');
  expect(defaultFolder(['.txt']).replaceAll('\\', '/')).toBe('runs/.txt');
});
