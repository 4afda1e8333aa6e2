/** The stabiliser changes nothing but the range of numbers; and steps worked out by hand: σ(ln 3) = 3/4, tanh(ln 2) = 3/5. */
import { type Cell, type Frame, Rng, type Sequence, type Step, type Tree, tree, valueAndGrad } from '@elman/core';
import { scanFrames, unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  abs,
  add,
  div,
  exp,
  expandDims,
  matMul,
  maximum,
  mul,
  type Scalar,
  sigmoid,
  split,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { matrixLstm, sLstm } from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);
const one = { inputSize: 1, hiddenSize: 1 };

it('sLstm: at the first frame the output is that of the candidate, and what follows is a weighted mean', async () => {
  // i = ln 2, 2·ln 2; f = σ(ln 3) = 3/4; tanh(ln 2) = 3/5, tanh(0) = 0; o = 1/2.
  // c: 2·3/5 = 6/5, 3/4·6/5 + 4·0 = 9/10; n: 2, 3/4·2 + 4 = 11/2. Divided by exp(m) = 4.
  const params = {
    kernel: tensor2d([
      [ln2, 0, ln2, 0],
      [2 * ln2, 0, 0, 0],
    ]),
    recurrentKernel: zeros([1, 4]) as ReturnType<typeof row>,
    bias: tensor1d([0, ln3, 0, 0]),
  };
  const frames = tensor3d([
    [
      [1, 0],
      [0, 1],
    ],
  ]);
  const { outputs, state } = unroll(sLstm({ ...one, inputSize: 2 }), params, frames);
  const last = 9 / 10 / (11 / 2) / 2;
  await expectTreesClose(
    { outputs, state },
    {
      outputs: tensor3d([[[3 / 10], [last]]]),
      state: { h: row(last), c: row(9 / 40), n: row(11 / 8), m: row(2 * ln2) },
    },
  );
});

it('matrixLstm: a value is read by its key', async () => {
  // Two units, so k = key/√2. Frame 1 writes v = (5, 6) at the key (√2, 0) by exp(0), frame 2 (7, 8) at (0, √2); f = 1/2; o = 1/2.
  // c = [[5/2, 7], [3, 8]], n = (1/2, 1). q = (4, 0): c·q = (10, 12), |n·q| = 2; then q = (1, 0): |n·q| = 1/2, less than 1.
  const read = [5 / 2, 3];
  for (const [query, wanted] of [
    [4, read],
    [1, [5 / 4, 3 / 2]],
  ] as const) {
    const params = {
      kernel: tensor2d([
        [query, 0, Math.SQRT2, 0, 5, 6, 0, 0, 0, 0],
        [query, 0, 0, Math.SQRT2, 7, 8, 0, 0, 0, 0],
      ]),
      bias: zeros([10]) as Tensor1D,
    };
    const frames = tensor3d([
      [
        [1, 0],
        [0, 1],
      ],
    ]);
    const { outputs, state } = unroll(matrixLstm({ inputSize: 2, hiddenSize: 2 }), params, frames);
    const [found] = await outputs.array();
    wanted.forEach((value, unit) => {
      expect(found?.[1]?.[unit]).toBeCloseTo(value, 5);
    });
    await expectTreesClose(
      { c: state.c },
      {
        c: tensor3d([
          [
            [5 / 2, 7],
            [3, 8],
          ],
        ]),
      },
    );
  }
});

type Params = { readonly kernel: Tensor2D; readonly recurrentKernel: Tensor2D; readonly bias: Tensor1D };
type State = { readonly h: Frame; readonly c: Tensor; readonly n: Frame };

