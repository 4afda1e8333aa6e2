import type { BatchSource } from '@elman/core';
import { DataError, DivergenceError, type Optimizer } from '@elman/core';
import { chain, clipByGlobalNorm, sgd } from '@elman/optim';
import {
  div,
  fill,
  memory,
  mul,
  ones,
  type Scalar,
  scalar,
  sum,
  type Tensor2D,
  tensor,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { damageOf } from '../src/damage.ts';
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
  it('stops before an update whose batch has NaN, names batch and row, and keeps what was saved', async () => {
    const { error, saved } = await failure(spoiled(Number.NaN), small, 2);
    expect(DataError.isInstance(error)).toBe(true);
    expect(error.message).toBe(
      'train: update 3: batch 2 of epoch 0, row 0, frame 0: inputs is NaN. Look at the data, or mask it; nothing was saved before.',
    );
    expect(saved).toEqual([]);
  });

  it.each(['inputs', 'targets', 'mask'] as const)('finds the number among others: in %s', async (name) => {
    const source: BatchSource<Sequences> = {
      batchesPerEpoch: 2,
      batch(epoch, index) {
        const batch = { ...batches(1, { batch: 3 }).batch(epoch, index), mask: ones([3, 6]) as Tensor2D };
        if (epoch === 0 || index === 0) return batch;
        const values = Float32Array.from(batch[name].dataSync());
        values[2 * 6 + 4] = Number.NEGATIVE_INFINITY;
        return { ...batch, [name]: tensor(values, batch[name].shape) };
      },
    };
    const { error } = await failure(source, small, 2);
    expect(error.message).toBe(
      `train: update 4: batch 1 of epoch 1, row 2, frame 4: ${name} is -Infinity. Look at the data, or mask it; ` +
        'the state saved after update 2 is good.',
    );
  });

  it('names a number that counts rather than one that is masked', async () => {
    const inputs = cube([[1, Number.NaN, 2, Number.NaN]]);
    const batch = { inputs, targets: inputs, mask: tensor2d([[1, 0, 1, 1]]) };
    expect(await damageOf(batch)).toBe('row 0, frame 3: inputs is NaN');
    expect(await damageOf({ ...batch, mask: tensor2d([[1, 0, 1, 0]]) })).toBe('row 0, frame 1: inputs is NaN');
    expect(await damageOf({ story: { inputs } })).toBe('row 0, frame 1: story.inputs is NaN');
    expect(await damageOf({ inputs: tensor2d([[1, 2]]), ids: tensor2d([[1]], [1, 1], 'int32'), note: null })).toBe(
      undefined,
    );
  });

  /** Batches of which these are masked, with a loss that is 0 there. */
  const masking = (batchesPerEpoch: number, isMasked: (index: number) => boolean): BatchSource<Sequences> => ({
    batchesPerEpoch,
    batch: (epoch, index) => ({
      ...batches(1).batch(epoch, index),
      mask: (isMasked(index) ? zeros([2, 6]) : ones([2, 6])) as Tensor2D,
    }),
  });
  const kind: typeof toy = {
    ...toy,
    loss(params, { mask = ones([2, 6]), ...batch }, state, options) {
      const found = toy.loss(params, batch, state, options);
      const count = sum<Scalar>(mask);
      return { ...found, loss: mul(found.loss, div(count, 12)), count };
    },
  };
  const run = (source: BatchSource<Sequences>, model = kind) =>
    train({ model, batches: source, optimizer: small, updates: 7, seed: 1 }).then(
      ({ reason, state }) => {
        disposeTraining(state);
        return reason;
      },
      (error: Error) => error.message,
    );

  it('refuses an epoch in which all targets are masked, not a batch', async () => {
    expect(await run(masking(3, (index) => index < 2))).toBe('finished');
    expect(await run(masking(3, () => true))).toBe(
      'train: update 3, epoch 0: all targets of 3 batches in a row are masked: there is nothing to learn; look at the mask.',
    );
    expect(await run(masking(1, () => true))).toContain('all targets of this batch are masked');
  });

  it('says so where a model divides by their number', async () => {
    expect(
      await run(
        masking(3, (index) => index === 1),
        toy,
      ),
    ).toBe(
      'train: update 2: batch 1 of epoch 0: all targets are masked, and loss or gradient are no numbers. Leave such batches out; nothing was saved before.',
    );
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
    await expect(run).rejects.toThrow(
      'evaluate: batch 0, row 0, frame 0: inputs is NaN; look at the data, or mask it.',
    );
  });

  it('stops at an evaluation whose loss is infinite', async () => {
    const far = batches(1);
    const validation: BatchSource<Sequences> = {
      batchesPerEpoch: 1,
      batch: () => ({ ...far.batch(0, 0), targets: fill([2, 6, 1], 1e30) }),
    };
    const run = train({ model: toy, batches: batches(1), optimizer: small, updates: 2, seed: 1, validation });
    await expect(run).rejects.toThrow(
      'train: evaluation after update 2: the loss is Infinity; lower the learning rate.',
    );
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
