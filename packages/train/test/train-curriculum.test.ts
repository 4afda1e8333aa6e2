import { type BatchSource, DataError, type Difficulty, OptionError, tree } from '@elman/core';
import { type Plateau, plateau } from '@elman/optim';
import { dispose, memory, mul, type Tensor3D, type TensorContainer } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  bptt,
  disposeTraining,
  type EvaluationEvent,
  evaluate,
  noCurriculum,
  selfPacedCurriculum,
  train,
} from '../src/index.ts';
import { curricula, fresh, range, target } from './curricula.ts';
import { graded, measuredToy, type Params, type Sequences, toy } from './toy.ts';

describe('a run with a curriculum', () => {
  it('draws rows of its level and reports it', async () => {
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
    expect(drawn).toEqual([trace[0], ...trace]); // the first is read for its size
    expect(evaluations.map(({ step, level, difficulty }) => [step, level?.difficulty, difficulty])).toEqual([
      [2, { length: 1, nesting: 1 }, { length: 2, nesting: 1 }],
      [4, { length: 2, nesting: 1 }, { length: 3, nesting: 1 }],
      [6, { length: 3, nesting: 1 }, { length: 4, nesting: 1 }],
      [7, undefined, { length: 4, nesting: 1 }], // not due, only the last: it does not advance, so that more updates may follow
    ]);
    expect(evaluations[0]?.metrics?.accuracy).toBeGreaterThan(0);
    expect(evaluations[0]?.level?.loss).toBeLessThan(evaluations[0]?.loss as number);
    expect(state.progress.curriculum).toEqual({ name: 'selfPaced', state: { rung: 3 } });
    disposeTraining(state);
  });

  it('decides the best, the plateau and early stopping at the target alone', async () => {
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
      expect(asked).toBe(5 * 2);
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

  it('reaches the target, and the parameters that generated the rows', async () => {
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

describe('an invalid curriculum', () => {
  it('is refused without evaluations that advance it', async () => {
    const run = train({ ...fresh(curricula.naive?.()), evaluateEvery: undefined });
    await expect(run).rejects.toThrow(OptionError);
    await expect(run).rejects.toThrow(
      'train: curriculum: naive advances by evaluations; give `validation` and `evaluateEvery` too.',
    );
  });

  it('leaks no tensor when it throws, or when the loss at its level is NaN', async () => {
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
    await expect(run).rejects.toThrow(DataError);
    await expect(run).rejects.toThrow('evaluate: batch 0, row 0, frame 0: inputs is NaN');
    expect(memory().numTensors).toBe(before);
  });
});

describe('bptt', () => {
  it('passes the draw on to the batches that it cuts', () => {
    const seen: Difficulty[] = [];
    const windows = bptt(
      graded(1, target, (rows) => void seen.push(...rows)),
      { windowLength: 4 },
    );
    dispose(windows.batch(0, 1, () => ({ length: 2, nesting: 1 })) as TensorContainer);
    expect(seen.slice(-3)).toEqual(Array.from({ length: 3 }, () => ({ length: 2, nesting: 1 })));
  });
});
