import type { Optimizer, Tree } from '@elman/core';
import { adagrad, adam, adamw, rmsprop, sgd } from '@elman/optim';
import { tensor1d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { learningRate, makeOptimizer } from '../src/optimizer.ts';

const run = { learningRate: 0.01, updates: 100, clip: 0 };
const rate = { learningRate: learningRate(run) };
const library: { readonly [name: string]: Optimizer<never> } = {
  adam: adam(rate) as never,
  adamw: adamw(rate) as never,
  rmsprop: rmsprop(rate) as never,
  adagrad: adagrad(rate) as never,
  momentum: sgd({ ...rate, momentum: 0.9 }) as never,
  sgd: sgd(rate) as never,
};

/** With a gradient so small that ε decides. */
async function updates(optimizer: Optimizer<Tree>): Promise<number[]> {
  const [params, grads] = [{ x: tensor1d([1, 2]) }, { x: tensor1d([1e-9, -3e-10]) }];
  const first = optimizer.update(grads, optimizer.init(params), params, 0);
  const second = optimizer.update(grads, first.state, params, 1);
  return [...(await first.updates.x.data()), ...(await second.updates.x.data())];
}

it.each(Object.keys(library))('--optimizer %s is the one of the library', async (optimizer) => {
  expect(await updates(await makeOptimizer({ ...run, optimizer }))).toEqual(await updates(library[optimizer] as never));
});

it('takes options of the optimizer, and names those that are near', async () => {
  const told = await makeOptimizer({ ...run, optimizer: 'adam:beta1=0.5,amsgrad=true' });
  expect(await updates(told)).toEqual(await updates(adam({ ...rate, beta1: 0.5, amsgrad: true }) as never));
  for (const [optimizer, message] of [
    ['admaw', /^optimizer: "admaw" is neither a built-in optimizer nor an installed package; did you mean adamw\?/],
    ['lion', /nor an installed package; ".* optimizers" lists what is built in\.$/],
    ['adam:beta=0.5', /^optimizer: adam has no option beta; did you mean beta1 or beta2\?$/],
    ['sgd:nesterov=yes', /^optimizer: sgd: nesterov: expected true or false, got "yes"\.$/],
  ] as const) {
    await expect(makeOptimizer({ ...run, optimizer })).rejects.toThrow(message);
  }
});
