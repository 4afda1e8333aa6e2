import { gru } from '@elman/cells';
import { DataError, Rng } from '@elman/core';
import { characterTokenizer, withBoundary } from '@elman/tokenizers';
import { memory, type Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { caption, vectorBatch, vectorPairs, vectorToSequence } from '../src/index.ts';

const tokenizer = withBoundary(characterTokenizer.fromText('abc'));
const pairs = ['a', 'bc', 'cab', ''].map((text, i) => ({ vector: [i, i + 1], target: tokenizer.encode(text) }));
const { boundary } = tokenizer;

const rows = async (tensor: Tensor | undefined) => (await tensor?.array()) as number[][];

it('captions vectors, each independently of the others, and leaks nothing', async () => {
  const decoder = gru({ inputSize: 5, hiddenSize: 6 });
  const model = vectorToSequence({ decoder, vectorSize: 2, vocabulary: tokenizer });
  const params = model.init(Rng.seeded(2));
  const vectors = [
    [1, -3],
    [-2, 0.5],
    [4, 4],
  ];
  const before = memory().numTensors;
  for (const beamWidth of [1, 3]) {
    const options = { beamWidth, maximumTokens: 6 };
    const together = await caption({ model, params, tokenizer }, vectors, options);
    const apart = await caption({ model, params, tokenizer }, vectors, { ...options, batchSize: 1 });
    expect(apart.map(({ text }) => text)).toEqual(together.map(({ text }) => text));
    for (const { text, logProbability, isFinished } of together) {
      expect(text.length).toBeLessThanOrEqual(6);
      expect(logProbability).toBeLessThan(0);
      expect(isFinished).toBe(text.length < 6);
    }
  }
  expect(memory().numTensors).toBe(before);
  const wide = caption({ model, params, tokenizer }, [[1, 2], [1]]);
  await expect(wide).rejects.toThrow('caption: vector 1: expected 2 numbers, got 1.');
});

it('batches vectors with their sequences between boundaries', async () => {
  const { vectors, inputs, targets, mask } = vectorBatch(pairs, boundary);
  const [a, b, c] = tokenizer.encode('abc') as never as [number, number, number];
  expect(await rows(vectors)).toEqual(pairs.map(({ vector }) => vector));
  expect(await rows(inputs)).toEqual([
    [boundary, a, 0, 0],
    [boundary, b, c, 0],
    [boundary, c, a, b],
    [boundary, 0, 0, 0],
  ]);
  expect((await rows(targets))[2]).toEqual([c, a, b, boundary]);
  expect(await rows(mask)).toEqual([
    [1, 1, 0, 0],
    [1, 1, 1, 0],
    [1, 1, 1, 1],
    [1, 0, 0, 0],
  ]);
  const source = vectorPairs(pairs, { boundary, batchSize: 3, seed: 1 });
  expect(source.batchesPerEpoch).toBe(2);
  const before = memory().numTensors;
  const seen: number[] = [];
  for (let index = 0; index < 2; index++) {
    const batch = source.batch(0, index);
    const targetRows = await rows(batch.targets);
    for (const [i, [first]] of ((await rows(batch.vectors)) as [number, number][]).entries()) {
      seen.push(first);
      expect(targetRows[i]?.slice(0, pairs[first]?.target.length)).toEqual(Array.from(pairs[first]?.target ?? []));
    }
    for (const tensor of Object.values(batch)) tensor?.dispose();
  }
  expect(seen.sort()).toEqual([0, 1, 2, 3]);
  expect(memory().numTensors).toBe(before);
  expect(() => vectorBatch([], boundary)).toThrow(DataError);
  const uneven = [...pairs, { vector: [1], target: [] }];
  expect(() => vectorPairs(uneven, { boundary, batchSize: 2, seed: 1 })).toThrow(
    'vectorPairs: pair 4: expected a vector of 2 numbers as in pair 0, got 1.',
  );
});
