import {
  addN,
  broadcastTo,
  conv1d,
  conv2d,
  conv2dTranspose,
  cumprod,
  cumsum,
  depthwiseConv2d,
  einsum,
  elu,
  exp,
  gather,
  gatherND,
  grad,
  grads,
  greater,
  matMul,
  max,
  maximum,
  minimum,
  mul,
  scatterND,
  separableConv2d,
  sigmoid,
  slice,
  softmax,
  split,
  squaredDifference,
  stridedSlice,
  sum,
  type Tensor,
  tanh,
  tensor,
  tensor1d,
  tensor2d,
  tensorScatterUpdate,
  tile,
  topk,
  unsortedSegmentSum,
  unstack,
  where,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradients } from './finite-differences.ts';
import { awayFromZero, values } from './numbers.ts';

type Case = [name: string, f: (...inputs: never[]) => Tensor, inputs: () => Tensor[]];

function check(cases: readonly Case[]): void {
  it.each(cases)('%s', async (_, f, inputs) => expectGradients(f as (...inputs: Tensor[]) => Tensor, inputs()));
}

type X = Tensor;
const ids = (list: number[]): Tensor => tensor1d(list, 'int32');

describe('products', () => {
  const plain = (a: X, b: X): X => matMul(a, b);
  check([
    ['of matrices', plain, () => [values([2, 3]), values([3, 4], 2)]],
    ['transposed left', (a: X, b: X) => matMul(a, b, true), () => [values([3, 2]), values([3, 4], 2)]],
    ['transposed right', (a: X, b: X) => matMul(a, b, false, true), () => [values([2, 3]), values([4, 3], 2)]],
    ['transposed both', (a: X, b: X) => matMul(a, b, true, true), () => [values([3, 2]), values([4, 3], 2)]],
    ['of batches', plain, () => [values([2, 2, 3]), values([2, 3, 2], 2)]],
    ['of a batch and a matrix', plain, () => [values([2, 2, 3]), values([3, 2], 2)]],
    ['of a matrix and a batch', plain, () => [values([2, 3]), values([2, 3, 2], 2)]],
    ['of two broadcast batches', plain, () => [values([2, 1, 2, 2]), values([1, 2, 2, 2], 2)]],
    [
      'of a transposed batch and a transposed matrix',
      (a: X, b: X) => matMul(a, b, true, true),
      () => [values([2, 3, 2]), values([2, 3], 2)],
    ],
  ]);
});

describe('copies', () => {
  check([
    ['of a row', (x: X) => tile(x, [3, 1]), () => [values([1, 2])]],
    ['along every axis', (x: X) => tile(x, [2, 1, 3]), () => [values([2, 2, 2])]],
    ['of a vector', (x: X) => tile(x, [2]), () => [values([3])]],
    ['of five axes', (x: X) => tile(x, [1, 2, 1, 1, 2]), () => [values([1, 1, 2, 1, 2])]],
    ['broadcast to a shape', (x: X) => broadcastTo(x, [2, 3]), () => [values([3])]],
  ]);
});

describe('broadcasting', () => {
  const pairs = { 'a row': [1, 3], 'a column': [2, 1], 'a vector': [3], 'a scalar': [] };
  const operations = { maximum, minimum, squaredDifference } as const;
  for (const [name, operation] of Object.entries(operations)) {
    check(
      Object.entries(pairs).flatMap(([what, shape]): Case[] => [
        [`${name} with ${what}`, (a: X, b: X) => operation(a, b), () => [values([2, 3]), values(shape, 4)]],
        [`${name} of ${what}`, (a: X, b: X) => operation(a, b), () => [values(shape, 4), values([2, 3])]],
      ]),
    );
  }
  it('gives ties to the first', async () => {
    const slope = grad((a: Tensor) => maximum(a, tensor1d([1, 2])))(tensor1d([1, 1]));
    expect(Array.from(await slope.data())).toEqual([1, 0]);
  });
  check([['where of a comparison', (x: X) => where(greater(x, 0), mul(x, x), mul(x, 3)), () => [awayFromZero([5])]]]);
});

