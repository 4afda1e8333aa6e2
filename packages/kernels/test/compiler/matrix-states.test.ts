/** Cells whose state is a matrix: what a step may do with it, in the compiled form and op by op. */
import { type Cell, Rng } from '@elman/core';
import {
  add,
  argMax,
  cast,
  concat,
  cumsum,
  div,
  expandDims,
  getBackend,
  logSoftmax,
  matMul,
  max,
  mean,
  min,
  mul,
  oneHot,
  pad,
  reshape,
  reverse,
  slice,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tanh,
  tidy,
  tile,
  transpose,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectNoAxes } from '../../src/compiler/plan/known-ops.ts';
import { simplify } from '../../src/compiler/simplify/simplify.ts';
import { type AnyCell, traceStep } from '../../src/compiler/trace/index.ts';
import { expectCompiled } from './expect-compiled.ts';

type Params = { a: Tensor2D; b: Tensor2D; row: Tensor1D; column: Tensor2D; whole: Tensor2D; square: Tensor2D };
type State = { h: Tensor3D };
type Sizes = { readonly n: number; readonly m: number };
type Change = (h: Tensor3D, params: Params, sizes: Sizes) => Tensor;

/** h' = change(h/2 + a⊗b) and outputs that read it from both sides, a = tanh(x·A), b = x·B. */
function matrixCell({ n, m }: Sizes, change: Change): Cell<Params, State> {
  return {
    name: 'matrixCell',
    inputSize: 3,
    outputSize: m + n + 1,
    init(rng: Rng) {
      const normal = (label: string, shape: number[]): Tensor => rng.fork(label).tensor(shape, (r) => r.normal());
      return {
        a: normal('a', [3, n]),
        b: normal('b', [3, m]),
        row: normal('row', [m]),
        column: normal('column', [n, 1]),
        whole: normal('whole', [n, m]),
        square: normal('square', [m, m]),
      } as Params;
    },
    initialState: (batch) => ({ h: zeros([batch, n, m]) }),
    step: (params, { h }, x) =>
      tidy(() => {
        const [a, b] = [tanh(matMul(x, params.a)), matMul(x, params.b)];
        const outer = mul(expandDims(a, 2), expandDims(b, 1));
        const next = change(add(mul(h, 0.5), outer), params, { n, m });
        const read = reshape(matMul(expandDims(a, 1), next), [-1, m]);
        const along = sum(mul(next, expandDims(b, 1)), 2);
        const output = concat([read, along, expandDims(sum(next, [1, 2]), 1)], 1) as Tensor2D;
        return { output, state: { h: next as Tensor3D } };
      }),
  };
}

/** h' = tanh(tanh(h·W + c·V)·Vᵀ + x·A) for each row of h [n, depth], and of a context c. */
function rowsThroughKernels(n: number, depth: number, columns: number): Cell<KernelParams, State, Tensor3D> {
  const through = (rows: Tensor, kernel: Tensor2D, isTransposed = false): Tensor => {
    const [from, to] = isTransposed ? [columns, depth] : [depth, columns];
    return reshape(matMul(reshape(rows, [-1, from]) as Tensor2D, kernel, false, isTransposed), [-1, n, to]);
  };
  return {
    name: 'rowsThroughKernels',
    inputSize: 3,
    outputSize: columns,
    init(rng) {
      const normal = (label: string, shape: number[]): Tensor => rng.fork(label).tensor(shape, (r) => 0.3 * r.normal());
      return {
        a: normal('a', [3, n * depth]),
        w: normal('w', [depth, columns]),
        v: normal('v', [depth, columns]),
      } as KernelParams;
    },
    initialState: (batch) => ({ h: zeros([batch, n, depth]) }),
    step: ({ a, w, v }, { h }, x, context) =>
      tidy(() => {
        const y = through(h, w);
        const next = tanh(
          add(through(tanh(add(y, through(context, v))), v, true), reshape(matMul(x, a), [-1, n, depth])),
        );
        return { output: sum(y, 1) as Tensor2D, state: { h: next as Tensor3D } };
      }),
  };
}

type KernelParams = { a: Tensor2D; w: Tensor2D; v: Tensor2D };

/** A row of 24 numbers as 4×6, 6×4 and 3×8. */
function clashingViews(): Cell<{ a: Tensor2D }, { h: Tensor2D }> {
  return {
    name: 'clashingViews',
    inputSize: 6,
    outputSize: 8,
    init: (rng) => ({ a: rng.tensor([6, 6], (r) => r.normal()) as Tensor2D }),
    initialState: (batch) => ({ h: zeros([batch, 24]) }),
    step: ({ a }, { h }, x) =>
      tidy(() => {
        const y = matMul(x, a);
        const scaled = (rows: number): Tensor => {
          const each = expandDims(slice(y, [0, 0], [-1, rows]), 2);
          return reshape(mul(reshape(h, [-1, rows, 24 / rows]), each), [-1, 24]);
        };
        const next = tanh(add(mul(scaled(4), scaled(6)), add(scaled(3), 0.1))) as Tensor2D;
        return { output: sum(reshape(add(next, scaled(6)), [-1, 3, 8]), 1) as Tensor2D, state: { h: next } };
      }),
  };
}

