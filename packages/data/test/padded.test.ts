import type { BatchSource } from '@elman/core';
import { DataError, OptionError, Rng } from '@elman/core';
import { dispose, memory, type Tensor3D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bucketed, type Example, nextFrames, nextTokens, type PaddedBatch, padded } from '../src/index.ts';

const rng = Rng.seeded('sequences');
const sequences = Array.from({ length: 53 }, (_, i) => Int32Array.from({ length: 2 + rng.integer(40) }, () => 1 + i));
const examples = sequences.map(nextTokens);

async function read(source: BatchSource<PaddedBatch>, epoch: number, index: number) {
  const { inputs, targets, mask, lengths, ...rest } = source.batch(epoch, index);
  const arrays = [await inputs.array(), await targets.array(), await mask.array(), await lengths.array()];
  dispose([inputs, targets, mask, lengths]);
  return { inputs: arrays[0], targets: arrays[1], mask: arrays[2], lengths: arrays[3], ...rest };
}

const sources: [string, BatchSource<PaddedBatch>][] = [
  ['padded', padded(examples, { batchSize: 8 })],
  ['padded, shuffled', padded(examples, { batchSize: 8, seed: 3 })],
  ['bucketed', bucketed(examples, { batchSize: 8, seed: 3 })],
  ['bucketed by boundaries', bucketed(examples, { batchSize: 8, seed: 3, boundaries: [10, 20] })],
];

for (const [name, source] of sources) {
  describe(name, () => {
    const order = (epoch: number) =>
      Array.from({ length: source.batchesPerEpoch }, (_, i) => {
        const batch = source.batch(epoch, i);
        dispose([batch.inputs, batch.targets, batch.mask, batch.lengths]);
        return batch.examples;
      });

    it('has every example exactly once in every epoch', () => {
      for (const epoch of [0, 1, 5]) {
        expect(
          order(epoch)
            .flat()
            .toSorted((a, b) => a - b),
        ).toEqual(examples.map((_, i) => i));
      }
    });

    it('is a function of epoch and index', () => {
      const [second, first] = [order(1), order(0)];
      expect(order(1)).toEqual(second);
      if (name === 'padded') expect(second).toEqual(first);
      else expect(second).not.toEqual(first);
    });

    it('pads with zeros under a mask, and has the lengths', async () => {
      for (const index of [0, source.batchesPerEpoch - 1]) {
        const batch = await read(source, 1, index);
        const lengths = batch.examples.map((i) => (examples[i] as Example).inputs.length);
        const time = Math.max(...lengths);
        const padTo = (values: ArrayLike<number>) => Array.from({ length: time }, (_, t) => values[t] ?? 0);
        expect(batch.lengths).toEqual(lengths);
        expect(batch.mask).toEqual(lengths.map((length) => padTo(new Array(length).fill(1))));
        expect(batch.inputs).toEqual(batch.examples.map((i) => padTo(examples[i]?.inputs as Int32Array)));
        expect(batch.targets).toEqual(batch.examples.map((i) => padTo(examples[i]?.targets as Int32Array)));
        expect([batch.carry, batch.counted, batch.fresh]).toEqual([time, 0, true]);
      }
    });

    it('returns four tensors that the caller owns, and keeps none', () => {
      const before = memory().numTensors;
      const { inputs, targets, mask, lengths } = source.batch(0, 0);
      expect(memory().numTensors).toBe(before + 4);
      dispose([inputs, targets, mask, lengths]);
    });
  });
}

it('groups similar lengths', () => {
  const source = bucketed(examples, { batchSize: 4, seed: 1, boundaries: [10, 20, 30] });
  const group = (i: number) => [10, 20, 30, 99].findIndex((top) => (examples[i] as Example).inputs.length <= top);
  for (let index = 0; index < source.batchesPerEpoch; index++) {
    const batch = source.batch(0, index);
    expect(new Set(batch.examples.map(group)).size).toBe(1);
    dispose([batch.inputs, batch.targets, batch.mask, batch.lengths]);
  }
});

it('takes frames, classes and a fixed length', async () => {
  const framed: Example[] = [
    {
      inputs: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      targets: 7,
    },
    { inputs: [Float32Array.of(8, 9)], targets: 1 },
  ];
  expect(await read(padded(framed, { batchSize: 2 }), 0, 0)).toMatchObject({
    inputs: [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [
        [8, 9],
        [0, 0],
        [0, 0],
      ],
    ],
    targets: [7, 1],
    mask: [
      [1, 1, 1],
      [1, 0, 0],
    ],
  });
  const fixed = padded([{ inputs: [1, 2], targets: [3, 4] }], { batchSize: 1, length: 4, padding: 9 });
  expect(await read(fixed, 0, 0)).toMatchObject({
    inputs: [[1, 2, 9, 9]],
    targets: [[3, 4, 9, 9]],
    mask: [[1, 1, 0, 0]],
    carry: 4,
  });
});

