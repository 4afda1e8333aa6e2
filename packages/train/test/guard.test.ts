import type { BatchSource } from '@elman/core';
import { DivergenceError, type Optimizer } from '@elman/core';
import { sgd } from '@elman/optim';
import { memory, mul, type scalar } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { train } from '../src/index.ts';
import { batches, cube, type Sequences, toy } from './toy.ts';

/** Batches of which the one for the third update is multiplied. */
function spoiled(by: number): BatchSource<Sequences> {
  const source = batches(1);
  return {
    batchesPerEpoch: 100,
    batch(epoch, index) {
      const batch = source.batch(epoch, index);
      return index === 2 ? { ...batch, inputs: mul(batch.inputs, by) } : batch;
    },
  };
}

async function failure(
  source: BatchSource<Sequences>,
  optimizer: Optimizer<never>,
  saveEvery = 1,
): Promise<{ error: Error; saved: number[] }> {
  const saved: number[] = [];
  const save = async ({
    params,
    progress,
  }: {
    params: { a: ReturnType<typeof scalar> };
    progress: { step: number };
  }) => {
    expect(Number.isFinite((await params.a.data())[0])).toBe(true);
    saved.push(progress.step);
  };
  try {
    await train({ model: toy, batches: source, optimizer, updates: 6, seed: 1, save, saveEvery });
  } catch (error) {
    return { error: error as Error, saved };
  }
  throw new Error('it did not fail');
}

const small = sgd({ learningRate: 0.01 }) as Optimizer<never>;

describe('the guard', () => {
  it('stops before an update whose loss is NaN, names update and parameter, and keeps what was saved', async () => {
    const { error, saved } = await failure(spoiled(Number.NaN), small, 2);
    expect(DivergenceError.isInstance(error)).toBe(true);
    expect(error.message).toBe(
      "train: update 3: the loss is NaN, the gradient's norm NaN; the gradient of a is not finite. " +
        'Lower the learning rate or clip the gradient (clipByGlobalNorm); nothing was saved before.',
    );
    expect(saved).toEqual([]);
  });

  it('says when the last good state was saved', async () => {
    const { error, saved } = await failure(spoiled(Number.POSITIVE_INFINITY), small);
    expect(error.message).toContain('the state saved after update 1 is good.');
    expect(saved).toEqual([1]);
  });

  it('stops at a loss a thousand times the first', async () => {
    const { error } = await failure(spoiled(1e4), small);
    expect(error.message).toMatch(/^train: update 3: the loss is \d/);
    expect(error.message).toMatch(/the largest gradient is that of [ab] \(norm /);
  });

  it('catches parameters that an update made infinite at the next, and never saves them', async () => {
    const { error, saved } = await failure(
      batches(1),
      sgd({ learningRate: (step) => (step === 3 ? 1e39 : 0.01) }) as never,
    );
    expect(error.message).toMatch(
      /^train: update 5: the loss is (NaN|-?Infinity|\d.*); |; a has values that are not finite/,
    );
    expect(saved).toEqual([1, 2, 3]);
  });

  it('catches them after the last update', async () => {
    const { error, saved } = await failure(
      batches(1),
      sgd({ learningRate: (step) => (step === 5 ? 1e39 : 0.01) }) as never,
    );
    expect(error.message).toMatch(/^train: update 6: it made a infinite or NaN\./);
    expect(saved).toEqual([1, 2, 3, 4, 5]);
  });

  it('refuses held-out data that are not numbers', async () => {
    const validation: BatchSource<Sequences> = {
      batchesPerEpoch: 1,
      batch: () => ({ inputs: cube([[Number.NaN]]), targets: cube([[1]]) }),
    };
    const run = train({ model: toy, batches: batches(1), optimizer: small, updates: 2, seed: 1, validation });
    await expect(run).rejects.toThrow('train: evaluation after update 2: the loss is NaN');
  });

  it('leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const run = train({
      model: toy,
      batches: batches(1, { time: 50 }),
      optimizer: sgd({ learningRate: 1e6 }),
      updates: 6,
      seed: 1,
    });
    await expect(run).rejects.toThrow(DivergenceError);
    expect(memory().numTensors).toBe(before);
  });
});
