import { type Cell, DataError, OptionError, Rng, type Sequence, ShapeError, tree, valueAndGrad } from '@elman/core';
import {
  cast,
  concat,
  gather,
  getBackend,
  memory,
  mul,
  reshape,
  type Scalar,
  slice,
  sum,
  type Tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { lengthsToMask, unroll } from '../src/index.ts';
import { gated, type Params, plain, type State, type TestCell } from './cells.ts';
import { expectGradient, expectSameTree, total } from './differences.ts';

const rng = Rng.seeded('unroll');
const normal = (label: string, shape: number[]): Tensor => rng.fork(label).tensor(shape, (r) => r.normal());
const inputs = normal('inputs', [4, 5, 2]) as Sequence;
const lengths = [3, 0, 1, 5];
const mask = lengthsToMask(lengths, 5);
const row = (x: Tensor, b: number): Tensor =>
  slice(x, [b, ...Array<number>(x.rank - 1).fill(0)], [1, ...x.shape.slice(1)]);

/** NaN in the padding. */
function poisoned(x: Sequence): Sequence {
  const real = reshape(cast(mask, 'bool'), [4, 5, 1]);
  return where(real, x, mul(zerosLike(x), Number.NaN)) as Sequence;
}

const cells: { cell: TestCell; kind: string }[] = [
  { cell: gated(2, 3), kind: 'with scan' },
  { cell: plain(2, 3), kind: 'with only a step' },
];

describe.each(cells)('unroll of a cell $kind', ({ cell }) => {
  const params = cell.init(rng.fork('params'));
  const state: State = { h: normal('h', [4, 3]) as never, c: normal('c', [4, 3]) as never };

  /** Every row alone, cut to its length. */
  function rowByRow(p: Params, reverse: boolean): { outputs: Sequence; state: State } {
    const rows = lengths.map((length, b) => {
      const own = tree.map(state, (leaf) => row(leaf, b));
      if (length === 0) return { outputs: zeros([1, 5, 3]) as Sequence, state: own };
      const cut = slice(row(inputs, b), [0, 0, 0], [1, length, 2]) as Sequence;
      const run = unroll(cell, p, cut, { state: own, reverse });
      return {
        outputs: length === 5 ? run.outputs : concat([run.outputs, zeros([1, 5 - length, 3])], 1),
        state: run.state,
      };
    });
    return {
      outputs: concat(
        rows.map((r) => r.outputs as Tensor),
        0,
      ) as Sequence,
      state: tree.zipAll(
        rows.map((r) => r.state),
        (leaves) => concat([...leaves], 0),
      ),
    };
  }

  it.each([false, true])(
    'agrees with rows run alone at their lengths, NaN in the padding, reverse %s',
    async (reverse) => {
      const got = unroll(cell, params, poisoned(inputs), { state, mask, reverse });
      await expectSameTree(got, rowByRow(params, reverse));
    },
  );

  it.each([false, true])('has their gradients, NaN in the padding, reverse %s', async (reverse) => {
    const weights = normal('weights', [4, 5, 3]);
    const loss = ({ outputs, state: last }: { outputs: Sequence; state: State }): { loss: Scalar; aux: [] } => ({
      loss: total(mul(outputs, weights), mul(last.c, 0.3), last.h),
      aux: [],
    });
    const bad = poisoned(inputs);
    const got = valueAndGrad((p) => loss(unroll(cell, p, bad, { state, mask, reverse })), params);
    const wanted = valueAndGrad((p) => loss(rowByRow(p, reverse)), params);
    await expectSameTree(got.grads, wanted.grads);
  });

  it('gives no gradient to padding', async () => {
    const x = poisoned(inputs);
    const { grads } = valueAndGrad(
      (p) => ({ loss: sum(unroll(cell, params, p.x, { mask }).outputs) as Scalar, aux: [] }),
      { x },
    );
    const values = (await grads.x.array()) as number[][][];
    values.forEach((r, b) => {
      r.forEach((frame, t) => {
        for (const value of frame) expect(t < (lengths[b] as number) ? value !== 0 : value === 0).toBe(true);
      });
    });
  });

  it('has a gradient that agrees with finite differences w.r.t. parameters, inputs and initial state', async () => {
    const x = slice(inputs, [0, 0, 0], [2, 3, 2]);
    const start = tree.map(state, (leaf) => slice(leaf, [0, 0], [2, 3]));
    const few = tensor2d([
      [1, 1, 0],
      [1, 1, 1],
    ]);
    const weights = normal('weights', [2, 3, 3]);
    await expectGradient((p) => sum(mul(unroll(cell, p.params, p.x, { state: p.start, mask: few }).outputs, weights)), {
      params,
      x,
      start,
    });
  });

  it.each([
    { batch: 1, time: 1 },
    { batch: 1, time: 4 },
    { batch: 3, time: 1 },
  ])('runs over $batch × $time', async ({ batch, time }) => {
    const x = slice(inputs, [0, 0, 0], [batch, time, 2]);
    const { outputs, state: last } = unroll(cell, params, x);
    expect(outputs.shape).toEqual([batch, time, 3]);
    await expectSameTree(last.h, reshape(slice(outputs, [0, time - 1, 0], [batch, 1, 3]), [batch, 3]));
  });

  it('in two windows is the same as in one', async () => {
    const whole = unroll(cell, params, inputs, { state });
    const first = unroll(cell, params, slice(inputs, [0, 0, 0], [4, 2, 2]), { state });
    const second = unroll(cell, params, slice(inputs, [0, 2, 0], [4, 3, 2]), { state: first.state });
    await expectSameTree(
      { y: concat([first.outputs, second.outputs], 1), s: second.state },
      { y: whole.outputs, s: whole.state },
    );
  });

  it('accepts masks of any dtype, and one with gaps', async () => {
    const holes = tensor2d([[1, 0, 1, 0, 1]]);
    const x = row(inputs, 0) as Sequence;
    const got = unroll(cell, params, x, { mask: holes });
    const wanted = unroll(cell, params, gather(x, tensor1d([0, 2, 4], 'int32'), 1));
    await expectSameTree(got.state, wanted.state);
    for (const dtype of ['int32', 'bool'] as const) {
      await expectSameTree(unroll(cell, params, x, { mask: cast(holes, dtype) }), got);
    }
  });

  it('keeps only its outputs and state, and does not dispose of its arguments', () => {
    const before = memory().numTensors;
    for (let i = 0; i < 3; i++) {
      const result = unroll(cell, params, inputs, { state, mask });
      expect(memory().numTensors).toBe(before + 3);
      tree.dispose(result);
    }
    for (const leaf of tree.leaves([params, state, inputs, mask])) expect(leaf.isDisposed).toBe(false);
  });

  it('refuses inputs that do not match, by name', () => {
    const refused: [() => unknown, string][] = [
      [
        () => unroll(cell, params, zeros([4, 2]) as never),
        `${cell.name}: inputs: expected [batch, time, inputSize=2], got [4, 2].`,
      ],
      [
        () => unroll(cell, params, zeros([4, 5, 3])),
        `${cell.name}: inputs: expected [batch, time, inputSize=2], got [4, 5, 3].`,
      ],
      [() => unroll(cell, params, zeros([0, 5, 2])), `${cell.name}: inputs: expected one row or more, got [0, 5, 2].`],
      [
        () => unroll(cell, params, zeros([4, 0, 2])),
        `${cell.name}: inputs: expected one frame or more, got [4, 0, 2].`,
      ],
      [
        () => unroll(cell, params, inputs, { mask: zeros([4, 4]) }),
        `${cell.name}: mask: expected [batch=4, time=5], got [4, 4].`,
      ],
    ];
    for (const [call, message] of refused) expect(call).toThrow(new ShapeError(message));
  });
});

it.runIf(['cpu', 'wasm'].includes(getBackend()))('refuses a mask with other numbers than 0 and 1', () => {
  const given = tensor2d([[1, Number.NaN]]);
  for (const { cell } of cells) {
    const call = (): unknown => unroll(cell, cell.init(rng), zeros([1, 2, 2]), { mask: given });
    expect(call).toThrow(
      new DataError(`${cell.name}: mask: expected 0 or 1, got NaN at [0, 1]; 1 is for what is real.`),
    );
  }
});

it('gives the step at frame t the noise of frame t, in either direction', async () => {
  const heard: number[] = [];
  const listening: Cell<[], [Tensor]> = {
    name: 'listening',
    inputSize: 1,
    outputSize: 1,
    init: () => [],
    initialState: () => [zeros([1, 1])],
    step: (_params, [s], input, _context, noise) => {
      heard.push((noise as Rng).bits());
      return { output: input.clone(), state: [s.clone()] };
    },
  };
  const x = tensor3d([[[1], [2], [3]]]);
  const noise = Rng.seeded('noise');
  const wanted = [0, 1, 2].map((t) => noise.frame(t).bits());
  unroll(listening, [], x, { rng: noise });
  unroll(listening, [], x, { rng: noise, reverse: true });
  expect(heard).toEqual([...wanted, ...wanted.toReversed()]);
});

describe('lengthsToMask', () => {
  it('is 1 for the first frames of each row', async () => {
    expect(await lengthsToMask([2, 0, 3], 3).array()).toEqual([
      [1, 1, 0],
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(await lengthsToMask(Int32Array.of(1), 2).array()).toEqual([[1, 0]]);
  });

  it.each([4, -1, 1.5, Number.NaN])('refuses %d', (length) => {
    expect(() => lengthsToMask([0, length], 3)).toThrow(
      new OptionError(`lengthsToMask: lengths[1]: expected a whole number from 0 to time=3, got ${length}.`),
    );
  });
});
