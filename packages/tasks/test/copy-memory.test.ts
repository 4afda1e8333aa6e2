import { Rng } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import { alike, copyMemory } from '../src/index.ts';

describeTask('copyMemory', () => copyMemory(), { difficulty: { length: 5 } });
describeTask('copyMemory of two out of three', () => copyMemory({ symbols: 3, count: 2 }), {
  difficulty: { length: 1 },
});

it('repeats the symbols after T frames', async () => {
  const T = 7;
  const { inputs, targets } = copyMemory().sample(Rng.seeded(1), alike(10, { length: T }));
  expect(inputs.shape).toEqual([10, T + 20]);
  const [shown, wanted] = [(await inputs.array()) as number[][], (await targets.array()) as number[][]];
  for (const [row, ids] of shown.entries()) {
    const symbols = ids.slice(0, 10);
    expect(Math.min(...symbols)).toBeGreaterThan(0);
    expect(Math.max(...symbols)).toBeLessThan(9);
    expect(ids.slice(10)).toEqual([...Array(T - 1).fill(0), 9, ...Array(10).fill(0)]);
    expect(wanted[row]).toEqual([...Array(T + 10).fill(0), ...symbols]);
  }
});

it('has the baseline that the lectures report as results', () => {
  expect(copyMemory().baseline({ length: 1000 }).loss).toBeCloseTo(0.02039, 5);
});
