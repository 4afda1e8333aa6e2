import { dispose } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type TokenStreamOptions, tokenStream } from '../src/index.ts';

const count = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

/** Reads an epoch as plain arrays. */
async function epoch(ids: Int32Array, options: TokenStreamOptions) {
  const source = tokenStream(ids, options);
  const windows = [];
  for (let i = 0; i < source.batchesPerEpoch; i++) {
    const { inputs, targets, carry, counted, fresh } = source.batch(0, i);
    windows.push({ inputs: await inputs.array(), targets: await targets.array(), carry, counted, fresh });
    dispose([inputs, targets]);
  }
  return windows;
}

it('cuts lanes as char-rnn does', async () => {
  expect(await epoch(count(14), { batchSize: 2, windowLength: 3 })).toEqual([
    {
      inputs: [
        [0, 1, 2],
        [6, 7, 8],
      ],
      targets: [
        [1, 2, 3],
        [7, 8, 9],
      ],
      carry: 3,
      counted: 0,
      fresh: true,
    },
    {
      inputs: [
        [3, 4, 5],
        [9, 10, 11],
      ],
      targets: [
        [4, 5, 6],
        [10, 11, 12],
      ],
      carry: 3,
      counted: 0,
      fresh: false,
    },
  ]);
});
