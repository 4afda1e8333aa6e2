import { memoryStorage } from '@elman/checkpoint';
import { OptionError, Rng } from '@elman/core';
import { adam, chain, clipByGlobalNorm, sgd } from '@elman/optim';
import { expectTreesClose } from '@elman/testkit';
import { memory, mul, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  bptt,
  disposeTraining,
  evaluate,
  loadTraining,
  type TrainOptions,
  train,
  type UpdateEvent,
} from '../src/index.ts';
import { batches, toy } from './toy.ts';

const base = () => ({
  model: toy,
  batches: batches(1),
  optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.05 })),
  updates: 10,
  seed: 7,
});

async function losses(changes: Partial<TrainOptions<never, never, never, never>> = {}): Promise<number[]> {
  const seen: number[] = [];
  const { state } = await train({ ...base(), ...(changes as object), onUpdate: ({ loss }) => void seen.push(loss) });
  disposeTraining(state);
  return seen;
}

describe('train', () => {
  it('finds the parameters that generated the targets', async () => {
    const { reason, params, state } = await train({ ...base(), optimizer: sgd({ learningRate: 0.1 }), updates: 60 });
    expect(reason).toBe('finished');
    expect((await params.a.data())[0]).toBeCloseTo(0.5, 1);
    expect((await params.b.data())[0]).toBeCloseTo(2, 0);
    disposeTraining(state);
  });

  it('gives the same curve for the same seed, another for another', async () => {
    const first = await losses();
    expect(first).toHaveLength(10);
    expect(await losses()).toEqual(first);
    expect(await losses({ seed: 8 })).not.toEqual(first);
  });

  it('has a constant number of tensors from update to update, and keeps only its result', async () => {
    const before = memory().numTensors;
    const counts = new Set<number>();
    const { state } = await train({
      ...base(),
      batches: bptt(batches(1, { time: 5 }), { windowLength: 2 }),
      updates: 200,
      onUpdate: () => void counts.add(memory().numTensors),
    });
    expect(counts.size).toBe(1);
    disposeTraining(state);
    expect(memory().numTensors).toBe(before);
  });

  it('reports updates, evaluations and saves in order', async () => {
    const told: string[] = [];
    const { state } = await train({
      ...base(),
      updates: 5,
      validation: batches(2),
      evaluateEvery: 2,
      saveEvery: 2,
      save: ({ progress }) => void told.push(`save ${progress.step}`),
      onSave: ({ step }) => void told.push(`saved ${step}`),
      onUpdate: ({ step, updates, epoch }) => void told.push(`update ${step}/${updates} of epoch ${epoch}`),
      onEvaluation: ({ step, count, improved }) => void told.push(`evaluation ${step} over ${count} ${improved}`),
    });
    expect(told).toEqual([
      'update 1/5 of epoch 0',
      'update 2/5 of epoch 0',
      'evaluation 2 over 36 true',
      'save 2',
      'saved 2',
      'update 3/5 of epoch 0',
      'update 4/5 of epoch 1',
      'evaluation 4 over 36 true',
      'save 4',
      'saved 4',
      'update 5/5 of epoch 1',
      'evaluation 5 over 36 true',
      'save 5',
      'saved 5',
    ]);
    disposeTraining(state);
  });

  it('evaluates schedules at the step', async () => {
    const asked: number[] = [];
    const sampling: number[] = [];
    const schedule = (step: number): number => {
      asked.push(step);
      return 0.01;
    };
    const model = {
      ...toy,
      loss: (...[params, batch, state, options]: Parameters<typeof toy.loss>) => {
        sampling.push(options.sampling ?? -1);
        return toy.loss(params, batch, state, options);
      },
    };
    const optimizer = sgd({ learningRate: schedule });
    const { state } = await train({ ...base(), model, optimizer, updates: 3, sampling: (step) => step / 10 });
    expect([...new Set(asked)]).toEqual([0, 1, 2]);
    expect(sampling).toEqual([0, 0.1, 0.2]);
    disposeTraining(state);
  });

  it('asks for the model of each update, and evaluates the given one', async () => {
    const half: typeof toy = {
      ...toy,
      loss: (...given: Parameters<typeof toy.loss>) => {
        const { loss, ...others } = toy.loss(...given);
        return { ...others, loss: tidy(() => mul(loss, 0.5)) };
      },
    };
    const asked: number[] = [];
    const evaluations: number[] = [];
    const modelAt = (step: number): typeof toy => {
      asked.push(step);
      return step < 4 ? toy : half;
    };
    const options = { ...base(), optimizer: sgd({ learningRate: 0.1 }), validation: batches(2) };
    const whole = await train({ ...options, modelAt, onEvaluation: ({ loss }) => void evaluations.push(loss) });
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { loss } = await evaluate(toy, whole.params, batches(2));
    expect(evaluations).toEqual([loss]);
    // The same in stages.
    const first = await train({ ...options, updates: 4 });
    const second = await train({ ...options, model: half, resume: first.state });
    await expectTreesClose(whole.params, second.params, { relative: 0, absolute: 0 });
    for (const { state } of [whole, first, second]) disposeTraining(state);
    await expect(train({ ...base(), modelAt: (step) => [toy][step] as typeof toy })).rejects.toThrow(
      'train: modelAt(1): expected a model that can be trained, such as languageModel(cell, tokenizer), got undefined.',
    );
    await expect(train({ ...base(), modelAt: toy as never })).rejects.toThrow('train: modelAt: expected a function');
  });

  it('yields to the event loop: a timer can stop an endless run', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 120);
    const { reason, state } = await train({ ...base(), updates: 1e9, signal: stop.signal });
    expect(reason).toBe('aborted');
    expect(state.progress.step).toBeGreaterThan(0);
    disposeTraining(state);
  });

  it('leaks no tensor when a callback throws', async () => {
    const before = memory().numTensors;
    const onUpdate = (): void => {
      throw new Error('no room on the device');
    };
    await expect(train({ ...base(), onUpdate })).rejects.toThrow('no room on the device');
    await expect(train({ ...base(), save: onUpdate, saveEvery: 3 })).rejects.toThrow('no room on the device');
    expect(memory().numTensors).toBe(before);
  });

  it('refuses a batch that continues one with another number of rows', async () => {
    const before = memory().numTensors;
    const sizes = [2, 3];
    const source: ReturnType<typeof batches> = {
      batchesPerEpoch: 2,
      batch: (epoch, index) => ({
        ...batches(1, { batch: sizes[index] as number }).batch(epoch, index),
        fresh: index === 0,
      }),
    };
    await expect(train({ ...base(), batches: source })).rejects.toThrow(
      'train: a batch of 3 rows continues one of 2; give batches of equally many rows, or let each start from the initial state.',
    );
    expect(memory().numTensors).toBe(before);
  });

  it('counts its updates in epochs, also where it resumes', async () => {
    const steps: string[] = [];
    const onUpdate = ({ step, updates, epoch }: UpdateEvent) => void steps.push(`${step}/${updates} ${epoch}`);
    const options = { ...base(), updates: undefined, onUpdate };
    const first = await train({ ...options, epochs: 1 });
    const second = await train({ ...options, epochs: 2, resume: first.state });
    expect(steps).toEqual(['1/3 0', '2/3 0', '3/3 0', '4/6 1', '5/6 1', '6/6 1']);
    for (const { state } of [first, second]) disposeTraining(state);
  });

  it('refuses an endless run', async () => {
    const endless = { ...batches(1), batchesPerEpoch: Number.POSITIVE_INFINITY };
    const refused: [object, string][] = [
      [
        { updates: undefined },
        'train: updates, epochs: expected one of them, which says how long the run is, got neither.',
      ],
      [{ epochs: 2 }, 'train: updates, epochs: expected one of them, which says how long the run is, got both.'],
      [{ updates: Number.NaN }, 'train: updates: expected a positive whole number, got NaN.'],
      [{ updates: null }, 'train: updates: expected a positive whole number, got null.'],
      [{ updates: Number.POSITIVE_INFINITY }, 'train: updates: expected a positive whole number, got Infinity.'],
      [{ updates: undefined, epochs: 0.5 }, 'train: epochs: expected a positive whole number, got 0.5.'],
      [
        { updates: undefined, epochs: 1, batches: endless },
        'train: epochs: these batches have no end (batchesPerEpoch Infinity); give updates.',
      ],
      [
        { validation: batches(2), earlyStopping: {} },
        'train: patience: expected a positive whole number, got undefined.',
      ],
    ];
    for (const [changes, message] of refused) {
      await expect(train({ ...base(), ...(changes as object) })).rejects.toThrow(new OptionError(message));
    }
  });

  it('refuses parts of the wrong type, in one line', async () => {
    const cell = { name: 'gru', init: () => ({}), initialState: () => ({}), step: () => ({}) };
    const model = 'train: model: expected a model that can be trained, such as languageModel(cell, tokenizer), got ';
    const optimizer = 'train: optimizer: expected an optimizer, such as adam(), got ';
    const source = 'expected a source of batches, such as padded(examples, { batchSize: 32 }), got ';
    const slips: [object, string][] = [
      [{ model: cell }, `${model}the cell gru.`],
      [{ model: undefined }, `${model}undefined.`],
      [{ optimizer: adam }, `${optimizer}the function adam: call it.`],
      [{ optimizer: 'adam' }, `${optimizer}adam.`],
      [{ batches: [1, 2] }, `train: batches: ${source}a list.`],
      [{ batches: Promise.resolve(batches(1)) }, `train: batches: ${source}a promise: wait for it with await.`],
      [{ validation: { inputs: 1 } }, `train: validation: ${source}an object with inputs.`],
      [
        { batches: { ...batches(1), batchesPerEpoch: 0 } },
        'train: batches: expected a number of batches an epoch (batchesPerEpoch), got 0.',
      ],
      [{ resume: Promise.resolve() }, 'train: resume: got a promise: wait for it with await.'],
      [{ seed: undefined }, 'train: seed: expected a whole number or a text, got undefined.'],
    ];
    for (const [changes, message] of slips) {
      await expect(train({ ...base(), ...(changes as object) })).rejects.toThrow(new OptionError(message));
    }
    const params = Promise.resolve(toy.init(Rng.seeded(1)));
    await expect(evaluate(toy, params as never, batches(1))).rejects.toThrow(
      'evaluate: params: got a promise: wait for it with await.',
    );
    await expect(evaluate(cell as never, {} as never, batches(1))).rejects.toThrow(
      /^evaluate: model: .* got the cell gru\.$/,
    );
    await expect(loadTraining(memoryStorage(), { model: toy, optimizer: adam as never })).rejects.toThrow(
      /^loadTraining: optimizer: .* got the function adam: call it\.$/,
    );
  });

  it('refuses inconsistent options', async () => {
    const refused = async (changes: object, message: string): Promise<void> => {
      const run = train({ ...base(), ...changes });
      await expect(run).rejects.toThrow(OptionError);
      await expect(run).rejects.toThrow(message);
    };
    await refused({ updates: 0 }, 'train: updates: expected a positive whole number, got 0.');
    await refused({ evaluateEvery: 2 }, 'train: evaluateEvery: needs held-out batches; give `validation` too.');
    await refused({ saveEvery: 2 }, 'train: saveEvery: needs a way to save; give `save` too.');
  });
});
