import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { type CompiledForm, explain, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { getBackend, type Rank, slice, tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  elmanJordan,
  jordan,
  lstm,
  type OutputState,
  simpleRnn,
  teacherForced,
  withPreviousTargets,
} from '../../src/index.ts';

const sizes = { inputSize: 3, hiddenSize: 4, outputSize: 2 };
const normal = (seed: number, shape: number[]) => Rng.seeded(seed).tensor(shape, (r) => r.normal());
const inputs = normal(1, [2, 7, 3]) as Sequence;
type Fed = Cell<Tree, OutputState>;
const cells = [jordan(sizes), elmanJordan(sizes)] as unknown as Fed[];

const randomOf = <P extends Tree>(cell: Cell<P, Tree>): P =>
  tree.map(cell.init(Rng.seeded(2)), (leaf, path) => Rng.seeded(path).tensor(leaf.shape, (r) => r.normal()));

it.each(cells)('a teacher-forced $name equals its loop where targets are its outputs', async (cell) => {
  const params = randomOf(cell);
  const state = tree.map(cell.initialState(2), (leaf, path) => normal(path.length, leaf.shape));
  const mask = tensor2d([
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 0, 0, 0],
  ]);
  const loop = unroll(cell, params, inputs, { state, mask });
  const given = withPreviousTargets(inputs, loop.outputs, state.y);
  await expectTreesClose(unroll(teacherForced(cell), params, given, { state, mask }) as Tree, loop as Tree);
});

it.each(cells)('a teacher-forced $name does not read its own output', async (cell) => {
  const params = randomOf(cell);
  const given = normal(3, [2, 1, 5]) as Sequence;
  const outputsOf = (y: number[]) =>
    unroll(teacherForced(cell), params, given, {
      state: { ...cell.initialState(2), y: tensor2d([y, y]) } as OutputState,
    }).outputs;
  await expectTreesClose(outputsOf([5, 7]), outputsOf([0, 0]), { relative: 0, absolute: 0 });
});

it.runIf(['cpu', 'wasm'].includes(getBackend()))(
  'all products of a teacher-forced jordan are for all frames at once',
  () => {
    const inLoops = (cell: unknown): number => {
      const { forward, backward } = explain(cell as Fed, { batchSize: 2, time: 7 }).compiled as CompiledForm;
      const loops = [...forward, ...backward].filter(({ when }) => when === 'loop over frames');
      return loops.reduce((total, { products }) => total + products.length, 0);
    };
    expect(inLoops(jordan(sizes))).toBe(4);
    expect(inLoops(teacherForced(jordan(sizes)))).toBe(0);
    expect(inLoops(teacherForced(elmanJordan(sizes)))).toBe(2);
  },
);

it('targets are those of the frame before', async () => {
  const targets = tensor3d([
    [[1], [2], [3]],
    [[4], [5], [6]],
  ]);
  const of = (first?: ReturnType<typeof tensor2d>): number[][][] =>
    slice(withPreviousTargets(zeros([2, 3, 2]), targets, first), [0, 0, 2]).arraySync() as number[][][];
  expect(of()).toEqual([
    [[0], [1], [2]],
    [[0], [4], [5]],
  ]);
  expect(of(tensor2d([[8], [9]]))).toEqual([
    [[8], [1], [2]],
    [[9], [4], [5]],
  ]);
});

it('refuses a cell that is not recurrent through an output y', () => {
  expect(() => teacherForced(sizes as never)).toThrow(
    'teacherForced: expected a cell, jordan({ … }) say, got something else.',
  );
  const cell = lstm({ inputSize: 3, hiddenSize: 2 });
  const forced = teacherForced(cell as never) as unknown as typeof cell;
  expect(() => forced.step(cell.init(Rng.seeded(1)), cell.initialState(1), zeros([1, 5]))).toThrow(
    'teacherForced(lstm): expected a cell whose state has its previous output y, got one without.',
  );
});

it('elmanJordan without recurrence of its hidden layer is jordan, without that of its output simpleRnn', async () => {
  const cell = elmanJordan(sizes);
  const { feedbackKernel, recurrentKernel, ...params } = randomOf(cell);
  const outputsOf = <P extends Tree, S extends Tree>(of: Cell<P, S>, at: P): Tree => unroll(of, at, inputs).outputs;
  const noHidden = { ...params, feedbackKernel, recurrentKernel: zeros<Rank.R2>([4, 4]) };
  await expectTreesClose(
    outputsOf(cell, noHidden),
    outputsOf(jordan(sizes), { ...params, recurrentKernel: feedbackKernel }),
  );
  const noOutput = { ...params, recurrentKernel, feedbackKernel: zeros<Rank.R2>([2, 4]) };
  const { kernel, bias } = params;
  const hidden = unroll(simpleRnn({ inputSize: 3, hiddenSize: 4 }), { kernel, bias, recurrentKernel }, inputs).state;
  await expectTreesClose(unroll(cell, noOutput, inputs).state.h, hidden.h);
});

it('elmanJordan by hand', async () => {
  // x = 1, h = 2, y = 3: h' = tanh(1 + 2/2 − 3·2/3 + ln 2) = 3/5, y' = 3/5·5 − 1
  const params = {
    kernel: tensor2d([[1]]),
    recurrentKernel: tensor2d([[1 / 2]]),
    feedbackKernel: tensor2d([[-2 / 3]]),
    bias: tensor1d([Math.LN2]),
    outputKernel: tensor2d([[5]]),
    outputBias: tensor1d([-1]),
  };
  const cell = elmanJordan({ inputSize: 1, hiddenSize: 1 });
  const state = { h: tensor2d([[2]]), y: tensor2d([[3]]) };
  const found = cell.step(params, state, tensor2d([[1]]));
  await expectTreesClose(found as Tree, {
    output: tensor2d([[2]]),
    state: { h: tensor2d([[3 / 5]]), y: tensor2d([[2]]) },
  });
});
