import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { generate, sample } from '../src/index.ts';
import { counterModel } from './counter-model.ts';

const table = [
  [0.3, -1.2, 0.8, 0.1, -0.4],
  [-0.7, 0.5, 0.2, 1.1, 0.3],
  [0.6, 0.4, -0.9, -0.2, 0.7],
  [-0.1, 0.9, 0.3, -0.8, 0.2],
  [0.4, -0.3, 0.5, 0.6, -1.0],
];
const model = counterModel(table);
const prompts = [[0], [3, 1, 4, 1], [2, 2], [4, 0, 1, 2, 3, 0, 1]];

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

it('gives every row of a batch what it gives that row alone', async () => {
  for (const temperature of [0, 1]) {
    const options = { model, maximumTokens: 9, temperature, seed: 7 };
    const together = await generate({ ...options, prompts });
    const alone = await Promise.all(prompts.map((prompt, row) => collect(sample({ ...options, prompt, row }))));
    expect(together).toEqual(alone);
    expect(together.map((row) => row.length)).toEqual([9, 9, 9, 9]);
  }
});

it('is a function of the seed', async () => {
  const run = (seed: number) => generate({ model, prompts, maximumTokens: 12, seed });
  expect(await run(1)).toEqual(await run(1));
  expect(await run(1)).not.toEqual(await run(2));
});

it('holds no tensor afterwards', async () => {
  const before = memory().numTensors;
  await generate({ model, prompts, maximumTokens: 5, seed: 1, stop: [2] });
  expect(memory().numTensors).toBe(before);
});
