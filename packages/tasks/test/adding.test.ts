import { Rng } from '@elman/core';
import { describeTask } from '@elman/testkit';
import { expect, it } from 'vitest';
import { adding, alike } from '../src/index.ts';

describeTask('adding', () => adding(), { difficulty: { length: 7 } });

it('is the sum of the two numbers that are marked, at the last frame', async () => {
  const { inputs, targets, mask } = adding().sample(Rng.seeded(1), alike(50, { length: 9 }));
  const [frames, sums, counts] = [await inputs.data(), await targets.data(), await mask?.data()];
  for (let row = 0; row < 50; row++) {
    const marked = Array.from({ length: 9 }, (_, t) => 2 * (row * 9 + t)).filter((at) => frames[at + 1] === 1);
    expect(marked.length).toBe(2);
    const sum = marked.reduce((total, at) => total + (frames[at] as number), 0);
    expect(sums[row * 9 + 8]).toBeCloseTo(sum, 5);
    expect([...(counts ?? []).slice(row * 9, row * 9 + 9)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  }
});
