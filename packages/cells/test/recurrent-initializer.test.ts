import { type Cell, Rng, type Tree } from '@elman/core';
import { uniform } from '@elman/nn';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { eye, matMul, mul, ones, split, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  gru,
  jordan,
  lstm,
  peepholeLstm,
  type RecurrentInitializerOptions,
  resetBeforeGru,
  simpleRnn,
} from '../src/index.ts';

type Recurrent = { readonly recurrentKernel: Tensor2D; readonly kernel: Tensor2D };
type Options = RecurrentInitializerOptions & { readonly inputSize: number; readonly hiddenSize: number };
type Made = Cell<Recurrent, Tree>;

/** Each cell with the number of its gates. */
const cells: [name: string, make: (options: Options) => Made, blocks: number][] = [
  ['simpleRnn', (options) => simpleRnn(options) as Made, 1],
  ['jordan', (options) => jordan(options) as Made, 1],
  ['lstm', (options) => lstm(options) as Made, 4],
  ['peepholeLstm', (options) => peepholeLstm(options) as unknown as Made, 4],
  ['gru', (options) => gru(options) as Made, 3],
  ['resetBeforeGru', (options) => resetBeforeGru(options) as Made, 3],
];
const sizes = { inputSize: 3, hiddenSize: 8 };
const exactly = { relative: 0, absolute: 0 };

describe.each(cells)('%s', (_, make, blocks) => {
  const start = (options: RecurrentInitializerOptions): Recurrent =>
    make({ ...sizes, ...options }).init(Rng.seeded(1)) as Recurrent;

  it('is uniform by default, with the numbers of its seed', async () => {
    const kernel = uniform(Rng.seeded(1).fork('recurrentKernel'), [8, 8 * blocks], 1 / Math.sqrt(8));
    await expectTreesClose(start({}).recurrentKernel, kernel, exactly);
    await expectTreesClose(start({ recurrentInitializer: 'uniform' }).recurrentKernel, kernel, exactly);
  });

  it('orthogonal: each gate has an orthogonal matrix of its own, times the scale', async () => {
    for (const recurrentScale of [1, 0.5]) {
      const { recurrentKernel } = start({ recurrentInitializer: 'orthogonal', recurrentScale });
      const matrices = split(recurrentKernel, blocks, 1) as Tensor2D[];
      const wanted = mul(eye(8), recurrentScale ** 2);
      for (const matrix of matrices) {
        await expectTreesClose(matMul(matrix, matrix, true, false), wanted, { relative: 0, absolute: 1e-6 });
      }
      const first = await Promise.all(matrices.map(async (matrix) => (await matrix.data())[0]));
      expect(new Set(first).size).toBe(blocks);
    }
  });

  it('identity: each gate has the identity, times the scale', async () => {
    for (const recurrentScale of [1, 0.5]) {
      const { recurrentKernel } = start({ recurrentInitializer: 'identity', recurrentScale });
      for (const matrix of split(recurrentKernel, blocks, 1)) {
        await expectTreesClose(matrix, mul(eye(8), recurrentScale), exactly);
      }
    }
  });

  it('leaves the other parameters as they are', async () => {
    const { recurrentKernel: _kernel, ...others } = start({ recurrentInitializer: 'orthogonal' });
    const { recurrentKernel: _default, ...wanted } = start({});
    await expectTreesClose(others as Tree, wanted as Tree, exactly);
  });

  it('is in the recipe only where it was given', () => {
    const [without] = make(sizes).recipe?.arguments ?? [];
    expect(without).not.toHaveProperty('recurrentInitializer');
    expect(without).not.toHaveProperty('recurrentScale');
    const given = { recurrentInitializer: 'identity', recurrentScale: 0.5 } as const;
    expect(make({ ...sizes, ...given }).recipe?.arguments).toEqual([{ ...(without as object), ...given }]);
  });

  it('refuses what it does not have', () => {
    expect(() => make({ ...sizes, recurrentInitializer: 'zeros' as never })).toThrow(
      /: recurrentInitializer: expected uniform, orthogonal or identity, got zeros\./,
    );
    expect(() => make({ ...sizes, recurrentScale: 0.5 })).toThrow(/: recurrentScale: expected none with .* got 0\.5;/);
    const scaled = { ...sizes, recurrentInitializer: 'identity', recurrentScale: Number.NaN } as const;
    expect(() => make(scaled)).toThrow(/: recurrentScale: expected a finite number, got NaN\./);
  });
});

it('an output narrower than the hidden layer of jordan is recurrent by orthonormal rows', async () => {
  const cell = jordan({ inputSize: 3, hiddenSize: 5, outputSize: 2, recurrentInitializer: 'orthogonal' });
  const { recurrentKernel } = cell.init(Rng.seeded(1));
  await expectTreesClose(matMul(recurrentKernel, recurrentKernel, false, true), eye(2), {
    relative: 0,
    absolute: 1e-6,
  });
});

it('an IRNN starts as a sum of its inputs', async () => {
  const cell = simpleRnn({ inputSize: 2, hiddenSize: 2, activation: 'relu', recurrentInitializer: 'identity' });
  const params = { ...cell.init(Rng.seeded(1)), kernel: eye(2), bias: zeros([2]) as never };
  const { state } = unroll(cell, params, ones([1, 50, 2]));
  await expectTreesClose(state.h, mul(ones([1, 2]), 50), exactly);
});
