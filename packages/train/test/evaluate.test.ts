import type { BatchSource } from '@elman/core';
import { DataError, Rng, tree } from '@elman/core';
import { memory, scalar, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bptt, evaluate } from '../src/index.ts';
import { batches, cube, type Params, type Sequences, sequences, toy } from './toy.ts';

const LENGTHS = [8, 3, 5, 1, 8, 2];
const { inputs, targets } = sequences(Rng.seeded(5), LENGTHS.length, 8);

/** The same six sequences, `rows` of them to a batch. */
function inBatchesOf(rows: number): BatchSource<Sequences> {
  return {
    batchesPerEpoch: LENGTHS.length / rows,
    batch(_, index) {
      const of = <T>(all: T[]): T[] => all.slice(index * rows, (index + 1) * rows);
      const mask = of(LENGTHS).map((length) => Array.from({ length: 8 }, (_, t) => (t < length ? 1 : 0)));
      return { inputs: cube(of(inputs)), targets: cube(of(targets)), mask: tensor2d(mask) };
    },
  };
}

const params = (): Params => ({ a: scalar(0.3), b: scalar(0.8) });

describe('evaluate', () => {
  it('is independent of how the data are split into batches', async () => {
    const p = params();
    const before = memory().numTensors;
    const whole = await evaluate(toy, p, inBatchesOf(6));
    expect(whole.count).toBe(27);
    for (const source of [inBatchesOf(1), inBatchesOf(2), inBatchesOf(3)]) {
      const { loss, count } = await evaluate(toy, p, source);
      expect(count).toBe(27);
      expect(loss).toBeCloseTo(whole.loss, 5);
    }
    expect(memory().numTensors).toBe(before);
    tree.dispose(p);
  });

  it('carries the state from window to window', async () => {
    const p = params();
    const before = memory().numTensors;
    const source = batches(2, { time: 9 });
    const whole = await evaluate(toy, p, source);
    for (const overlap of [0, 2]) {
      const { loss, count } = await evaluate(toy, p, bptt(source, { windowLength: 4, overlap }));
      expect(count).toBe(whole.count);
      expect(loss).toBeCloseTo(whole.loss, 5);
    }
    expect(memory().numTensors).toBe(before);
    tree.dispose(p);
  });

  it('leaks no tensor when the model throws or a signal stops it', async () => {
    const p = params();
    const before = memory().numTensors;
    const broken = {
      ...toy,
      loss: () => {
        throw new Error('broken');
      },
    };
    await expect(evaluate(broken, p, batches(1))).rejects.toThrow('broken');
    await expect(evaluate(toy, p, batches(1), { signal: AbortSignal.abort() })).rejects.toThrow();
    expect(memory().numTensors).toBe(before);
    tree.dispose(p);
  });

  it('refuses no batch, and batches without end', async () => {
    const of = (batchesPerEpoch: number) => evaluate(toy, params(), { ...inBatchesOf(6), batchesPerEpoch });
    await expect(of(0)).rejects.toThrow(
      new DataError('evaluate: expected one batch or more, got none; give more data.'),
    );
    await expect(of(Number.POSITIVE_INFINITY)).rejects.toThrow(
      'evaluate: batches: they have no end (batchesPerEpoch Infinity); give a part of them.',
    );
  });

  it('names batch, row and frame of a number that makes the loss NaN', async () => {
    const source = inBatchesOf(2);
    const spoiled: BatchSource<Sequences> = {
      ...source,
      batch(epoch, index) {
        const batch = source.batch(epoch, index);
        if (index < 2) return batch;
        const values = [...batch.targets.dataSync()];
        values[8 + 1] = Number.NaN;
        return { ...batch, targets: tensor3d(values, batch.targets.shape) };
      },
    };
    await expect(evaluate(toy, params(), spoiled)).rejects.toThrow(
      'evaluate: batch 2, row 1, frame 1: targets is NaN; look at the data, or mask it.',
    );
  });

  it('refuses batches without unmasked targets', async () => {
    await expect(evaluate(toy, params(), { ...batches(1), batchesPerEpoch: 0 })).rejects.toThrow(DataError);
  });
});