describe('running sums and products', () => {
  const flags = [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const;
  check(
    [0, 1, 2].flatMap((axis) =>
      flags.map(([exclusive, reverse]): Case => {
        const name = `cumsum on axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reversed' : ''}`;
        return [name, (x: X) => cumsum(x, axis, exclusive, reverse), () => [values([2, 3, 2])]];
      }),
    ),
  );
  check(
    flags.map(([exclusive, reverse]): Case => {
      const name = `cumprod${exclusive ? ', exclusive' : ''}${reverse ? ', reversed' : ''}, with zeros`;
      const x = (): Tensor => tensor2d([0.5, 0, -0.8, 0, 1.1, 0, 0.3, -0.6], [2, 4]);
      return [name, (v: X) => cumprod(v, 1, exclusive, reverse), () => [x()]];
    }),
  );
  check([['cumprod on axis 0', (x: X) => cumprod(x, 0), () => [values([3, 2])]]]);
});

describe('gathering and scattering', () => {
  check([
    ['an embedding', (x: X) => gather(x, ids([2, 0, 2, 3])), () => [values([5, 2])]],
    [
      'rows by a matrix of ids',
      (x: X) =>
        gather(
          x,
          tensor2d(
            [
              [1, 1],
              [0, 2],
            ],
            [2, 2],
            'int32',
          ),
        ),
      () => [values([3, 2])],
    ],
    ['gather on axis 1', (x: X) => gather(x, ids([1, 1, 0]), 1), () => [values([2, 3, 2])]],
    [
      'gather with a batch dimension',
      (x: X) =>
        gather(
          x,
          tensor2d(
            [
              [1, 1],
              [0, 2],
            ],
            [2, 2],
            'int32',
          ),
          1,
          1,
        ),
      () => [values([2, 3, 2])],
    ],
    ['segment sums', (x: X) => unsortedSegmentSum(x as never, ids([1, 0, 1]) as never, 3), () => [values([3, 2])]],
    [
      'gatherND',
      (x: X) =>
        gatherND(
          x,
          tensor2d(
            [
              [0, 1],
              [1, 0],
              [0, 1],
            ],
            [3, 2],
            'int32',
          ),
        ),
      () => [values([2, 2, 2])],
    ],
    ['scatterND', (x: X) => scatterND(tensor2d([[3], [1], [3]], [3, 1], 'int32'), x, [4, 2]), () => [values([3, 2])]],
    [
      'tensorScatterUpdate',
      (x: X, y: X) => tensorScatterUpdate(x, tensor2d([[2], [0]], [2, 1], 'int32'), y),
      () => [values([3, 2]), values([2, 2], 3)],
    ],
    [
      'the values of topk',
      (x: X) => topk(x, 2).values,
      () => [tensor2d([0.1, 0.9, -0.4, 0.5, 0.7, -0.1, 0.3, 1.2], [2, 4])],
    ],
  ]);
});

describe('slices', () => {
  check([
    ['slice', (x: X) => slice(x, [0, 1], [2, 2]), () => [values([2, 4])]],
    ['split', (x: X) => mul((split(x, 2, 1) as [X, X])[0], (split(x, 2, 1) as [X, X])[1]), () => [values([2, 4])]],
    ['unstack', (x: X) => mul((unstack(x, 1) as [X, X])[0], (unstack(x, 1) as [X, X])[1]), () => [values([2, 2, 2])]],
    ['stridedSlice', (x: X) => stridedSlice(x, [1], [5], [2]), () => [values([6])]],
    ['stridedSlice backwards', (x: X) => stridedSlice(x, [2, 3], [0, 0], [-1, -2]), () => [values([3, 4])]],
    [
      'stridedSlice with masks',
      (x: X) => stridedSlice(x, [1, 0], [2, 3], [1, 1], 2, 2, 0, 0, 1),
      () => [values([2, 3])],
    ],
  ]);
});

describe('pieces', () => {
  const weighed = (parts: X[]): X => addN(parts.map((part, i) => mul(mul(part, part), i + 1)));
  const shapes = [1, 2, 3].flatMap((size) => [
    [0, [size, 2]],
    [1, [2, size]],
    [-1, [2, size]],
  ]) as [axis: number, shape: number[]][];
  check(
    shapes.flatMap(([axis, shape]): Case[] => [
      [`unstack [${shape}] on axis ${axis}`, (x: X) => weighed(unstack(x, axis)), () => [values(shape)]],
      [
        `split [${shape}] on axis ${axis}`,
        (x: X) => weighed(split(x, shape.at(axis) as number, axis)),
        () => [values(shape)],
      ],
    ]),
  );
});

describe('sums of many', () => {
  check(
    [7, 8, 9, 25].map((count): Case => {
      const terms = (x: X): X[] => Array.from({ length: count }, (_, i) => mul(x, i % 3));
      return [`${count} tensors`, (x: X) => addN(terms(mul(x, x))), () => [values([2])]];
    }),
  );
  it('gives every term the same', async () => {
    const terms = Array.from({ length: 9 }, (_, i) => values([2], i));
    const slopes = grads((...xs: Tensor[]) => sum(mul(addN(xs), tensor1d([2, -3]))))(terms);
    for (const slope of slopes) expect(Array.from(await slope.data())).toEqual([2, -3]);
  });
});

describe('einsum', () => {
  check([
    ['ij,jk->ik', (a: X, b: X) => einsum('ij,jk->ik', a, b), () => [values([2, 3]), values([3, 2], 2)]],
    ['bij,bkj->bik', (a: X, b: X) => einsum('bij,bkj->bik', a, b), () => [values([2, 2, 2]), values([2, 3, 2], 2)]],
    ['i,i->', (a: X, b: X) => einsum('i,i->', a, b), () => [values([3]), values([3], 2)]],
    ['ij->ji', (a: X) => einsum('ij->ji', a), () => [values([2, 3])]],
    ['ij->i', (a: X) => einsum('ij->i', a), () => [values([2, 3])]],
    ['ij,k->kj', (a: X, b: X) => einsum('ij,k->kj', a, b), () => [values([2, 3]), values([2], 2)]],
  ]);
});

describe('convolutions', () => {
  const c1 = (stride: number, pad: 'same' | 'valid', rate: number) => (x: X, w: X) =>
    conv1d(x as never, w as never, stride, pad, 'NWC', rate);
  const c2 = (stride: number, pad: 'same' | 'valid' | number, rate: number | [number, number]) => (x: X, w: X) =>
    conv2d(x as never, w as never, stride, pad, 'NHWC', rate);
  const depthwise = (stride: number, pad: 'same' | 'valid', rate: number) => (x: X, w: X) =>
    depthwiseConv2d(x as never, w as never, stride, pad, 'NHWC', rate);
  check([
    ['conv1d', c1(1, 'same', 1), () => [values([1, 4, 2]), values([3, 2, 2], 2)]],
    ['conv1d with stride 2', c1(2, 'same', 1), () => [values([1, 5, 2]), values([2, 2, 1], 2)]],
    ['conv1d, dilated', c1(1, 'same', 2), () => [values([2, 5, 1]), values([2, 1, 2], 2)]],
    ['conv1d, dilated, valid', c1(1, 'valid', 2), () => [values([1, 6, 2]), values([2, 2, 1], 2)]],
    ['conv2d', c2(1, 'valid', 1), () => [values([1, 3, 3, 1]), values([2, 2, 1, 2], 2)]],
    ['conv2d with stride 2, same', c2(2, 'same', 1), () => [values([2, 3, 3, 1]), values([2, 2, 1, 1], 2)]],
    ['conv2d with padding', c2(1, 1, 1), () => [values([1, 2, 3, 1]), values([2, 2, 1, 1], 2)]],
    ['conv2d, dilated', c2(1, 'same', [2, 1]), () => [values([1, 4, 3, 1]), values([2, 2, 1, 1], 2)]],
    ['conv2d, dilated, valid', c2(1, 'valid', 2), () => [values([1, 4, 3, 1]), values([2, 2, 1, 2], 2)]],
    [
      'conv2dTranspose',
      (x: X, w: X) => conv2dTranspose(x as never, w as never, [1, 4, 4, 1], 2, 'same'),
      () => [values([1, 2, 2, 1]), values([2, 2, 1, 1], 2)],
    ],
    ['depthwise', depthwise(1, 'same', 1), () => [values([1, 3, 3, 2]), values([2, 2, 2, 1], 2)]],
    ['depthwise with stride 2', depthwise(2, 'valid', 1), () => [values([1, 4, 4, 1]), values([2, 2, 1, 2], 2)]],
    ['depthwise, dilated', depthwise(1, 'same', 2), () => [values([1, 4, 3, 2]), values([2, 2, 2, 1], 2)]],
    [
      'separable',
      (x: X, w: X, p: X) => separableConv2d(x as never, w as never, p as never, 1, 'same'),
      () => [values([1, 2, 2, 2]), values([2, 2, 2, 1], 2), values([1, 1, 2, 1], 3)],
    ],
  ]);
});

describe('gradients of gradients', () => {
  const cases: [string, (x: Tensor) => Tensor][] = [
    ['tanh', (x) => mul(x, tanh(x))],
    ['sigmoid', (x) => mul(x, sigmoid(x))],
    ['exp', (x) => mul(x, exp(x))],
    ['elu', (x) => mul(x, elu(x))],
    ['softmax', (x) => mul(x, softmax(x))],

    ['max', (x) => mul(x, max(mul(x, x)))],
    ['a recurrent step', (x) => tanh(matMul(tanh(matMul(x, tensor2d([0.7, -0.4, 0.2, 0.9], [2, 2]))), x, false, true))],
  ];
  it.each(cases)('%s', async (_, f) => {
    const x = tensor2d([0.6, -0.9], [1, 2]);
    await expectGradients((v) => grad((u) => sum(f(u)))(v), [x], { step: 0.01, tolerance: 1e-2 });
  });
  it('x·tanh x at 0.3, by hand', async () => {
    const slope = grad(grad((x: Tensor) => mul(x, tanh(x))))(tensor([0.3]));
    const [t] = [Math.tanh(0.3)];
    expect((await slope.data())[0]).toBeCloseTo(2 * (1 - t * t) - 2 * 0.3 * t * (1 - t * t), 3);
  });
});
