import type { BatchSource } from '@elman/core';
import { Rng, type Sequence, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { countTensors, describeCell, expectTreesClose } from '@elman/testkit';
import {
  add,
  concat,
  mul,
  slice,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/normalised.json' with { type: 'json' };
import { type BatchNormLstmParams, batchNormLstm, batchNormStatistics } from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4 };
const options = { importPackage: () => import('../../src/index.ts') };
const reason = 'statistics are those of the batch';

describe('batch-normalised cells', () => {
  describeCell('batchNormLstm', () => batchNormLstm(sizes), { ...options, notCompiled: reason, rowsInteract: reason });
  describeCell('batchNormLstm by statistics of the population', () => batchNormLstm({ ...sizes, frames: 2 }), options);
});

const rng = Rng.seeded(3);
const draw = (label: string, ...shape: number[]): Sequence =>
  rng.fork(label).tensor(shape, (r) => r.normal()) as Sequence;
const of = (...made: (() => Tensor3D)[]): BatchSource<{ inputs: Tensor3D }> => ({
  batchesPerEpoch: made.length,
  batch: (_, index) => ({ inputs: (made[index] as () => Tensor3D)() }),
});

describe('batchNormLstm', () => {
  it('depends on no scale of its kernels and no offset of its input', async () => {
    const cell = batchNormLstm({ inputSize: 1, hiddenSize: 2, epsilon: 1e-12 });
    const params = cell.init(rng);
    const scaled = {
      ...params,
      kernel: mul<Tensor2D>(params.kernel, 50),
      recurrentKernel: mul<Tensor2D>(params.recurrentKernel, 0.1),
    };
    const x = draw('x', 8, 1) as unknown as Tensor2D;
    const start = { h: draw('h', 8, 2) as unknown as Tensor2D, c: draw('c', 8, 2) as unknown as Tensor2D };
    const { output } = cell.step(params, start, x);
    await expectTreesClose(cell.step(scaled, start, add(x, 7)).output, output, { relative: 1e-4 });
  });

  // c' = c where f is open and i shut: the output is tanh(gain∘norm(c))/2 with the output gate at 1/2.
  it('reads the normalised memory', async () => {
    const cell = batchNormLstm({ inputSize: 1, hiddenSize: 1, epsilon: 1e-12 });
    const params = {
      kernel: zeros([1, 4]),
      recurrentKernel: zeros([1, 4]),
      bias: tensor([-100, 100, 0, 0]),
      inputGain: zeros([4]),
      recurrentGain: zeros([4]),
      cellNorm: { gain: tensor([Math.LN2]), bias: tensor([0]) },
    } as unknown as BatchNormLstmParams;
    const { output, state } = cell.step(params, { h: zeros([2, 1]), c: tensor2d([[3], [7]]) }, zeros([2, 1]));
    await expectTreesClose(output, tensor2d([[-0.3], [0.3]]));
    await expectTreesClose(state.c, tensor2d([[3], [7]]));
  });

  it('refuses one row in training, in one line', () => {
    const cell = batchNormLstm(sizes);
    expect(() => cell.step(cell.init(rng), cell.initialState(1), zeros([1, 3]))).toThrow(
      'batchNormLstm: input: expected 2 rows or more, whose statistics it takes, got 1; measure those of all with batchNormStatistics, and make the cell with frames.',
    );
    expect(() => batchNormLstm({ ...sizes, frames: 0 })).toThrow('batchNormLstm: frames:');
  });

  it('counts the frames of each row by itself, and keeps the last statistics', async () => {
    const cell = batchNormLstm({ ...sizes, frames: 2 });
    const params = tree.map(cell.init(rng), (leaf, path) =>
      path.endsWith('mean') ? (draw(path, ...leaf.shape) as never) : leaf,
    );
    const inputs = draw('rows', 1, 5, 3);
    const late = concat([zeros([1, 3, 3]), inputs], 1) as Sequence;
    const mask = tensor2d([[0, 0, 0, 1, 1, 1, 1, 1]]);
    const [whole, held] = [unroll(cell, params, inputs), unroll(cell, params, late, { mask })];
    await expectTreesClose(held.state, whole.state, { relative: 1e-6 });
    await expectTreesClose(whole.state.frame, tensor2d([[5]]));
  });
});

describe('batchNormStatistics', () => {
  const { parameters, batches, statistics } = fixture.measured;
  const params = tree.fromEntries(
    batchNormLstm(sizes).init(rng),
    Object.entries(parameters).map(([path, values]) => [path, tensor(values as number[])]),
  );
  const given = () => of(...batches.map((inputs) => () => tensor3d(inputs)));

  it('are those that PyTorch measures in float64, beside the parameters', async () => {
    const measured = await batchNormStatistics({ ...sizes, frames: 5 }, params, given());
    for (const part of ['input', 'recurrent', 'cell'] as const) {
      for (const moment of ['mean', 'variance'] as const) {
        const found = measured.statistics[part][moment];
        await expectTreesClose(found, tensor2d(statistics[part][moment]), { relative: 1e-5, absolute: 1e-6 });
      }
    }
    const { statistics: _, ...others } = measured;
    await expectTreesClose(others, params, { relative: 0, absolute: 0 });
  });

  it('make rows of their own what they are in a large batch', async () => {
    const inputs = draw('many', 512, 6, 3);
    const start = batchNormLstm(sizes).init(rng);
    const { outputs } = unroll(batchNormLstm(sizes), start, inputs);
    const measured = await batchNormStatistics(
      { ...sizes, frames: 6 },
      start,
      of(() => mul(inputs, 1)),
    );
    const cell = batchNormLstm({ ...sizes, frames: 6 });
    const alone = unroll(cell, measured, slice(inputs, [5, 0, 0], [1, -1, -1])).outputs;
    await expectTreesClose(alone, slice(outputs, [5, 0, 0], [1, -1, -1]), { relative: 0.01, absolute: 0.001 });
  });

  it('leaks no tensor and refuses wrong batches in one line', async () => {
    let measured: Awaited<ReturnType<typeof batchNormStatistics>> | undefined;
    const made = await countTensors(async () => {
      measured = await batchNormStatistics({ ...sizes, frames: 5 }, params, given());
    });
    expect(made).toBe(tree.leaves(measured as never).length);
    const fails = (source: BatchSource<{ inputs: Tensor3D }>) =>
      expect(batchNormStatistics({ ...sizes, frames: 5 }, params, source)).rejects;
    await expect(batchNormStatistics({ ...sizes, frames: 0 }, params, given())).rejects.toThrow(
      'batchNormStatistics: frames: expected',
    );
    await expect(batchNormStatistics({ ...sizes, hiddenSize: 5, frames: 2 }, params, given())).rejects.toThrow(
      'batchNormStatistics: params: bias: expected [20], got [16]',
    );
    await fails(of()).toThrow('batchNormStatistics: batches: expected one frame or more, got none; give more data.');
    await fails(of(() => zeros([1, 2, 3]))).toThrow(
      'batchNormStatistics: batch 0: expected 2 rows or more, got 1; give larger batches.',
    );
    await fails(of(() => zeros([2, 2, 4]))).toThrow('batchNormStatistics: inputs: expected');
    await fails({ ...given(), batchesPerEpoch: Number.POSITIVE_INFINITY }).toThrow(
      'batchNormStatistics: batches: they have no end; give a part of them.',
    );
  });
});
