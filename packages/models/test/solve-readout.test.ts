import { echoState, lstm } from '@elman/cells';
import { type Batch, type BatchSource, Rng, type Task, type Tree, tree } from '@elman/core';
import { layer, stack } from '@elman/rnn';
import { adding } from '@elman/tasks';
import { countTensors, expectTreesClose } from '@elman/testkit';
import { mul, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import fixture from '../fixtures/readout.json' with { type: 'json' };
import {
  type FrameWindow,
  framePredictor,
  languageModel,
  type ReaderParams,
  type RegressorBatch,
  regressor,
  solveReadout,
  taskModel,
} from '../src/index.ts';
import { leastSquares } from '../src/readout/least-squares.ts';

const of = <B>(...made: (() => B)[]): BatchSource<B> => ({
  batchesPerEpoch: made.length,
  batch: (_, index) => (made[index] as () => B)(),
});
const close = { relative: 1e-5, absolute: 0 };
const encoder = layer(echoState({ inputSize: 2, hiddenSize: 5, leak: 0.5 }));
const { parameters } = fixture;
const cell = {
  kernel: tensor2d(parameters.kernel),
  recurrentKernel: tensor2d(parameters.recurrentKernel),
  bias: tensor1d(parameters.bias),
};
const rows = (from = 0, to = 3) => ({
  inputs: tensor3d(fixture.inputs.slice(from, to)),
  mask: tensor2d(fixture.mask.slice(from, to)),
});
const perFrame = regressor({ encoder, outputSize: 2, of: 'frame' });
const framesOf = (from?: number, to?: number) => (): RegressorBatch => ({
  ...rows(from, to),
  targets: tensor3d(fixture.targets.slice(from, to)),
});
const started = (): ReaderParams => ({ ...perFrame.init(Rng.seeded(1)), encoder: cell });

describe('solveReadout', () => {
  it.each(fixture.ofFrames)('is numpy’s closed form with ridge $ridge and washout $washout', async (wanted) => {
    const { ridge, washout } = wanted;
    for (const batches of [of(framesOf()), of(framesOf(2, 3), framesOf(0, 2))]) {
      const { output } = await solveReadout({ model: perFrame, params: started(), batches, ridge, washout });
      await expectTreesClose(output, { kernel: tensor2d(wanted.kernel), bias: tensor1d(wanted.bias) }, close);
    }
  });

  it('is numpy’s closed form for targets of whole sequences', async () => {
    const model = regressor({ encoder, outputSize: 2 });
    const params = { ...model.init(Rng.seeded(1)), encoder: cell };
    const batch = () => ({ ...rows(), targets: tensor2d(fixture.targets.map(([first]) => first as number[])) });
    const { kernel, bias, ridge } = fixture.ofSequences;
    const { output } = await solveReadout({ model, params, batches: of(batch), ridge });
    await expectTreesClose(output, { kernel: tensor2d(kernel), bias: tensor1d(bias) }, close);
    await expect(solveReadout({ model, params, batches: of(batch), washout: 1 })).rejects.toThrow(
      'solveReadout: batch 0: washout: expected 0, as targets are of whole sequences, got 1.',
    );
  });

  it('gives the same for a sequence in windows as in one', async () => {
    for (const difference of [false, true]) {
      const model = framePredictor(echoState({ inputSize: 1, hiddenSize: 6 }), { difference });
      const params = model.init(Rng.seeded(3));
      const rng = Rng.seeded(4);
      const values = Array.from({ length: 31 }, () => rng.normal());
      const part = (from: number, to: number) => tensor3d(values.slice(from, to), [1, to - from, 1]);
      const window = (from: number, to: number, others: Partial<FrameWindow> = {}) => ({
        inputs: part(from, to),
        targets: part(from + 1, to + 1),
        fresh: from === 0,
        ...others,
      });
      const given = { model, params, washout: 7, ridge: 1e-3 };
      const whole = await solveReadout({ ...given, batches: of(() => window(0, 30)) });
      const parts = of(
        () => window(0, 5),
        () => window(5, 15, { carry: 6 }),
        () => window(11, 30, { counted: 4 }),
      );
      await expectTreesClose(await solveReadout({ ...given, batches: parts }), whole, { relative: 1e-5 });
    }
  });

  it('has the least squared error of a task, in any cell', async () => {
    const task = adding() as Task;
    const model = taskModel(stack([lstm({ inputSize: task.inputSize, hiddenSize: 4 })]), task);
    const batch = (): Batch => task.sample(Rng.seeded(1), Array(40).fill(task.easiest));
    const params = model.init(Rng.seeded(1));
    const given = { model, params, batches: of(batch), ridge: 0 };
    const solved = await solveReadout(given);
    const lossOf = async (of: typeof params) => (await model.loss(of, batch(), model.initialState(40)).loss.data())[0];
    const least = (await lossOf(solved)) as number;
    for (const by of [0.99, 1.01]) {
      const output = tree.map(solved.output, (leaf) => mul(leaf, by));
      expect(await lossOf({ ...solved, output })).toBeGreaterThan(least);
    }
  });

  it('leaks no tensor and gives fresh parameters', async () => {
    const params = started();
    let solved: ReaderParams | undefined;
    const count = await countTensors(async () => {
      solved = await solveReadout({ model: perFrame, params, batches: of(framesOf(), framesOf()) });
    });
    expect(count).toBe(tree.leaves(solved as unknown as Tree).length);
    tree.dispose(solved as unknown as Tree);
    expect(cell.kernel.isDisposed).toBe(false);
    const before = countTensors(() =>
      solveReadout({ model: perFrame, params, batches: of(framesOf()), ridge: -1 }).catch(() => undefined),
    );
    expect(await before).toBe(0);
  });

  it('refuses what cannot be solved, in one line', async () => {
    const given = { model: perFrame, params: started(), batches: of(framesOf()) };
    const fails = (others: object) => expect(solveReadout({ ...given, ...others })).rejects;
    await fails({ ridge: Number.NaN }).toThrow('solveReadout: ridge: expected a number from 0, got NaN.');
    await fails({ washout: 0.5 }).toThrow('solveReadout: washout: expected a whole number of frames from 0, got 0.5.');
    await fails({ washout: 10 }).toThrow(
      'solveReadout: batches: no target counts; give more data, another mask or less washout.',
    );
    await fails({ ridge: 0, washout: 8 }).toThrow(
      'solveReadout: ridge: with 0 the matrix of 2 rows is not positive definite; raise ridge, or give more data.',
    );
    await fails({ model: languageModel(lstm({ inputSize: 2, hiddenSize: 3 }), { vocabSize: 4 }) }).toThrow(
      'solveReadout: model: expected a model with numbers as targets: a regressor, a framePredictor or a taskModel, got the model languageModel.',
    );
    await fails({ batches: { ...given.batches, batchesPerEpoch: Number.POSITIVE_INFINITY } }).toThrow(
      'solveReadout: batches: they have no end (batchesPerEpoch Infinity); give a part of them.',
    );
    const damaged = framesOf()();
    const values = await damaged.targets.data();
    const targets = (at: number) =>
      tensor3d(
        values.map((value, i) => (i === at ? Number.NaN : value)),
        [3, 10, 2],
      );
    await fails({ batches: of(() => ({ ...rows(), targets: targets(3) })) }).toThrow(
      'solveReadout: batch 0: targets: expected finite numbers, got NaN in row 0, frame 1; look at the data, or mask it.',
    );
    await solveReadout({ ...given, batches: of(() => ({ ...rows(), targets: targets(59) })) });
    await fails({ batches: of(() => ({ ...rows(), targets: tensor2d([[1]]) })) }).toThrow(
      /^regressor: targets: expected/,
    );
    const { encoder: other } = regressor({
      encoder: layer(echoState({ inputSize: 2, hiddenSize: 4 })),
      outputSize: 2,
    }).init(Rng.seeded(1));
    await fails({ params: { ...started(), encoder: other } }).toThrow(/^solveReadout: params: encoder/);
    const aborted = AbortSignal.abort(new Error('enough'));
    await fails({ signal: aborted }).toThrow('enough');
  });

  it('refuses tasks whose targets are no numbers', async () => {
    const task = { ...adding(), name: 'reverse', targets: 'ids' } as Task;
    const model = taskModel(echoState({ inputSize: task.inputSize, hiddenSize: 4 }), task);
    const batches = of(() => task.sample(Rng.seeded(1), [task.easiest]));
    await expect(solveReadout({ model, params: model.init(Rng.seeded(1)), batches })).rejects.toThrow(
      'taskModel: readout: expected a task whose targets are numbers, got reverse with ids; train it.',
    );
  });
});

describe('leastSquares', () => {
  it('recovers a linear map, whatever the number of rows in a call', () => {
    const [size, outputSize, count] = [7, 3, 50];
    const rng = Rng.seeded(5);
    const kernel = Float64Array.from({ length: size * outputSize }, () => rng.integer(9) - 4);
    const inputs = Float32Array.from({ length: count * size }, () => rng.integer(9) - 4);
    const targets = Float32Array.from({ length: count * outputSize }, (_, i) => {
      const [row, column] = [Math.floor(i / outputSize), i % outputSize];
      let sum = column + 1;
      for (let k = 0; k < size; k++)
        sum += (inputs[row * size + k] as number) * (kernel[k * outputSize + column] as number);
      return sum;
    });
    for (const part of [1, 3, 4, 50]) {
      const equations = leastSquares(size, outputSize);
      const all = Array.from({ length: count }, (_, row) => row);
      for (let at = 0; at < count; at += part) equations.add(inputs, targets, all.slice(at, at + part));
      const found = equations.solve(0);
      expect(Array.from(found?.kernel ?? [])).toEqual(Array.from(kernel, (weight) => expect.closeTo(weight, 10)));
      expect(Array.from(found?.bias ?? [])).toEqual([1, 2, 3].map((value) => expect.closeTo(value, 10)));
    }
  });

  it('has no solution for a column that is the sum of two others, but for ridge', () => {
    const equations = leastSquares(3, 1);
    const rng = Rng.seeded(6);
    const rows = Array.from({ length: 20 }, () => [rng.normal(), rng.normal()] as const);
    const inputs = Float32Array.from(rows.flatMap(([a, b]) => [a, b, Math.fround(Math.fround(a) + Math.fround(b))]));
    equations.add(
      inputs,
      new Float32Array(20).fill(1),
      Array.from({ length: 20 }, (_, row) => row),
    );
    expect(equations.solve(0)).toBeUndefined();
    expect(equations.solve(1e-6)?.bias[0]).toBeCloseTo(1, 5);
  });
});
