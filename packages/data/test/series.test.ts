import { DataError, OptionError } from '@elman/core';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { frameStream, type SeriesWindowOptions, seriesWindows, split, tokenStream, type Values } from '../src/index.ts';

const count = (n: number) => Float32Array.from({ length: n }, (_, i) => i);
const rows = (n: number) => Array.from({ length: n }, (_, i) => [i, -i]);

async function windowsOf(series: Values, options: SeriesWindowOptions, epoch = 0) {
  const source = seriesWindows(series, options);
  const windows: { inputs: number[][]; targets: number[] }[] = [];
  for (let i = 0; i < source.batchesPerEpoch; i++) {
    const { inputs, targets } = source.batch(epoch, i);
    const [read, wanted] = [await inputs.array(), await targets.array()];
    read.forEach((window, row) => {
      windows.push({ inputs: window, targets: wanted[row] as number[] });
    });
    dispose([inputs, targets]);
  }
  return windows;
}

describe('windows of a series', () => {
  it('have the frames after them as targets', async () => {
    expect(await windowsOf([1, 2, 4, 8], { batchSize: 2, windowLength: 2 })).toEqual([
      { inputs: [[1], [2]], targets: [4] },
      { inputs: [[2], [4]], targets: [8] },
    ]);
    const options = { batchSize: 2, windowLength: 2, horizon: 2, stride: 3 };
    expect(await windowsOf(rows(8), options)).toEqual([
      {
        inputs: [
          [0, -0],
          [1, -1],
        ],
        targets: [2, -2, 3, -3],
      },
      {
        inputs: [
          [3, -3],
          [4, -4],
        ],
        targets: [5, -5, 6, -6],
      },
    ]);
    const [first] = await windowsOf(rows(4), { ...options, targetFeatures: [1] });
    expect(first?.targets).toEqual([-2, -3]);
  });

  it('are complete, each once in every epoch, for any sizes', async () => {
    for (const [frames, windowLength, horizon, stride] of [
      [3, 2, 1, 1],
      [20, 5, 1, 1],
      [20, 5, 3, 4],
      [21, 4, 2, 7],
    ] as const) {
      const options = { batchSize: 3, windowLength, horizon, stride };
      const inOrder = await windowsOf(count(frames), options);
      const starts: number[] = [];
      for (let start = 0; start + windowLength + horizon <= frames; start += stride) starts.push(start);
      expect(inOrder.map(({ inputs }) => inputs[0]?.[0])).toEqual(starts);
      for (const { inputs, targets } of inOrder) {
        const numbers = [...inputs.flat(), ...targets];
        expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] as number) + i));
        expect([inputs.length, targets.length]).toEqual([windowLength, horizon]);
      }
      const shuffled = await windowsOf(count(frames), { ...options, seed: 1 }, 2);
      expect(shuffled.toSorted((a, b) => (a.targets[0] as number) - (b.targets[0] as number))).toEqual(inOrder);
      expect(await windowsOf(count(frames), { ...options, seed: 1 }, 2)).toEqual(shuffled);
    }
    const order = async (epoch: number) =>
      (await windowsOf(count(30), { batchSize: 4, windowLength: 2, seed: 1 }, epoch)).map(({ targets }) => targets[0]);
    expect(await order(0)).not.toEqual(await order(1));
  });

  it('of a split series do not overlap, and validation comes after training', async () => {
    const { train, validation } = split(count(40), { validation: 0.25, test: 0 });
    const options = { batchSize: 4, windowLength: 3 };
    const seen = (await windowsOf(train, options)).flatMap(({ inputs, targets }) => [...inputs.flat(), ...targets]);
    const held = (await windowsOf(validation, options)).flatMap(({ inputs, targets }) => [
      ...inputs.flat(),
      ...targets,
    ]);
    expect(Math.max(...seen)).toBe(29);
    expect(Math.min(...held)).toBe(30);
  });

  it('are refused for invalid options', () => {
    const options = { batchSize: 1, windowLength: 3, horizon: 2 };
    expect(() => seriesWindows(count(4), options)).toThrow(
      new DataError(
        'data: seriesWindows: the series has 4 frames; windowLength 3 + horizon 2 needs at least 5. Use a longer series or a smaller ' +
          'windowLength or horizon.',
      ),
    );
    expect(seriesWindows(count(5), options).batchesPerEpoch).toBe(1);
    for (const bad of [{ horizon: 0 }, { stride: 0.5 }, { windowLength: -1 }, { batchSize: Number.NaN }]) {
      expect(() => seriesWindows(count(9), { ...options, ...bad })).toThrow(OptionError);
    }
    for (const targetFeatures of [[], [1], [-1], [0.5]]) {
      expect(() => seriesWindows(count(9), { ...options, targetFeatures })).toThrow(
        /targetFeatures: expected places from 0 to 0/,
      );
    }
    for (const make of [(s: Values) => seriesWindows(s, options), (s: Values) => frameStream(s, options)]) {
      expect(() => make([1, 2, Number.NaN, 4, 5, 6])).toThrow(
        /expected numbers that are finite as float32, got NaN at 2; leave it out or/,
      );
      expect(() => make([[1], [2, 3], [4], [5], [6]])).toThrow(/frame 1: expected 1 numbers as frame 0 has, got 2/);
      expect(() => make([])).toThrow(DataError);
    }
  });
});

describe('a stream of frames', () => {
  it('has the lanes and windows of a stream of tokens', async () => {
    for (const options of [
      { batchSize: 2, windowLength: 3 },
      { batchSize: 3, windowLength: 4, overlap: 2, remainder: 'keep' },
    ] as const) {
      const [frames, tokens] = [frameStream(rows(44), options), tokenStream([...count(44)], options)];
      expect(frames.batchesPerEpoch).toBe(tokens.batchesPerEpoch);
      for (let i = 0; i < frames.batchesPerEpoch; i++) {
        const [found, wanted] = [frames.batch(1, i), tokens.batch(1, i)];
        for (const part of ['inputs', 'targets'] as const) {
          const ids = await wanted[part].array();
          expect(await found[part].array()).toEqual(ids.map((lane) => lane.map((id) => [id, -id])));
        }
        const goesOn = ({ carry, counted, fresh }: typeof found | typeof wanted) => ({ carry, counted, fresh });
        expect(goesOn(found)).toEqual(goesOn(wanted));
        dispose([found.inputs, found.targets, wanted.inputs, wanted.targets]);
      }
    }
  });

  it('is refused where the series is too short', () => {
    expect(() => frameStream(count(12), { batchSize: 3, windowLength: 4 })).toThrow(
      'data: frameStream: the series has 12 frames; batchSize 3 × windowLength 4 needs at least 13. Use a longer series or a smaller ' +
        'batchSize or windowLength.',
    );
    expect(() => frameStream(count(12), { batchSize: 1, windowLength: 4, overlap: 4 })).toThrow(OptionError);
  });
});

it('returns two tensors that the caller owns, and keeps none', () => {
  const before = memory().numTensors;
  const options = { batchSize: 2, windowLength: 4 };
  for (const source of [seriesWindows(count(40), options), frameStream(count(40), options)]) {
    const { inputs, targets } = source.batch(0, 1);
    expect(memory().numTensors).toBe(before + 2);
    dispose([inputs, targets]);
  }
});
