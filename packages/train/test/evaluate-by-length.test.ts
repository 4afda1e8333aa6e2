import { OptionError, tree } from '@elman/core';
import { memory, scalar } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  atDifficulty,
  type DifficultyRow,
  evaluate,
  evaluateByDifficulty,
  evaluateByLength,
  testLengths,
} from '../src/index.ts';
import { graded, measuredToy, type Params } from './toy.ts';

const params = (): Params => ({ a: scalar(0.3), b: scalar(0.8) });
const source = graded(3, { length: 5 });

describe('evaluateByLength', () => {
  it('is one evaluation for each length, reported in order', async () => {
    const p = params();
    const before = memory().numTensors;
    const told: unknown[] = [];
    const rows = await evaluateByLength(measuredToy, p, {
      lengths: [1, 3, 5],
      batches: (length) => atDifficulty(source, { length }),
      onRow: (row) => void told.push(row),
    });
    expect(told).toEqual(rows);
    expect(rows.map(({ length, count }) => [length, count])).toEqual([
      [1, 6],
      [3, 18],
      [5, 30],
    ]);
    expect(rows[2]).toEqual({ length: 5, ...(await evaluate(measuredToy, p, source)) });
    expect(rows[1]?.metrics.accuracy).toBeGreaterThan(0);
    expect(rows[1]?.loss).not.toBe(rows[2]?.loss);
    expect(memory().numTensors).toBe(before);
    tree.dispose(p);
  });

  it('stops at a signal, and refuses invalid lengths', async () => {
    const p = params();
    const stop = new AbortController();
    const batches = (length: number) => atDifficulty(source, { length });
    const run = evaluateByLength(measuredToy, p, {
      lengths: [1, 2],
      batches,
      signal: stop.signal,
      onRow: () => stop.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
    await expect(evaluateByLength(measuredToy, p, { lengths: [], batches })).rejects.toThrow(
      'evaluateByLength: lengths: expected one or more, got none.',
    );
    await expect(evaluateByLength(measuredToy, p, { lengths: [3, 0], batches })).rejects.toThrow(
      'evaluateByLength: length: expected a positive whole number, got 0.',
    );
    tree.dispose(p);
  });
});

describe('evaluateByDifficulty', () => {
  it('is the same over a grid', async () => {
    const p = params();
    const difficulties = [1, 2].flatMap((nesting) => [2, 4].map((length) => ({ length, nesting })));
    const rows: DifficultyRow[] = await evaluateByDifficulty(measuredToy, p, {
      difficulties,
      batches: (difficulty) => atDifficulty(source, difficulty),
    });
    expect(rows.map(({ difficulty }) => difficulty)).toEqual(difficulties);
    // Twice the numbers, four times the squared error.
    expect(rows[2]?.loss).toBeCloseTo(4 * (rows[0]?.loss as number), 3);
    expect(rows[3]?.loss).toBeCloseTo(4 * (rows[1]?.loss as number), 3);
    tree.dispose(p);
  });
});

describe('testLengths', () => {
  it('has lengths within those trained and far beyond', () => {
    expect(testLengths(40)).toEqual([1, 7, 12, 18, 23, 29, 34, 40, 50, 60, 80, 160, 320]);
    expect(testLengths(3, { beyond: [2, 8] })).toEqual([1, 2, 3, 6, 24]);
    expect(testLengths(40, { least: 20, inside: 3, beyond: [2, 25], most: 100 })).toEqual([20, 30, 40, 80]);
    expect(testLengths(10, { inside: 1, beyond: [] })).toEqual([10]);
  });

  it('refuses invalid options', () => {
    expect(() => testLengths(0)).toThrow(OptionError);
    expect(() => testLengths(5, { least: 6 })).toThrow(
      'testLengths: least: expected 5 at most, the length trained, got 6.',
    );
    expect(() => testLengths(5, { beyond: [0.5] })).toThrow('testLengths: beyond: expected factors above 1, got 0.5.');
  });
});
