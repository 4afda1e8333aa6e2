import { memoryStorage } from '@elman/checkpoint';
import { type BatchSource, type Json, Rng } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  type Curriculum,
  disposeTraining,
  loadTraining,
  type Progress,
  saveTraining,
  type TrainingState,
  train,
} from '../src/index.ts';
import { bits, curricula, doubling, fresh, target, UPDATES } from './curricula.ts';
import type { Params, Sequences } from './toy.ts';

/** Runs to the end, stopping after each of these steps, saving, and resuming in new objects. */
async function inPieces(make: () => Curriculum, stops: readonly number[]) {
  const storage = memoryStorage();
  const told: unknown[] = [];
  for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
    const controller = new AbortController();
    const options = fresh(make());
    const resume = told.length > 0 ? await loadTraining(storage, options) : undefined;
    const { state } = await train({
      ...options,
      resume,
      signal: controller.signal,
      save: (now) => saveTraining(storage, now),
      onUpdate({ loss, step, difficulty }) {
        told.push([loss, difficulty]);
        if (step === stop) controller.abort();
      },
      onEvaluation: (event) => void told.push(event),
    });
    if (resume !== undefined) disposeTraining(resume);
    const end = await bits(state as TrainingState<Params>);
    disposeTraining(state);
    if (stop > UPDATES) return { told, end };
  }
  throw new Error('unreachable');
}

describe('a run with a curriculum', () => {
  for (const [name, make] of Object.entries(curricula)) {
    it(`stops anywhere and resumes with bit-identical results: ${name}`, async () => {
      const before = memory().numTensors;
      const alone = await inPieces(make, []);
      const rng = Rng.seeded('stops').fork(name);
      const stops = [1 + rng.integer(4), 5 + rng.integer(5)];
      expect(await inPieces(make, stops)).toEqual(alone);
      expect(memory().numTensors).toBe(before);
    });
  }

  it('repeats an evaluation that was interrupted at its level', async () => {
    const make = curricula.naive as () => Curriculum;
    const alone = await inPieces(make, []);
    const storage = memoryStorage();
    const controller = new AbortController();
    const options = fresh(make());
    const validation: BatchSource<Sequences> = {
      ...options.validation,
      batch(epoch, index, draw) {
        if (draw !== undefined) controller.abort();
        return options.validation.batch(epoch, index, draw);
      },
    };
    const save = (now: TrainingState) => saveTraining(storage, now);
    const first = await train({ ...options, validation, signal: controller.signal, save });
    expect([first.reason, first.state.progress.step, first.state.progress.evaluations]).toEqual(['aborted', 2, []]);
    expect(first.state.progress.curriculum?.state).toEqual(make().start());
    const resume = await loadTraining(storage, fresh(make()));
    const second = await train({ ...fresh(make()), resume });
    expect(await bits(second.state as TrainingState<Params>)).toEqual(alone.end);
    for (const state of [first.state, resume, second.state]) disposeTraining(state);
  });

  it('continues to more updates as if they had been given at first', async () => {
    const make = curricula.naive as () => Curriculum;
    const all = await train({ ...fresh(make()), plateau: undefined });
    const some = await train({ ...fresh(make()), plateau: undefined, updates: 5 });
    const rest = await train({ ...fresh(make()), plateau: undefined, resume: some.state });
    const levelsOf = ({ evaluations }: Progress) => evaluations.filter(({ step }) => step !== 5);
    expect(levelsOf(rest.state.progress)).toEqual(all.state.progress.evaluations);
    expect(rest.state.progress.curriculum).toEqual(all.state.progress.curriculum);
    for (const { state } of [all, some, rest]) disposeTraining(state);
  });
});

describe('a saved run', () => {
  it('without a curriculum, of an older release say, resumes with one from its start', async () => {
    const storage = memoryStorage();
    const first = await train({ ...fresh(), updates: 3 });
    expect('curriculum' in first.state.progress).toBe(false);
    await saveTraining(storage, first.state);
    const resume = await loadTraining(storage, fresh());
    const levels: unknown[] = [];
    const second = await train({
      ...fresh(curricula.doubling?.()),
      resume,
      updates: 5,
      onUpdate: ({ difficulty }) => void levels.push(difficulty),
    });
    expect(levels).toEqual([
      { length: 1, nesting: 1 },
      { length: 2, nesting: 1 },
    ]);
    for (const state of [first.state, resume, second.state]) disposeTraining(state);
  });

  it('is refused with another curriculum, or with none', async () => {
    const { state } = await train({ ...fresh(curricula.naive?.()), updates: 2 });
    await expect(train({ ...fresh(curricula.mixed?.()), resume: state })).rejects.toThrow(
      'train: curriculum: the run to resume has the curriculum naive, got mixed; give the same.',
    );
    await expect(train({ ...fresh(), resume: state })).rejects.toThrow(
      'train: curriculum: the run to resume has the curriculum naive, got none; give the same.',
    );
    disposeTraining(state);
  });

  it('has a state of JSON, even if that of the curriculum is not', async () => {
    const odd: Curriculum = {
      ...doubling,
      start: () => 1,
      advance: () => ({ a: 1, b: undefined }) as unknown as Json,
      draw: () => target,
    };
    const { state } = await train({ ...fresh({ ...odd, level: () => target }), updates: 2 });
    expect(Object.keys(state.progress.curriculum?.state as object)).toEqual(['a']);
    disposeTraining(state);
  });

  it.each<[string, Json, string]>([
    ['naive', null, 'expected an object, got null'],
    ['naive', { rung: '1', losses: [] }, 'rung: expected a whole number from 0, got "1"'],
    ['naive', { rung: 1, losses: {} }, 'losses: expected a list, got an object'],
    ['combined', { rung: 0, losses: [null] }, 'losses.0: expected a number, got null'],
    ['mixed', {}, 'expected one of null, got an object'],
  ])('refuses to resume %s from the state %j', async (name, damaged, problem) => {
    const options = fresh((curricula[name] as () => Curriculum)());
    const { state } = await train({ ...options, updates: 1 });
    const progress = { ...state.progress, curriculum: { ...state.progress.curriculum, state: damaged } } as Progress;
    await expect(train({ ...options, resume: { ...state, progress } })).rejects.toThrow(
      `train: curriculum: state: ${problem}; use an earlier checkpoint.`,
    );
    disposeTraining(state);
  });
});