const flipped = (h: Tensor): Tensor => transpose(h, [0, 2, 1]);

const changes: { readonly [name: string]: Change } = {
  nothing: (h) => h,
  'softmax over columns': (h) => softmax(h),
  'softmax over rows': (h) => flipped(softmax(flipped(h))),
  'logSoftmax over columns': (h) => mul(logSoftmax(h), 0.1),
  'shared row, column and matrix': (h, { row, column, whole }) => tanh(add(add(mul(h, row), mul(whole, 0.5)), column)),
  'rows through a kernel': (h, params, { n, m }) =>
    reshape(matMul(reshape(tanh(h), [-1, m]) as Tensor2D, params.square), [-1, n, m]),
  'products with itself': (h) => tanh(add(h, mul(matMul(matMul(h, h, false, true), h), 0.2))),
  'products with itself, transposed': (h) => tanh(add(h, mul(matMul(h, matMul(h, h, true, false)), 0.2))),
  'a shift of rows': (h, _, { n, m }) =>
    tanh(add(h, concat([slice(h, [0, n - 1, 0], [-1, 1, m]), slice(h, [0, 0, 0], [-1, n - 1, m])], 1))),
  'a shift of columns': (h, _, { n, m }) =>
    tanh(add(h, concat([slice(h, [0, 0, m - 1], [-1, n, 1]), slice(h, [0, 0, 0], [-1, n, m - 1])], 2))),
  'cumulated sums': (h) => tanh(add(cumsum(h, 1), cumsum(h, 2))),
  padding: (h, _, { n, m }) => {
    const around: [number, number][] = [
      [0, 0],
      [1, 1],
      [2, 1],
    ];
    return tanh(add(h, slice(pad(h, around), [0, 0, 1], [-1, n, m])));
  },
  'reversed axes': (h) => tanh(add(h, add(reverse(h, 1), reverse(h, 2)))),
  maxima: (h) => sub(h, add(max(h, 1, true), max(h, 2, true))),
  minima: (h) => tanh(sub(h, add(min(h, 1, true), min(h, [1, 2], true)))),
  means: (h) => div(h, add(add(1, square(mean(h, 1, true))), square(mean(h, [1, 2], true)))),
  'the row of the largest number': (h, _, { n }) =>
    tanh(add(h, mul(expandDims(cast(oneHot(argMax(sum(h, 2), 1), n), 'float32'), 2), 0.5))),
  'repeated columns': (h) => tanh(add(h, tile(slice(h, [0, 0, 0], [-1, -1, 1]), [1, 1, h.shape[2]]))),
  'rows by themselves': (h) => tanh(add(h, expandDims(unstack(h, 1)[0] as Tensor, 1))),
};

/** Vectors, whole and in part, and axes of size 1. */
const wide: readonly Sizes[] = [3, 8, 13].flatMap((n) => [3, 8, 13].map((m) => ({ n, m })));
const narrow: readonly Sizes[] = [1, 8, 13].flatMap((size) => [
  { n: 1, m: size },
  { n: size, m: 1 },
]);
const cuts = ['a shift of rows', 'a shift of columns'];

/** Shaders compute rows of numbers alone: there such steps run op by op. */
const areCompiled = ['cpu', 'wasm'].includes(getBackend());

describe.runIf(areCompiled)('a state that is a matrix, on cpu and wasm', () => {
  Object.entries(changes).forEach(([name, change], i) => {
    const others = cuts.includes(name) ? wide : narrow;
    for (const size of [wide[i % wide.length], others[(i + 5) % others.length]] as Sizes[]) {
      it(`${name}, ${size.n}×${size.m}`, () => {
        expectCompiled(matrixCell(size, change), { isMasked: i % 2 === 0, reverse: i % 3 === 0, batch: 2 + (i % 2) });
      });
    }
  });

  it.each([
    [4, 16, 16],
    [3, 16, 9],
    [5, 12, 13],
  ])('%i rows of the state and of a context through kernels %i×%i', (n, depth, columns) => {
    const context = Rng.seeded('context').tensor([2, n, depth], (r) => r.normal());
    expectCompiled(rowsThroughKernels(n, depth, columns), { context, batch: 2, isMasked: true });
    context.dispose();
  });

  it('views with axes that do not fit each other', () => {
    expectCompiled(clashingViews(), { reverse: true });
  });

  it('is refused, by the op, where plans over axes are not run', () =>
    void tidy(() => {
      const cell = matrixCell({ n: 3, m: 4 }, changes.nothing as Change);
      const params = cell.init(Rng.seeded(1));
      const like = { params, state: cell.initialState(2), context: undefined, isMasked: false, isNoisy: false };
      const graph = simplify(traceStep(cell as unknown as AnyCell, like));
      expect(() => expectNoAxes(graph, 'in shaders')).toThrow(
        /^Row\w+, over several axes of a row, is not computed in shaders/,
      );
    }));

  it('one frame, one row', () => {
    expectCompiled(matrixCell({ n: 5, m: 6 }, changes.maxima as Change), { batch: 1, time: 1 });
  });
});
