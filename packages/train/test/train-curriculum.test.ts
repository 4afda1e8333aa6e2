import { memoryStorage } from '@elman/checkpoint';
import { type BatchSource, type Difficulty, DivergenceError, type Json, OptionError, Rng, tree } from '@elman/core';
import { adam, chain, clipByGlobalNorm, type Plateau, plateau } from '@elman/optim';
import { dispose, memory, mul, type Tensor3D, type TensorContainer } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  bptt,
  type Curriculum,
  combinedCurriculum,
  disposeTraining,
  type EvaluationEvent,
  evaluate,
  loadTraining,
  mixedCurriculum,
  naiveCurriculum,
  noCurriculum,
  type Progress,
  saveTraining,
  selfPacedCurriculum,
  type TrainingState,
  train,
} from '../src/index.ts';
import { graded, measuredToy, type Params, type Sequences, toy } from './toy.ts';

const target = { length: 5, nesting: 2 };
const range = { easiest: { length: 1, nesting: 1 }, target };
const UPDATES = 14;

/** A person's own: twice as long after every evaluation, and each row up to that. */
const doubling: Curriculum<number> = {
  name: 'doubling',
  start: () => 1,
  draw: (length, rng) => ({ length: 1 + rng.integer(length), nesting: 1 }),
  level: (length) => ({ length, nesting: 1 }),
  advance: (length) => Math.min(2 * length, 5),
};

/** A fresh one each time, as in another process. */
const curricula: { readonly [name: string]: () => Curriculum } = {
  none: () => noCurriculum(target),
  naive: () => naiveCurriculum({ ...range, patience: 1, threshold: 0.5 }),
  mixed: () => mixedCurriculum(range),
  combined: () => combinedCurriculum({ ...range, patience: 1, threshold: 0.5, mixed: 0.5 }),
  selfPaced: () => selfPacedCurriculum({ ...range, accuracy: 0.1 }),
  doubling: () => doubling,
};

const fresh = (curriculum?: Curriculum) => ({
  model: measuredToy,
  batches: graded(1, target),
  validation: graded(2, target),
  optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.05 })),
  plateau: plateau({ factor: 0.5, patience: 0, threshold: 0.2 }),
  evaluateEvery: 2,
  updates: UPDATES,
  seed: 7,
  curriculum,
});

async function bits({ params, best, progress }: TrainingState<Params>): Promise<unknown> {
  const values = async (x: Params): Promise<number[]> => [...(await x.a.data()), ...(await x.b.data())];
  return { params: await values(params), best: best && (await values(best)), progress };
}

