import { DataError, OptionError, Rng } from '@elman/core';
import { dispose, memory, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type Pair, type PairBatch, pairBatch, pairs } from '../src/index.ts';

const BOUNDARY = 9;
const rng = Rng.seeded('pairs');
const ids = (least: number) => Int32Array.from({ length: least + rng.integer(30) }, () => 1 + rng.integer(8));
const examples: Pair[] = Array.from({ length: 41 }, () => ({ source: ids(1), target: ids(0) }));

async function read(batch: PairBatch): Promise<{ [part in keyof PairBatch]: number[][] }> {
  const entries = Object.entries(batch) as [keyof PairBatch, Tensor][];
  const read = await Promise.all(entries.map(async ([name, tensor]) => [name, await tensor.array()]));
  dispose(batch);
  return Object.fromEntries(read);
}

describe('pairs', () => {
  it('puts a boundary before a target as input and after it as target', async () => {
    const found = await read(
      pairBatch(
        [
          { source: [1, 2, 3], target: [4, 5] },
          { source: [6], target: [] },
        ],
        BOUNDARY,
      ),
    );
    expect(found).toEqual({
      sources: [
        [1, 2, 3],
        [6, 0, 0],
      ],
      sourceMask: [
        [1, 1, 1],
        [1, 0, 0],
      ],
      inputs: [
        [9, 4, 5],
        [9, 0, 0],
      ],
      targets: [
        [4, 5, 9],
        [9, 0, 0],
      ],
      mask: [
        [1, 1, 1],
        [1, 0, 0],
      ],
    });
  });

  it('has every pair once in every epoch, with pairs of similar length', async () => {
    const source = pairs(examples, { batchSize: 8, seed: 1, boundary: BOUNDARY, boundaries: [10, 20] });
    const key = (from: ArrayLike<number>, to: ArrayLike<number>) => `${Array.from(from)} → ${Array.from(to)}`;
    for (const epoch of [0, 3]) {
      const seen: string[] = [];
      for (let i = 0; i < source.batchesPerEpoch; i++) {
        const { sources, sourceMask, targets, mask } = await read(source.batch(epoch, i));
        const lengths = sources.map((row, r) => {
          const from = row.filter((_, t) => sourceMask[r]?.[t] === 1);
          const to = (targets[r] as number[]).filter((_, t) => mask[r]?.[t] === 1);
          expect(to.at(-1)).toBe(BOUNDARY);
          seen.push(key(from, to.slice(0, -1)));
          return Math.max(from.length, to.length);
        });
        const group = (length: number) => (length <= 10 ? 0 : length <= 20 ? 1 : 2);
        expect(new Set(lengths.map(group)).size).toBe(1);
      }
      expect(seen.sort()).toEqual(examples.map(({ source: from, target }) => key(from, target)).sort());
    }
  });

  it('keeps no tensor and refuses invalid pairs in one line', () => {
    const before = memory().numTensors;
    dispose(pairs(examples, { batchSize: 8, seed: 1, boundary: BOUNDARY }).batch(0, 0));
    expect(memory().numTensors).toBe(before);
    expect(() => pairBatch([], BOUNDARY)).toThrow(DataError);
    expect(() => pairBatch([{ source: [], target: [1] }], BOUNDARY)).toThrow(/the source of pair 0 is empty/);
    expect(() => pairs(examples, { batchSize: 8, seed: 1, boundary: -1 })).toThrow(OptionError);
    expect(() => pairs(examples, { batchSize: 0, seed: 1, boundary: 1 })).toThrow(/batchSize/);
  });
});