describe('numbers of whole sequences', () => {
  const batchOf = (targets: Example['targets'][], steps = [2, 3]) =>
    padded(
      targets.map((target, i) => ({ inputs: Array(steps[i]).fill([0.5]), targets: target })),
      { batchSize: 2 },
    ).batch(0, 0);

  it.each([
    ['numbers', [0.35, 2], [[Math.fround(0.35)], [2]]],
    ['numbers below 0', [-1, 1], [[-1], [1]]],
    ['lists of one', [[0.25], [1]], [[0.25], [1]]],
    [
      'lists, also as long as the sequences',
      [
        [0.5, -2],
        [1, 3],
      ],
      [
        [0.5, -2],
        [1, 3],
      ],
    ],
    [
      'arrays of whole numbers',
      [Float32Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8)],
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    ],
  ] as const)('are float32 [batch, size]: %s', async (_, given, wanted) => {
    const { inputs, targets, mask, lengths } = batchOf(given as never);
    expect([targets.dtype, await targets.array()]).toEqual(['float32', wanted]);
    dispose([inputs, targets, mask, lengths]);
  });

  it('are classes, int32 [batch], if all of them are ids', async () => {
    const { inputs, targets, mask, lengths } = batchOf([1, 0]);
    expect([targets.dtype, await targets.array()]).toEqual(['int32', [1, 0]]);
    dispose([inputs, targets, mask, lengths]);
  });
});

it('has next frames as targets, also in its types', async () => {
  const moves = [
    [[1], [2], [4]],
    [[0], [8]],
  ].map(nextFrames);
  const next: Tensor3D = padded(moves, { batchSize: 2 }).batch(0, 0).targets;
  expect(await next.array()).toEqual([
    [[2], [4]],
    [[8], [0]],
  ]);
  const bucket: Tensor3D = bucketed(moves, { batchSize: 2 }).batch(0, 0).inputs;
  expect(await bucket.array()).toEqual([
    [[1], [2]],
    [[0], [0]],
  ]);
});

it('buckets without a seed from short to long, in order, in every epoch alike', () => {
  const source = bucketed(examples, { batchSize: 8, boundaries: [10, 20] });
  const order = (epoch: number) =>
    Array.from({ length: source.batchesPerEpoch }, (_, i) => {
      const batch = source.batch(epoch, i);
      dispose([batch.inputs, batch.targets, batch.mask, batch.lengths]);
      return batch.examples;
    });
  const long = (i: number) => examples[i]?.inputs.length as number;
  const rows = examples.map((_, i) => i);
  const groups = [
    rows.filter((i) => long(i) <= 10),
    rows.filter((i) => long(i) > 10 && long(i) <= 20),
    rows.filter((i) => long(i) > 20),
  ];
  expect(order(0).flat()).toEqual(groups.flat());
  expect(order(3)).toEqual(order(0));
});

it('refuses examples of different kinds', () => {
  const bad: [readonly Example[], string][] = [
    [[], 'data: padded: expected one example or more, got none.'],
    [[{ inputs: [], targets: [] }], 'data: padded: example 0 is empty; leave it out.'],
    [
      [
        { inputs: [1], targets: 0.5 },
        { inputs: [1], targets: [0.5] },
      ],
      'data: padded: example 1: expected ids → a number as in example 0, got ids → numbers.',
    ],
    [[{ inputs: [1, 2], targets: [1] }], 'data: padded: example 0: expected a target for each of 2 time steps, got 1.'],
    [
      [
        { inputs: [1], targets: [1] },
        { inputs: [[1]], targets: [1] },
      ],
      'data: padded: example 1: expected ids → ids as in example 0, got frames of 1 → ids.',
    ],
    [
      [
        { inputs: [[1, 2]], targets: 1 },
        { inputs: [[1]], targets: 1 },
      ],
      'data: padded: example 1: expected frames of 2 → a class as in example 0, got frames of 1 → a class.',
    ],
  ];
  for (const [given, message] of bad) {
    expect(() => padded(given, { batchSize: 1 })).toThrow(message);
    expect(() => padded(given, { batchSize: 1 })).toThrow(DataError);
  }
  expect(() => padded(examples, { batchSize: 1, length: 3 })).toThrow(DataError);
  expect(() => padded(examples, { batchSize: 0 })).toThrow(OptionError);
  expect(() => bucketed(examples, { batchSize: 2, seed: 1, boundaries: [4, 4] })).toThrow(OptionError);
});
