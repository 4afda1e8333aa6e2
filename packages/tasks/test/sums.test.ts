import { Rng } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { describe, expect, it } from 'vitest';
import { alike, largerTotal, sumOfInputs } from '../src/index.ts';

describeTask('sumOfInputs', () => sumOfInputs(), { difficulty: { length: 3 }, baseline: 0.1 });
describeTask('largerTotal', () => largerTotal(), { difficulty: { length: 5 } });

const ROWS = 50;
const LENGTH = 30;
const rows = alike(ROWS, { length: LENGTH });

describe('sumOfInputs', () => {
  it('is the sum so far, without rounding', async () => {
    const { inputs, targets } = sumOfInputs().sample(Rng.seeded(1), rows);
    const [given, sums] = [await inputs.data(), await targets.data()];
    for (let row = 0; row < ROWS; row++) {
      let sum = 0;
      for (let at = row * LENGTH; at < (row + 1) * LENGTH; at++) {
        const parts = 1024 * (given[at] as number);
        expect(Number.isInteger(parts) && Math.abs(parts) <= 1024).toBe(true);
        sum += parts;
        expect(sums[at]).toBe(sum / 1024);
      }
    }
    expect(Math.max(...given)).toBeGreaterThan(0.99);
    expect(Math.min(...given)).toBeLessThan(-0.99);
  });

  it('has the accuracy of predicting 0', async () => {
    const { targets } = sumOfInputs().sample(Rng.seeded(2), alike(400, { length: 50 }));
    const near = (await targets.data()).filter((sum) => Math.abs(sum) <= 0.04).length;
    expect(sumOfInputs().baseline({ length: 50 }).accuracy).toBeCloseTo(near / (400 * 50), 2);
  });
});

describe('largerTotal', () => {
  it('is whether the first total is larger, at every frame', async () => {
    const { inputs, targets } = largerTotal().sample(Rng.seeded(1), rows);
    const [given, answers] = [await inputs.data(), await targets.data()];
    for (let row = 0; row < ROWS; row++) {
      const totals = [0, 0] as [number, number];
      for (let at = row * LENGTH; at < (row + 1) * LENGTH; at++) {
        totals[0] += given[2 * at] as number;
        totals[1] += given[2 * at + 1] as number;
        expect(answers[at]).toBe(totals[0] > totals[1] ? 1 : 0);
      }
    }
  });
});