/** Runs to the end, stopping after each of these steps, saving, and going on in fresh objects. */
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
    it(`stops anywhere and resumes without a bit of difference: ${name}`, async () => {
      const before = memory().numTensors;
      const alone = await inPieces(make, []);
      const rng = Rng.seeded('stops').fork(name);
      const stops = [1 + rng.integer(6), 7 + rng.integer(6)];
      expect(await inPieces(make, stops)).toEqual(alone);
      expect(memory().numTensors).toBe(before);
    });
  }

  it('makes up for an evaluation that was interrupted at its level', async () => {
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

  it('draws rows of its level and tells where it stands', async () => {
    const drawn: string[] = [];
    const levels: string[] = [];
    const evaluations: EvaluationEvent[] = [];
    const short = ({ length, nesting }: Difficulty): string => `${length},${nesting}`;
    const options = fresh(selfPacedCurriculum({ ...range, accuracy: 0, rows: 'last' }));
    const { state } = await train({
      ...options,
      batches: graded(1, target, (rows) => void drawn.push([...new Set(rows.map(short))].join())),
      evaluateEvery: 2,
      updates: 7,
      onUpdate: ({ difficulty }) => void levels.push(short(difficulty as Difficulty)),
      onEvaluation: (event) => void evaluations.push(event),
    });
    const trace = ['1,1', '1,1', '2,1', '2,1', '3,1', '3,1', '4,1'];
    expect(levels).toEqual(trace);
    expect(drawn).toEqual([trace[0], ...trace]); // the first is looked at for its size
    expect(evaluations.map(({ step, level, difficulty }) => [step, level?.difficulty, difficulty])).toEqual([
      [2, { length: 1, nesting: 1 }, { length: 2, nesting: 1 }],
      [4, { length: 2, nesting: 1 }, { length: 3, nesting: 1 }],
      [6, { length: 3, nesting: 1 }, { length: 4, nesting: 1 }],
      [7, undefined, { length: 4, nesting: 1 }], // not due, only the last: it moves nothing, so that more updates may follow
    ]);
    expect(evaluations[0]?.metrics?.accuracy).toBeGreaterThan(0);
    expect(evaluations[0]?.level?.loss).toBeLessThan(evaluations[0]?.loss as number);
    expect(state.progress.curriculum).toEqual({ name: 'selfPaced', state: { rung: 3 } });
    disposeTraining(state);
  });

  it('goes on to more updates as if it had been told so at first', async () => {
    const make = curricula.naive as () => Curriculum;
    const all = await train({ ...fresh(make()), plateau: undefined });
    const some = await train({ ...fresh(make()), plateau: undefined, updates: 7 });
    const rest = await train({ ...fresh(make()), plateau: undefined, resume: some.state });
    const levelsOf = ({ evaluations }: Progress) => evaluations.filter(({ step }) => step !== 7);
    expect(levelsOf(rest.state.progress)).toEqual(all.state.progress.evaluations);
    expect(rest.state.progress.curriculum).toEqual(all.state.progress.curriculum);
    for (const { state } of [all, some, rest]) disposeTraining(state);
  });

  it('judges the best, the plateau and early stopping at the target alone', async () => {
    const seen: number[] = [];
    const usual = plateau();
    const watched: Plateau = {
      ...usual,
      observe(now, loss) {
        seen.push(loss);
        return usual.observe(now, loss);
      },
    };
    const { state } = await train({ ...fresh(curricula.naive?.()), plateau: watched });
    const losses = state.progress.evaluations.map(({ loss }) => loss);
    expect(seen).toEqual(losses);
    expect((await evaluate(measuredToy, state.params, graded(2, target))).loss).toBe(losses.at(-1));
    expect(state.progress.best?.loss).toBe(Math.min(...losses));
    disposeTraining(state);
  });

  it('is not evaluated at its level when it is settled', async () => {
    for (const name of ['none', 'mixed']) {
      let asked = 0;
      const count: BatchSource<Sequences> = graded(2, target, () => void asked++);
      const { state } = await train({ ...fresh(curricula[name]?.()), validation: count });
      expect(asked).toBe(7 * 2);
      expect(state.progress.evaluations.some(({ level }) => level !== undefined)).toBe(false);
      disposeTraining(state);
    }
    const settled = await train({
      ...fresh(noCurriculum(target)),
      validation: undefined,
      evaluateEvery: undefined,
      plateau: undefined,
    });
    const plain = await train({ ...fresh(), validation: undefined, evaluateEvery: undefined, plateau: undefined });
    const values = async ({ params }: { params: Params }) => [...(await params.a.data()), ...(await params.b.data())];
    expect(await values(settled)).toEqual(await values(plain));
    for (const { state } of [settled, plain]) disposeTraining(state);
  });

  it('reaches the target, and with it the parameters that made the rows', async () => {
    const levels: Difficulty[] = [];
    const { params, state } = await train({
      ...fresh(selfPacedCurriculum({ easiest: { length: 1 }, target: { length: 5 }, accuracy: 0.8 })),
      batches: graded(1, { length: 5 }),
      validation: graded(2, { length: 5 }),
      plateau: undefined,
      updates: 60,
      onUpdate: ({ difficulty }) => void levels.push(difficulty as Difficulty),
    });
    const lengths = levels.map(({ length }) => length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect([lengths[0], lengths.at(-1)]).toEqual([1, 5]);
    expect((await params.a.data())[0]).toBeCloseTo(0.5, 1);
    expect((await params.b.data())[0]).toBeCloseTo(2, 0);
    disposeTraining(state);
  });
});

describe('a saved run', () => {
  it('without a curriculum, of an older release say, goes on with one from its start', async () => {
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

  it('has a state of JSON, even where a curriculum gives something else', async () => {
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
});

describe('a curriculum that cannot be', () => {
  it('is refused where nothing would move it', async () => {
    const run = train({ ...fresh(curricula.naive?.()), evaluateEvery: undefined });
    await expect(run).rejects.toThrow(OptionError);
    await expect(run).rejects.toThrow(
      'train: curriculum: naive advances by evaluations; give `validation` and `evaluateEvery` too.',
    );
  });

  it('leaves nothing behind when it throws, or when its level gives no number', async () => {
    const before = memory().numTensors;
    await expect(train({ ...fresh(selfPacedCurriculum(range)), model: toy })).rejects.toThrow(
      'selfPacedCurriculum: the model measures no accuracy',
    );
    const whole = graded(2, target);
    const spoiled: BatchSource<Sequences> = {
      ...whole,
      batch(epoch, index, draw) {
        const batch = whole.batch(epoch, index, draw);
        if (draw === undefined) return batch;
        const inputs = mul<Tensor3D>(batch.inputs, Number.NaN);
        tree.dispose(batch.inputs);
        return { ...batch, inputs };
      },
    };
    const run = train({ ...fresh(curricula.naive?.()), validation: spoiled });
    await expect(run).rejects.toThrow(DivergenceError);
    await expect(run).rejects.toThrow('train: evaluation after update 2: the loss is NaN');
    expect(memory().numTensors).toBe(before);
  });
});

describe('bptt', () => {
  it('hands the draw on to the batches that it cuts', () => {
    const seen: Difficulty[] = [];
    const windows = bptt(
      graded(1, target, (rows) => void seen.push(...rows)),
      { windowLength: 4 },
    );
    dispose(windows.batch(0, 1, () => ({ length: 2, nesting: 1 })) as TensorContainer);
    expect(seen.slice(-3)).toEqual(Array.from({ length: 3 }, () => ({ length: 2, nesting: 1 })));
  });
});
