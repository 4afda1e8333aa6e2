import type { BatchSource } from '@elman/core';
import { DataError, OptionError, Rng, tree, valueAndGrad } from '@elman/core';
import { dispose, memory, reshape, scalar, type TensorContainer } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bptt } from '../src/index.ts';
import { batches, cube, type Params, type Sequences, sequences, toy } from './toy.ts';

const { inputs, targets } = sequences(Rng.seeded(3), 2, 7);
const whole: BatchSource<Sequences> = {
  batchesPerEpoch: 1,
  batch: () => ({ inputs: cube(inputs), targets: cube(targets) }),
};
const A = 0.3;
const B = 0.8;

/** Loss and gradient of every window by tensors, the state carried as `train` does it. */
async function byTensors(source: BatchSource<Sequences>): Promise<number[][]> {
  const params: Params = { a: scalar(A), b: scalar(B) };
  const found: number[][] = [];
  let state = toy.initialState(2);
  for (let index = 0; index < source.batchesPerEpoch; index++) {
    const batch = source.batch(0, index);
    const { value, grads, aux } = valueAndGrad((p: Params) => {
      const { loss, state: next } = toy.loss(p, batch, state, {});
      return { loss, aux: next };
    }, params);
    found.push([...(await value.data()), ...(await grads.a.data()), ...(await grads.b.data())]);
    tree.dispose([state, value, grads]);
    dispose(batch as TensorContainer);
    state = aux;
  }
  tree.dispose([params, state]);
  return found;
}

/** The same in closed form: the derivatives of s by a and b are 0 before the first frame of a window. */
function byHand(begin: number, end: number, counted: number): number[] {
  const sums = [0, 0, 0];
  inputs.forEach((row, i) => {
    let s = 0;
    for (let t = 0; t < begin; t++) s = A * s + B * (row[t] as number);
    let [byA, byB] = [0, 0];
    for (let t = begin; t < end; t++) {
      [byA, byB] = [s + A * byA, (row[t] as number) + A * byB];
      s = A * s + B * (row[t] as number);
      if (t < begin + counted) continue;
      const error = s - ((targets[i] as number[])[t] as number);
      [error * error, 2 * error * byA, 2 * error * byB].forEach((x, k) => {
        sums[k] = (sums[k] as number) + x;
      });
    }
  });
  const count = inputs.length * (end - begin - counted);
  return sums.map((sum) => sum / count);
}

const expectClose = (found: number[][], wanted: number[][]): void => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((row, i) => {
    row.forEach((x, k) => {
      expect(x).toBeCloseTo((wanted[i] as number[])[k] as number, 4);
    });
  });
};

describe('bptt', () => {
  it('is full backpropagation if the window is as long as the sequence, or longer', async () => {
    const full = await byTensors(whole);
    expectClose(full, [byHand(0, 7, 0)]);
    expect(await byTensors(bptt(whole, { windowLength: 7 }))).toEqual(full);
    expect(await byTensors(bptt(whole, { windowLength: 12, overlap: 3 }))).toEqual(full);
  });

  it('carries the state and not the gradient', async () => {
    const windows = await byTensors(bptt(whole, { windowLength: 3 }));
    expectClose(windows, [byHand(0, 3, 0), byHand(3, 6, 0), byHand(6, 7, 0)]);
  });

  it('backpropagates through the overlap, whose frames count once', async () => {
    const windows = await byTensors(bptt(whole, { windowLength: 4, overlap: 2 }));
    expectClose(windows, [byHand(0, 4, 0), byHand(2, 6, 2), byHand(4, 7, 2)]);
    expect(windows[1]?.[1]).not.toBeCloseTo(byHand(4, 6, 0)[1] as number, 3);
  });

  it('counts each frame of each batch once, for any window', () => {
    const source = batches(1, { time: 11, perEpoch: 2 });
    for (const [windowLength, overlap] of [
      [1, 0],
      [4, 0],
      [4, 1],
      [4, 3],
      [5, 2],
      [11, 0],
      [20, 19],
    ] as const) {
      const before = memory().numTensors;
      const windows = bptt(source, { windowLength, overlap });
      let frames = 0;
      for (let i = 0; i < windows.batchesPerEpoch; i++) {
        const window = windows.batch(0, i);
        frames += (window.inputs.shape[1] as number) - window.counted;
        dispose(window as TensorContainer);
      }
      expect([windowLength, overlap, frames]).toEqual([windowLength, overlap, 22]);
      expect(memory().numTensors).toBe(before);
    }
  });

  it('cuts the mask too', async () => {
    const masked = {
      batchesPerEpoch: 1,
      batch: () => ({ ...whole.batch(0, 0), mask: reshape(cube(targets), [2, 7]) }),
    };
    const mask = masked.batch().mask;
    const window = bptt(masked as never, { windowLength: 3 }).batch(0, 1);
    const values = await mask.data();
    expect([...(await (window.mask as typeof mask).data())]).toEqual([...values.slice(3, 6), ...values.slice(10, 13)]);
  });

  it('refuses an overlap as long as the window, and batches of other lengths', () => {
    expect(() => bptt(whole, { windowLength: 3, overlap: 3 })).toThrow(OptionError);
    const growing: BatchSource<Sequences> = {
      batchesPerEpoch: 2,
      batch: (_, i) => batches(1, { time: 4 + i }).batch(0, 0),
    };
    expect(() => bptt(growing, { windowLength: 2 }).batch(0, 2)).toThrow(DataError);
    expect(() => bptt(growing, { windowLength: 2 }).batch(0, 2)).toThrow(
      'bptt: expected 4 frames as in the first batch, got 5; pad them alike.',
    );
  });
});
