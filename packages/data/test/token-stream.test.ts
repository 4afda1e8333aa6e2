import { DataError, OptionError } from '@elman/core';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type TokenStreamOptions, tokenStream } from '../src/index.ts';

const count = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

/** Reads an epoch as plain arrays. */
async function epoch(ids: Int32Array, options: TokenStreamOptions, number = 0) {
  const source = tokenStream(ids, options);
  const windows = [];
  for (let i = 0; i < source.batchesPerEpoch; i++) {
    const { inputs, targets, carry, counted, fresh } = source.batch(number, i);
    windows.push({ inputs: await inputs.array(), targets: await targets.array(), carry, counted, fresh });
    dispose([inputs, targets]);
  }
  return windows;
}

it('cuts lanes as char-rnn does', async () => {
  const [first, second, ...rest] = await epoch(count(14), { batchSize: 2, windowLength: 3 });
  // biome-ignore format: rows as lanes
  expect(first).toEqual({
    inputs: [[0, 1, 2], [6, 7, 8]],
    targets: [[1, 2, 3], [7, 8, 9]],
    carry: 3, counted: 0, fresh: true,
  });
  // biome-ignore format: rows as lanes
  expect(second).toEqual({
    inputs: [[3, 4, 5], [9, 10, 11]],
    targets: [[4, 5, 6], [10, 11, 12]],
    carry: 3, counted: 0, fresh: false,
  });
  expect(rest).toEqual([]);
});

describe('over options of all kinds', () => {
  const cases: TokenStreamOptions[] = [
    { batchSize: 1, windowLength: 1 },
    { batchSize: 1, windowLength: 5 },
    { batchSize: 3, windowLength: 4, overlap: 1 },
    { batchSize: 3, windowLength: 4, overlap: 3 },
    { batchSize: 2, windowLength: 7, overlap: 2, remainder: 'keep' },
    { batchSize: 4, windowLength: 6, overlap: 5, remainder: 'keep' },
    { batchSize: 2, windowLength: 5, remainder: 'keep' },
  ];

  it('counts each target once, in order, after the tokens that the state has seen', async () => {
    for (const options of cases) {
      for (const length of [43, 44, 50, 61]) {
        const windows = await epoch(count(length), options);
        for (let lane = 0; lane < options.batchSize; lane++) {
          const counted: number[] = [];
          let seen: number | undefined;
          for (const window of windows) {
            const inputs = window.inputs[lane] as number[];
            const targets = window.targets[lane] as number[];
            expect(targets).toEqual(inputs.map((id) => id + 1));
            if (window.fresh) seen = (inputs[0] as number) - 1;
            expect(inputs[0]).toBe((seen as number) + 1);
            seen = inputs[(window.carry ?? inputs.length) - 1];
            counted.push(...targets.slice(window.counted));
          }
          const laneLength = Math.floor((length - 1) / options.batchSize);
          const expected = Array.from({ length: laneLength }, (_, i) => lane * laneLength + i + 1);
          if (options.remainder === 'keep') expect(counted).toEqual(expected);
          else {
            expect(counted).toEqual(expected.slice(0, counted.length));
            expect(laneLength - counted.length).toBeLessThan(options.windowLength - (options.overlap ?? 0));
          }
        }
      }
    }
  });

  it('is fresh at the first window of an epoch only, and every epoch is the same', async () => {
    for (const options of cases) {
      const windows = await epoch(count(50), options);
      expect(windows.map((window) => window.fresh)).toEqual(windows.map((_, i) => i === 0));
      expect(await epoch(count(50), options, 3)).toEqual(windows);
    }
  });
});

it('takes the shortest possible text, and no shorter', () => {
  expect(tokenStream(count(13), { batchSize: 3, windowLength: 4 }).batchesPerEpoch).toBe(1);
  expect(() => tokenStream(count(12), { batchSize: 3, windowLength: 4 })).toThrow(DataError);
  expect(() => tokenStream(count(12), { batchSize: 50, windowLength: 50 })).toThrow(
    'data: stream: the text has 12 tokens; batchSize 50 × windowLength 50 needs at least 2501. ' +
      'Use a longer text or a smaller batchSize or windowLength.',
  );
  expect(() => tokenStream(count(0), { batchSize: 1, windowLength: 1 })).toThrow(DataError);
});

it('refuses invalid options', () => {
  for (const options of [
    { batchSize: 0, windowLength: 4 },
    { batchSize: 1.5, windowLength: 4 },
    { batchSize: 1, windowLength: 0 },
    { batchSize: 1, windowLength: 4, overlap: 4 },
    { batchSize: 1, windowLength: 4, overlap: -1 },
  ]) {
    expect(() => tokenStream(count(40), options)).toThrow(OptionError);
  }
  const source = tokenStream(count(40), { batchSize: 1, windowLength: 4 });
  expect(() => source.batch(0, source.batchesPerEpoch)).toThrow(OptionError);
  expect(() => source.batch(-1, 0)).toThrow(OptionError);
});

it('returns two int32 tensors that the caller owns, and keeps none', () => {
  const before = memory().numTensors;
  const { inputs, targets } = tokenStream(count(40), { batchSize: 2, windowLength: 4 }).batch(0, 1);
  expect([inputs.dtype, targets.dtype]).toEqual(['int32', 'int32']);
  expect(memory().numTensors).toBe(before + 2);
  dispose([inputs, targets]);
});
