import { memoryStorage } from '@elman/checkpoint';
import { Rng } from '@elman/core';
import { adam, chain, clipByGlobalNorm, plateau } from '@elman/optim';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bptt, disposeTraining, loadTraining, saveTraining, type TrainingResult, train } from '../src/index.ts';
import { batches, type Params, type State, toy } from './toy.ts';

const UPDATES = 14;

/** Everything newly made, as in another process. */
function fresh() {
  return {
    model: toy,
    batches: bptt(batches(1, { time: 7 }), { windowLength: 3, overlap: 1 }),
    optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.05 })),
    validation: batches(2),
    evaluateEvery: 3,
    plateau: plateau({ factor: 0.5, patience: 0, threshold: 0.2 }),
    updates: UPDATES,
    seed: 7,
  };
}

type Result = TrainingResult<Params, State, never>;

async function fingerprint({ state }: Pick<Result, 'state'>): Promise<unknown> {
  const bits = async (x: Params): Promise<number[]> => [...(await x.a.data()), ...(await x.b.data())];
  const { params, best, progress } = state;
  return { params: await bits(params), best: best && (await bits(best)), progress };
}

/** Runs to the end, stopping after each of these steps, saving, and resuming in new objects. */
async function inPieces(stops: readonly number[]): Promise<{ losses: number[]; end: unknown }> {
  const storage = memoryStorage();
  const losses: number[] = [];
  for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
    const controller = new AbortController();
    const options = fresh();
    const resume = losses.length > 0 ? await loadTraining(storage, options) : undefined;
    const { reason, state } = await train({
      ...options,
      resume,
      signal: controller.signal,
      saveEvery: 4,
      save: (now) => saveTraining(storage, now),
      onUpdate({ loss, step }) {
        losses.push(loss);
        if (step === stop) controller.abort();
      },
    });
    expect(reason).toBe(stop < UPDATES ? 'aborted' : 'finished');
    if (resume !== undefined) disposeTraining(resume);
    const end = await fingerprint({ state } as never);
    disposeTraining(state);
    if (stop > UPDATES) return { losses, end };
  }
  throw new Error('unreachable');
}

describe('a run that stops and resumes', () => {
  it('gives the same losses, parameters and evaluations, bit for bit, as an uninterrupted one', async () => {
    const before = memory().numTensors;
    const alone = await inPieces([]);
    expect(alone.losses).toHaveLength(UPDATES);
    const rng = Rng.seeded('stops');
    for (let i = 0; i < 3; i++) {
      const stops = [rng.integer(UPDATES - 1) + 1, rng.integer(UPDATES - 1) + 1].sort((a, b) => a - b);
      const pieces = await inPieces([...new Set(stops)]);
      expect(pieces).toEqual(alone);
    }
    expect(memory().numTensors).toBe(before);
  });

  it('repeats an evaluation that was interrupted', async () => {
    const alone = await inPieces([]);
    const storage = memoryStorage();
    const controller = new AbortController();
    const options = fresh();
    const validation = {
      ...options.validation,
      batch(epoch: number, index: number) {
        if (index === 1) controller.abort();
        return options.validation.batch(epoch, index);
      },
    };
    const save = (now: Result['state']) => saveTraining(storage, now);
    const first = await train({ ...options, validation, signal: controller.signal, save: save as never });
    expect([first.reason, first.state.progress.step, first.state.progress.evaluations]).toEqual(['aborted', 3, []]);
    const resume = await loadTraining(storage, fresh());
    const second = await train({ ...fresh(), resume });
    expect(await fingerprint(second as never)).toEqual(alone.end);
    for (const state of [first.state, resume, second.state]) disposeTraining(state);
  });

  it('refuses another seed, and makes no update when all are made', async () => {
    const done = await train(fresh());
    await expect(train({ ...fresh(), seed: 8, resume: done.state })).rejects.toThrow(
      'train: seed: the run to resume has the seed 7, got 8; give the same.',
    );
    const again = await train({ ...fresh(), resume: done.state });
    expect(again.reason).toBe('finished');
    expect(await fingerprint(again as never)).toEqual(await fingerprint(done as never));
    disposeTraining(done.state);
    disposeTraining(again.state);
  });
});