/** The equations without a stabiliser. */
const plain = {
  sLstm(params: Params, { h, c, n }: State, x: Frame, forget: (f: Frame) => Frame): Step<State> {
    const all = add(add(matMul(x, params.kernel), matMul(h, params.recurrentKernel)), params.bias);
    const [i, f, g, o] = split(all, 4, 1) as [Frame, Frame, Frame, Frame];
    const nextC: Frame = add(mul(forget(f), c), mul(exp(i), tanh(g)));
    const nextN: Frame = add(mul(forget(f), n), exp(i));
    const next: Frame = mul(sigmoid(o), div(nextC, nextN));
    return { output: next, state: { h: next, c: nextC, n: nextN } };
  },
  matrixLstm(params: Params, { h, c, n }: State, x: Frame, forget: (f: Frame) => Frame): Step<State> {
    const size = h.shape[1];
    const parts = split(add(matMul(x, params.kernel), params.bias), [size, size, size, size, 1, 1], 1);
    const [q, key, v, o, i, f] = parts as [Frame, Frame, Frame, Frame, Frame, Frame];
    const k = div(key, Math.sqrt(size));
    const nextC = add(mul(expandDims(forget(f), 2), c), mul(expandDims(mul(exp(i), v), 2), expandDims(k, 1)));
    const nextN: Frame = add(mul(forget(f), n), mul(exp(i), k));
    const found = sum(mul(nextC, expandDims(q, 1)), 2);
    const scale = maximum(abs(sum(mul(nextN, q), 1, true)), 1);
    return { output: mul(sigmoid(o), div(found, scale)), state: { h, c: nextC, n: nextN } };
  },
};

const forgets: { readonly [gate: string]: (f: Frame) => Frame } = {
  sigmoid: (f) => sigmoid(f),
  exponential: (f) => exp(f),
};
const makers = { sLstm, matrixLstm } as unknown as {
  readonly [name in keyof typeof plain]: (options: object) => Cell<Tree, Tree>;
};

for (const name of ['sLstm', 'matrixLstm'] as const) {
  for (const forgetGate of ['sigmoid', 'exponential'] as const) {
    const cell = makers[name]({ inputSize: 3, hiddenSize: 4, forgetGate });
    const shapes = cell.init(Rng.seeded(1));

    it(`${name} with ${forgetGate} forget gates equals the equations without a stabiliser`, async () => {
      const rng = Rng.seeded(1);
      const params = tree.map(shapes, ({ shape }) => rng.tensor(shape, (r) => r.normal()));
      const inputs = rng.tensor([2, 20, 3], (r) => r.normal()) as Sequence;
      const none = zeros([2, 4]) as Frame;
      const start: State = { h: none, c: name === 'sLstm' ? none : zeros([2, 4, 4]), n: none };
      const forget = forgets[forgetGate] as (f: Frame) => Frame;
      const expected = scanFrames((state: State, x) => plain[name](params as Params, state, x, forget), start, inputs);
      const { outputs } = unroll(cell, params, inputs);
      await expectTreesClose({ outputs }, { outputs: expected.outputs }, { relative: 1e-4, absolute: 1e-5 });
    });

    it(`${name} with ${forgetGate} forget gates is finite where gates are ±100, and so are its gradients`, async () => {
      const isGate = (column: number): boolean => (name === 'sLstm' ? column < 8 : column >= 16); // i and f
      const rng = Rng.seeded(2);
      const params = tree.map(shapes, ({ shape }, path) => {
        let at = 0;
        const deviation = (): number => (path === 'kernel' && isGate(at++ % (shape[1] as number)) ? 100 : 0.1);
        return rng.tensor(shape, (r) => r.normal(0, deviation()));
      });
      for (const seed of [1, 2, 3]) {
        const inputs = Rng.seeded(seed).tensor([2, 50, 3], (r) => (r.integer(2) === 0 ? 1 : -1)) as Sequence;
        const { value, grads, aux } = valueAndGrad((p: Tree) => {
          const { outputs, state } = unroll(cell, p, inputs);
          return { loss: sum(outputs) as Scalar, aux: { outputs, state } as Tree };
        }, params);
        for (const leaf of tree.leaves([value, grads, aux])) {
          expect([...(await leaf.data())].every(Number.isFinite)).toBe(true);
        }
      }
    });
  }
}

it('invalid options are refused in one line', () => {
  expect(() => sLstm({ inputSize: 1, hiddenSize: 3, heads: 2 })).toThrow(
    'sLstm: heads: expected a divisor of hiddenSize=3, got 2.',
  );
  expect(() => matrixLstm({ ...one, forgetGate: 'relu' as never })).toThrow(
    'matrixLstm: forgetGate: expected sigmoid or exponential, got relu.',
  );
});
