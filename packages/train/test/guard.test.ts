import type { BatchSource } from '@elman/core';
import { DivergenceError, type Optimizer } from '@elman/core';
import { chain, clipByGlobalNorm, sgd } from '@elman/optim';
import { memory, mul, scalar, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeTraining, train } from '../src/index.ts';
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
        'inputs of its batch is not finite: look at the data; nothing was saved before.',
    );
    expect(saved).toEqual([]);
  });

  it('says when the last good state was saved', async () => {
    const { error, saved } = await failure(spoiled(Number.POSITIVE_INFINITY), small);
    expect(error.message).toContain('the state saved after update 1 is good.');
    expect(saved).toEqual([1]);
  });

  /** The error of a run whose parameters diverge. */
  const runaway = (changes: object = {}) =>
    train({
      model: toy,
      batches: batches(1),
      optimizer: sgd({ learningRate: (step) => (step === 2 ? 200 : 0.01) }),
      updates: 6,
      seed: 1,
      ...changes,
    }).then(
      ({ state }) => {
        disposeTraining(state);
        return 'went on';
      },
      (error: Error) => error.message,
    );

  it('stops at a loss a thousand times that of untrained parameters', async () => {
    expect(await runaway()).toMatch(
      /^train: update 4: the loss is [\d.e+]+, .*; the largest gradient is that of [ab] \(norm [^)]*\)\. That is more than 1000 times the [\d.]+ of untrained parameters\. Lower the learning rate or clip the gradient \(clipByGlobalNorm\), or allow more \(divergenceFactor\); nothing was saved before\.$/,
    );
  });

  it('continues up to the given divergenceFactor', async () => {
    const optimizer = chain(clipByGlobalNorm(1), sgd({ learningRate: (step) => (step === 2 ? 20 : 0) }));
    expect(await runaway({ optimizer, divergenceFactor: 10 })).toContain('That is more than 10 times the ');
    expect(await runaway({ optimizer, divergenceFactor: 1e30 })).toBe('went on');
    expect(await runaway({ optimizer, divergenceFactor: Number.POSITIVE_INFINITY })).toBe('went on');
    for (const divergenceFactor of [1, -3, Number.NaN]) {
      expect(await runaway({ divergenceFactor })).toBe(
        `train: divergenceFactor: expected a number above 1, or Infinity, got ${divergenceFactor}.`,
      );
    }
  });

  it('continues if the data are larger, not the parameters', async () => {
    const source = batches(1);
    const growing: BatchSource<Sequences> = {
      batchesPerEpoch: 8,
      batch(epoch, index) {
        const by = index < 4 ? 1 : 1000;
        return tidy(() => {
          const { inputs, targets } = source.batch(epoch, index);
          return { inputs: mul(inputs, by), targets: mul(targets, by) };
        });
      },
    };
    const before = memory().numTensors;
    const losses: number[] = [];
    const { reason, state } = await train({
      model: toy,
      batches: growing,
      optimizer: chain(clipByGlobalNorm(1), sgd({ learningRate: 0.001 })),
      updates: 8,
      seed: 1,
      onUpdate: ({ loss }) => void losses.push(loss),
    });
    expect(reason).toBe('finished');
    expect((losses[4] as number) / (losses[3] as number)).toBeGreaterThan(1e4);
    expect(state.progress.firstLoss).toBeGreaterThan(1e4);
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });

  it('gives no advice that is already followed, and none about a cause that is not the update', async () => {
    const rate = (step: number) => (step === 2 ? 1e30 : 0.01);
    const clipped = chain(clipByGlobalNorm(1), sgd({ learningRate: rate }));
    expect(await runaway({ optimizer: clipped })).toContain(
      'Lower the learning rate or the limit of the clipping; nothing was saved before.',
    );
    const model = { ...toy, init: () => ({ a: scalar(Number.NaN), b: scalar(1) }) };
    expect(await runaway({ model })).toMatch(
      /^train: update 1: .* No update was made yet: look at the data, and at how the parameters are initialised; /,
    );
  });

  it('detects infinite parameters at the next update, and never saves them', async () => {
    const { error, saved } = await failure(
      batches(1),
      sgd({ learningRate: (step) => (step === 3 ? 1e39 : 0.01) }) as never,
    );
    expect(error.message).toMatch(
      /^train: update 5: the loss is (NaN|-?Infinity|\d.*); |; a has values that are not finite/,
    );
    expect(saved).toEqual([1, 2, 3]);
  });

  it('detects them after the last update', async () => {
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

  it('leaks no tensor', async () => {
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
