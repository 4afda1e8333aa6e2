import type { Optimizer, Tree } from '@elman/core';
import { adagrad, adam, adamw, clipByGlobalNorm, clipByValue, globalNorm, rmsprop, sgd } from '@elman/optim';
import { describe, expect, test } from 'vitest';
import fixture from '../fixtures/optimizers.json' with { type: 'json' };
import { expectNear, follow, fromNumbers, type Numbers, type Params, TOLERANCE, toNumbers } from './support.ts';

const after: { readonly [name: string]: readonly Numbers[] } = fixture.after;

/** Ten updates from the fixture's start, each compared with PyTorch's. */
async function expectFollows<S extends Tree>(name: string, optimizer: Optimizer<S>): Promise<void> {
  const wanted = after[name] as readonly Numbers[];
  const gradient = (_: Params, step: number) => fromNumbers(fixture.grads[step] as Numbers);
  const found = follow(optimizer, fromNumbers(fixture.start), gradient, wanted.length);
  for (const [step, params] of found.entries()) {
    expectNear(await toNumbers(params), wanted[step] as Numbers, `step ${step}`);
  }
}

describe('ten updates as in PyTorch', () => {
  const cases: { readonly [name: string]: () => Optimizer<Tree> } = {
    sgd: () => sgd({ learningRate: 0.1 }),
    momentum: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
    nesterov: () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    rmsprop: () => rmsprop({ learningRate: 0.02 }),
    'rmsprop, decay and epsilon': () => rmsprop({ learningRate: 0.02, decay: 0.9, epsilon: 1e-3 }),
    'rmsprop, momentum': () => rmsprop({ learningRate: 0.02, momentum: 0.9 }),
    'rmsprop, centered': () => rmsprop({ learningRate: 0.02, decay: 0.95, centered: true }),
    'rmsprop, centered, momentum': () =>
      rmsprop({ learningRate: 0.0001, decay: 0.95, epsilon: 1e-4, centered: true, momentum: 0.9 }),
    adagrad: () => adagrad({ learningRate: 0.1 }),
    'adagrad, initial sum': () => adagrad({ learningRate: 0.1, initialSum: 0.1, epsilon: 1e-3 }),
    adam: () => adam({ learningRate: 0.05 }),
    'adam, betas and epsilon': () => adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
    'adam, amsgrad': () => adam({ learningRate: 0.05, beta2: 0.9, amsgrad: true }),
    adamw: () => adamw({ learningRate: 0.05 }),
    'adamw, decay': () => adamw({ learningRate: 0.05, weightDecay: 0.5 }),
    'adamw, kernels only': () =>
      adamw({ learningRate: 0.05, weightDecay: 0.5, decays: (path) => path.endsWith('kernel') }),
  };
  test.each(Object.keys(after))('%s', (name) => expectFollows(name, (cases[name] as () => Optimizer<Tree>)()));
});

describe('clipping as in PyTorch', () => {
  const grads = fixture.grads[0] as Numbers;
  const clip = async (optimizer: Optimizer<{ readonly [key: string]: never }>) => {
    const given = fromNumbers(grads);
    return toNumbers(optimizer.update(given, {}, given, 0).updates);
  };

  test('the norm over all leaves', async () => {
    const [norm] = await globalNorm(fromNumbers(grads)).data();
    expect(Math.abs((norm as number) / fixture.norm - 1)).toBeLessThanOrEqual(TOLERANCE);
  });

  test.each(fixture.byNorm)('clip_grad_norm_ to $limit', async ({ limit, grads: wanted }) => {
    // PyTorch divides by ‖g‖ + 1e-6.
    expectNear(await clip(clipByGlobalNorm(limit)), wanted, 'clipped', TOLERANCE + 1e-6 / fixture.norm);
  });

  test.each(fixture.byValue)('clip_grad_value_ to $limit', async ({ limit, grads: wanted }) => {
    expectNear(await clip(clipByValue(limit)), wanted, 'clipped');
  });
});
