import { type Optimizer, type Tree, tree } from '@elman/core';
import {
  adagrad,
  adam,
  adamw,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  clipByValue,
  globalNorm,
  rmsprop,
  sgd,
  stepDecay,
} from '@elman/optim';
import { mul, ones, sub, type Tensor, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { follow, TOLERANCE } from './support.ts';

const numbers = async (x: Tensor): Promise<number[]> => [...(await x.data())];

const last = (after: readonly { readonly x: Tensor }[]): Tensor => (after.at(-1) as { x: Tensor }).x;

describe('finds the minimum of a quadratic bowl, ten times as steep one way', () => {
  const target = [1, -2];
  const gradient = ({ x }: { x: Tensor }) => tree.tidy(() => ({ x: mul(sub(x, tensor1d(target)), tensor1d([10, 1])) }));
  const cases: Optimizer<Tree>[] = [
    sgd({ learningRate: 0.15 }),
    sgd({ learningRate: 0.05, momentum: 0.7 }),
    sgd({ learningRate: 0.05, momentum: 0.7, nesterov: true }),
    adagrad({ learningRate: 1 }),
    rmsprop({ learningRate: stepDecay({ initial: 0.3, factor: 0.5, every: 8 }) }),
    rmsprop({ learningRate: stepDecay({ initial: 0.1, factor: 0.5, every: 8 }), momentum: 0.5, centered: true }),
    adam({ learningRate: 0.5, beta1: 0.6, beta2: 0.9 }),
    adam({ learningRate: 0.5, beta1: 0.6, beta2: 0.9, amsgrad: true }),
    adamw({ learningRate: 0.5, beta1: 0.6, beta2: 0.9, weightDecay: 1e-4 }),
    chain(clipByGlobalNorm(4), sgd({ learningRate: 0.15 })),
    chain(clipByValue(4), sgd({ learningRate: 0.15 })),
  ];

  test.each(cases.map((optimizer, i) => [`${i} ${optimizer.name}`, optimizer] as const))('%s', async (_, optimizer) => {
    const after = follow(optimizer, { x: tensor1d([3, 3]) }, gradient, 60);
    const found = await numbers(last(after));
    const distance = Math.hypot(...target.map((wanted, i) => wanted - (found[i] ?? Number.NaN)));
    expect(distance).toBeLessThan(0.05);
  });
});

describe('closed forms', () => {
  test('the first update of adam is the sign of the gradient, at the rate', async () => {
    const grads = { x: tensor1d([1e-3, -5, 200]) };
    const optimizer = adam({ learningRate: 0.1, epsilon: 1e-12 });
    const { updates } = optimizer.update(grads, optimizer.init(grads), grads, 0);
    for (const [i, u] of (await numbers(updates.x)).entries()) expect(u).toBeCloseTo([-0.1, 0.1, -0.1][i] ?? 0, 5);
  });

  test('a gradient of 0 does not change the parameters, except for the decay of adamw', async () => {
    const params = { x: tensor1d([1, -2]) };
    const grads = { x: zeros([2]) };
    const plain: Optimizer<Tree>[] = [adam, rmsprop, adagrad].map((make) => make({ learningRate: 0.1 }));
    for (const optimizer of plain) {
      const { updates } = optimizer.update(grads, optimizer.init(params), params, 0);
      expect((await numbers(updates.x)).map(Math.abs), optimizer.name).toEqual([0, 0]);
    }
    const decaying = adamw({ learningRate: 0.1, weightDecay: 0.5 });
    const { updates } = decaying.update(grads, decaying.init(params), params, 0);
    for (const [i, u] of (await numbers(updates.x)).entries()) expect(u).toBeCloseTo([-0.05, 0.1][i] ?? 0, 6);
  });

  test('adam and rmsprop are invariant to the scale of the gradient', async () => {
    for (const make of [adam, rmsprop]) {
      const optimizer: Optimizer<Tree> = make({ learningRate: 0.1 });
      const run = async (size: number) => {
        const gradient = (_: { x: Tensor }, step: number) => ({ x: tensor1d([size * Math.sin(step + 1), size]) });
        return numbers(last(follow(optimizer, { x: tensor1d([0, 0]) }, gradient, 5)));
      };
      const [small, large] = [await run(1), await run(1000)];
      for (const [i, x] of small.entries()) expect(Math.abs(x / (large[i] ?? 0) - 1)).toBeLessThan(20 * TOLERANCE);
    }
  });

  test('a schedule is called with the current step', async () => {
    const asked: number[] = [];
    const schedule = (step: number) => {
      asked.push(step);
      return step + 1;
    };
    const after = follow(sgd({ learningRate: schedule }), { x: tensor1d([0]) }, () => ({ x: tensor1d([1]) }), 3);
    expect(asked).toEqual([0, 1, 2]);
    expect(await Promise.all(after.map(({ x }) => numbers(x)))).toEqual([[-1], [-3], [-6]]);
  });

  test('applyUpdates adds the updates times a scale', async () => {
    const params = { x: tensor1d([1, 2]) };
    const updates = { x: tensor1d([10, 20]) };
    expect(await numbers(applyUpdates(params, updates).x)).toEqual([11, 22]);
    expect(await numbers(applyUpdates(params, updates, 0.5).x)).toEqual([6, 12]);
  });

  test('the global norm of many numbers keeps its digits', async () => {
    const [norm] = await globalNorm({ x: ones([300, 400]), y: [zeros([7])] }).data();
    expect(Math.abs((norm as number) / Math.sqrt(300 * 400) - 1)).toBeLessThan(1e-6);
  });
});

describe('clipping', () => {
  const grads = () => ({ a: tensor1d([3, 0]), b: [tensor2d([[0, -4]])] });
  const flat = async (of: { a: Tensor; b: Tensor[] }) => [
    ...(await numbers(of.a)),
    ...(await numbers(of.b[0] as Tensor)),
  ];

  test('by norm, the direction is unchanged and the norm is the limit', async () => {
    const found = await flat(clipByGlobalNorm(1).update(grads(), {}, grads(), 0).updates);
    for (const [i, g] of found.entries()) expect(g).toBeCloseTo([0.6, 0, 0, -0.8][i] ?? 0, 5);
  });
  test('by norm, a gradient up to the limit is unchanged to the bit', async () => {
    for (const limit of [5, 5.1, 1e6]) {
      expect(await flat(clipByGlobalNorm(limit).update(grads(), {}, grads(), 0).updates)).toEqual([3, 0, 0, -4]);
    }
  });
  test('by norm, zeros are unchanged', async () => {
    const { updates } = clipByGlobalNorm(1).update({ x: zeros([2]) }, {}, { x: zeros([2]) }, 0);
    expect(await numbers(updates.x)).toEqual([0, 0]);
  });
  test('by value, each number separately', async () => {
    expect(await flat(clipByValue(3.5).update(grads(), {}, grads(), 0).updates)).toEqual([3, 0, 0, -3.5]);
  });
  test('in a chain, before the optimizer that follows', async () => {
    const optimizer = chain(clipByGlobalNorm(1), sgd({ learningRate: 10 }));
    const { updates, state } = optimizer.update(grads(), optimizer.init(grads()), grads(), 0);
    for (const [i, u] of (await flat(updates)).entries()) expect(u).toBeCloseTo([-6, 0, 0, 8][i] ?? 0, 4);
    expect(optimizer.name).toBe('chain(clipByGlobalNorm, sgd)');
    expect(state).toHaveLength(2);
  });
});
