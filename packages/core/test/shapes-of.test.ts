import {
  concat1d,
  fill,
  memory,
  mul,
  neg,
  oneHot,
  ones,
  type Tensor,
  tensor1d,
  tile,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { DataError, Rng, shapesOf, type Tree, tree } from '../src/index.ts';

const shapes = (of: Tree) => tree.entries(of).map(([path, { dtype, shape }]) => `${path} ${dtype} [${shape}]`);
const made = (rng: Rng) => ({
  kernel: rng.fork('kernel').tensor([2, 3], (r) => r.normal()),
  ids: rng.tensor([4], (r) => r.integer(9), 'int32'),
  bias: concat1d([zeros([2]), ones([1])]),
  parts: [
    rng
      .fork('a')
      .fork('b')
      .tensor([1], (r) => r.uniform()),
  ],
});

it('shapesOf finds structure, shapes and dtypes, with no draw and no tensor left', () => {
  const before = memory().numTensors;
  const real = tree.tidy(() => made(Rng.seeded(1)));
  const found = shapesOf((rng) =>
    made(new Proxy(rng, { get: (of, key) => (key === 'normal' ? expect.unreachable() : Reflect.get(of, key)) })),
  );
  expect(shapes(found)).toEqual(shapes(real));
  expect(shapes(tree.zerosLike(found))).toEqual(shapes(real));
  tree.dispose(real);
  tree.dispose(found);
  expect(memory().numTensors).toBe(before);
});

it('shapesOf gives zeros to what computes with a drawn tensor', async () => {
  const { numTensors, numBytes } = memory();
  const values: Tensor[] = [];
  const found = shapesOf((rng) => {
    const drawn = rng.tensor([3], (r) => r.normal());
    const result = { a: mul(drawn, 2), b: neg(drawn) };
    values.push(result.a);
    return result;
  });
  expect(shapes(found)).toEqual(['a float32 [3]', 'b float32 [3]']);
  expect([values.length, memory().numTensors, memory().numBytes]).toEqual([1, numTensors, numBytes]);
});

it.each<[string, (rng: Rng) => Tree]>([
  ['a tensor', (rng) => rng.tensor([1e5, 1e5], (r) => r.normal())],
  ['many empty tensors', (rng) => Array.from({ length: 1e9 }, () => rng.tensor([0], (r) => r.normal()))],
  ['zeros', () => zeros([1e9])],
  ['a fill', () => fill([1e5, 1e5], 1)],
  ['a one-hot vector', () => oneHot(tensor1d([0], 'int32'), 1e9)],
  ['a tile', () => tile(zeros([10]), [1e9])],
  ['a size that is no number', (rng) => rng.tensor([Number.NaN], (r) => r.normal())],
  ['single draws', (rng) => zeros([Float64Array.from({ length: 1e7 }, () => rng.fork('a').normal()).length])],
  ['zeros after a computation', (rng) => [neg(rng.tensor([3], (r) => r.normal())), zeros([1e9])]],
])('shapesOf refuses more numbers than its limit before memory is taken: %s', (_, make) => {
  const { numTensors } = memory();
  expect(() => shapesOf(make, 1000)).toThrow('expected at most 1,000 numbers, got more.');
  expect(() => shapesOf(make, 1000, () => new DataError('too many'))).toThrow(new DataError('too many'));
  expect(memory().numTensors).toBe(numTensors);
  tree.dispose(tree.tidy(() => zeros([2000])));
});

it('shapesOf throws what fails with real numbers too', () => {
  const failing = (): Tree => {
    throw new DataError('no');
  };
  expect(() => shapesOf(failing, 10)).toThrow(new DataError('no'));
});
