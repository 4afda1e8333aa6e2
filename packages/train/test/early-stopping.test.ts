import type { BatchSource } from '@elman/core';
import { tree } from '@elman/core';
import { plateau, sgd } from '@elman/optim';
import { cast, gather, memory, neg, type Scalar, scalar, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeTraining, type Trainable, train } from '../src/index.ts';

/** A parameter that counts the updates (times their scale), and held-out losses read from a script at that count. */
type Script = { readonly script: Tensor1D };
const counter: Trainable<{ readonly n: Scalar }, Record<string, never>, Script> = {
  init: () => ({ n: scalar(0) }),
  initialState: () => ({}),
  batchSize: () => 1,
  loss: ({ n }, { script }) =>
    tree.tidy(() => ({
      loss: script.size === 1 ? neg(n) : gather<Scalar>(script as never, cast(n, 'int32')),
      count: scalar(1),
      state: {},
    })),
};
const source = (script: number[]): BatchSource<Script> => ({
  batchesPerEpoch: 1,
  batch: () => ({ script: tensor1d(script) }),
});
const base = (script: number[]) => ({
  model: counter,
  batches: source([0]),
  optimizer: sgd({ learningRate: 1 }),
  seed: 1,
  updates: script.length - 1,
  validation: source(script),
  evaluateEvery: 1,
});

describe('early stopping', () => {
  it('stops after the given number of evaluations without a new lowest loss, and returns the best parameters', async () => {
    const before = memory().numTensors;
    const { reason, params, state } = await train({
      ...base([9, 5, 4, 4.5, 3, 3, 3.5, 3, 1, 1]),
      earlyStopping: { patience: 3 },
    });
    expect(reason).toBe('stopped');
    expect((await params.n.data())[0]).toBe(4);
    expect((await state.params.n.data())[0]).toBe(7);
    expect(state.progress.best).toEqual({ step: 4, loss: 3 });
    expect(state.progress.withoutImprovement).toBe(3);
    expect(state.progress.evaluations.map(({ loss }) => loss)).toEqual([5, 4, 4.5, 3, 3, 3.5, 3]);
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });

  it('runs to the end while the loss improves', async () => {
    const { reason, params, state } = await train({ ...base([9, 5, 4, 3, 2]), earlyStopping: { patience: 1 } });
    expect(reason).toBe('finished');
    expect((await params.n.data())[0]).toBe(4);
    disposeTraining(state);
  });
});

describe('plateau', () => {
  it('scales the updates after an evaluation that is not better', async () => {
    const scales: number[] = [];
    const { params, state } = await train({
      ...base([9, 5, 5, 5, 1, 1]),
      plateau: plateau({ factor: 0.5, patience: 0 }),
      onUpdate: ({ scale }) => void scales.push(scale),
    });
    // n: 1 (5, first), 2 (5, plateau), 2.5 → script[2] = 5 (plateau), 2.75 (plateau), 2.875 …
    expect(scales).toEqual([1, 1, 0.5, 0.25, 0.125]);
    expect((await params.n.data())[0]).toBe(2.875);
    disposeTraining(state);
  });
});
