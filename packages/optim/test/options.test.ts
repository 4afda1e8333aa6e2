import { type Optimizer, OptionError, type Tree } from '@elman/core';
import { tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adagrad, adam, adamw, chain, clipByGlobalNorm, rmsprop, sgd } from '../src/index.ts';

const grads = { x: tensor1d([0.5, -2, 1e-3]) };
const params = { x: tensor1d([1, 2, 3]) };

async function firstUpdate(optimizer: Optimizer<never>): Promise<number[]> {
  const { updates } = optimizer.update(grads, optimizer.init(params) as never, params, 0);
  return [...(await updates.x.data())];
}

describe('an optimizer without options', () => {
  const usual: [string, () => Optimizer<Tree>, () => Optimizer<Tree>][] = [
    ['adam', () => adam() as never, () => adam({ learningRate: 0.001 }) as never],
    ['adamw', () => adamw() as never, () => adamw({ learningRate: 0.001 }) as never],
    ['rmsprop', () => rmsprop() as never, () => rmsprop({ learningRate: 0.01 }) as never],
    ['adagrad', () => adagrad() as never, () => adagrad({ learningRate: 0.01 }) as never],
  ];
  it.each(usual)('has the learning rate of PyTorch: %s', async (_, without, given) => {
    expect(await firstUpdate(without() as never)).toEqual(await firstUpdate(given() as never));
  });

  it('sgd has no default', () => {
    expect(() => sgd(undefined as never)).toThrow(
      new OptionError('sgd: expected options such as { learningRate: … }, got undefined.'),
    );
    expect(() => sgd({} as never)).toThrow(
      new OptionError('sgd: learningRate: expected a number or a schedule, got undefined.'),
    );
  });
});

describe('invalid options', () => {
  it.each([
    ['adam', adam],
    ['adamw', adamw],
    ['rmsprop', rmsprop],
    ['adagrad', adagrad],
    ['sgd', sgd],
  ] as [string, (options: unknown) => unknown][])('are refused in one line: %s', (name, make) => {
    expect(() => make(0.01)).toThrow(
      new OptionError(`${name}: expected options such as { learningRate: … }, got 0.01.`),
    );
    expect(() => make({ lr: 0.01 })).toThrow(
      new RegExp(`^${name}: lr: not an option; there are learningRate, [\\w, ]+\\.$`),
    );
    expect(() => make({ learningRate: '0.01' })).toThrow(
      `${name}: learningRate: expected a number or a schedule, got 0.01.`,
    );
  });

  it('a chain refuses a factory in place of an optimizer', () => {
    expect(() => chain(clipByGlobalNorm(1), adam as never)).toThrow(
      new OptionError('chain: part 1: expected an optimizer, such as adam(), got the function adam: call it.'),
    );
    expect(() => chain(undefined as never)).toThrow(
      'chain: part 0: expected an optimizer, such as adam(), got undefined.',
    );
  });
});
