import { mul, scalar, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { valueAndGrad } from '../src/index.ts';

it('differentiates by every leaf and returns aux', async () => {
  const params = { a: tensor1d([1, 2, 3]), unused: tensor2d([[1]]) };
  const { value, grads, aux } = valueAndGrad(
    (p) => ({ loss: sum(square(p.a)) as never, aux: { twice: mul(p.a, 2) } }),
    params,
  );
  expect(await value.array()).toBeCloseTo(14);
  expect(await grads.a.array()).toEqual([2, 4, 6]);
  expect(await grads.unused.array()).toEqual([[0]]);
  expect(await aux.twice.array()).toEqual([2, 4, 6]);
  scalar(1);
});
