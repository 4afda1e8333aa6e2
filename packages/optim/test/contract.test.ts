import { type Optimizer, OptionError, ShapeError, type Tree, tree } from '@elman/core';
import {
  adagrad,
  adam,
  adamw,
  applyUpdates,
  chain,
  clipByGlobalNorm,
  clipByValue,
  constant,
  cosine,
  cosineRestarts,
  exponentialDecay,
  globalNorm,
  plateau,
  rmsprop,
  sgd,
  stepDecay,
  warmup,
} from '@elman/optim';
import { memory, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const learningRate = 0.1;
const optimizers: readonly Optimizer<Tree>[] = [
  sgd({ learningRate }),
  sgd({ learningRate, momentum: 0.9 }),
  sgd({ learningRate, momentum: 0.9, nesterov: true }),
  rmsprop({ learningRate }),
  rmsprop({ learningRate, momentum: 0.9, centered: true }),
  adagrad({ learningRate }),
  adam({ learningRate }),
  adam({ learningRate, amsgrad: true }),
  adamw({ learningRate }),
  clipByValue(1),
  clipByGlobalNorm(1),
  chain(clipByValue(2), clipByGlobalNorm(1), adamw({ learningRate })),
];

const makeParams = () => ({ cell: { kernel: tensor2d([[1, 2]]), bias: tensor1d([3]) }, head: [tensor1d([4, 5])] });

describe.each(optimizers.map((optimizer, i) => [`${i} ${optimizer.name}`, optimizer] as const))(
  '%s',
  (_, optimizer) => {
    test('leaks nothing, disposes none of its arguments, and continues from a state of the same structure', () => {
      const params = makeParams();
      const grads = makeParams();
      const before = memory().numTensors;
      const state = optimizer.init(params);
      const held = memory().numTensors;
      const { updates, state: next } = optimizer.update(grads, state, params, 0);
      const form = (of: Tree) => tree.entries(of).map(([path, { shape, dtype }]) => [path, shape, dtype]);
      expect(form(updates)).toEqual(form(params));
      expect(form(next)).toEqual(form(state));
      expect([params, grads, state].flatMap((of) => tree.leaves(of)).filter((leaf) => leaf.isDisposed)).toEqual([]);
      expect(memory().numTensors).toBe(held + tree.leaves(updates).length + tree.leaves(next).length);
      tree.dispose([updates, next, state]);
      expect(memory().numTensors).toBe(before);
    });

    test('is deterministic to the bit', async () => {
      const params = makeParams();
      const run = async () => {
        const { updates } = optimizer.update(params, optimizer.init(params), params, 3);
        return Promise.all(tree.leaves(updates).map(async (leaf) => [...(await leaf.data())]));
      };
      expect(await run()).toEqual(await run());
    });
  },
);

test('applyUpdates and globalNorm leak nothing', () => {
  const params = makeParams();
  const before = memory().numTensors;
  tree.dispose([applyUpdates(params, params, 0.5), globalNorm(params)]);
  expect(memory().numTensors).toBe(before);
});

test('gradients of another structure throw', () => {
  const params = { a: tensor1d([1]), b: tensor1d([1]) };
  const optimizer = adam({ learningRate });
  const grads = { a: tensor1d([1]) } as unknown as typeof params;
  const before = memory().numTensors;
  const state = optimizer.init(params);
  expect(() => optimizer.update(grads, state, params, 0)).toThrow(ShapeError);
  tree.dispose(state);
  expect(memory().numTensors).toBe(before);
});

describe('options', () => {
  const inSchedule = (rate: number, step: number) => () => {
    const params = { x: tensor1d([1]) };
    return sgd({ learningRate: () => rate }).update(params, { velocity: {} }, params, step);
  };
  test.each<[() => unknown, string]>([
    [() => sgd({ learningRate: 0 }), 'sgd: learningRate: expected a finite number above 0, got 0.'],
    [() => adam({ learningRate: Number.NaN }), 'adam: learningRate: expected a finite number above 0, got NaN.'],
    [() => adagrad({ learningRate: -1 }), 'adagrad: learningRate: expected a finite number above 0, got -1.'],
    [() => rmsprop({ learningRate: 1 / 0 }), 'rmsprop: learningRate: expected a finite number above 0, got Infinity.'],
    [() => adam({ learningRate, beta1: 1 }), 'adam: beta1: expected a number from 0 to below 1, got 1.'],
    [() => adam({ learningRate, beta2: -0.1 }), 'adam: beta2: expected a number from 0 to below 1, got -0.1.'],
    [() => adam({ learningRate, epsilon: 0 }), 'adam: epsilon: expected a finite number above 0, got 0.'],
    [() => adamw({ learningRate, weightDecay: -1 }), 'adamw: weightDecay: expected a finite number from 0, got -1.'],
    [() => rmsprop({ learningRate, decay: 1 }), 'rmsprop: decay: expected a number from 0 to below 1, got 1.'],
    [() => rmsprop({ learningRate, momentum: 2 }), 'rmsprop: momentum: expected a number from 0 to below 1, got 2.'],
    [() => adagrad({ learningRate, initialSum: -1 }), 'adagrad: initialSum: expected a finite number from 0, got -1.'],
    [() => sgd({ learningRate, nesterov: true }), 'sgd: nesterov: expected momentum above 0, got 0.'],
    [() => clipByValue(0), 'clipByValue: limit: expected a finite number above 0, got 0.'],
    [() => clipByGlobalNorm(-5), 'clipByGlobalNorm: limit: expected a finite number above 0, got -5.'],
    [() => chain(), 'chain: expected one optimizer or more, got none.'],
    [() => constant(0), 'constant: value: expected a finite number above 0, got 0.'],
    [
      () => stepDecay({ initial: 1, factor: 0.5, every: 0 }),
      'stepDecay: every: expected a whole number from 1, got 0.',
    ],
    [
      () => exponentialDecay({ initial: 1, factor: 0 }),
      'exponentialDecay: factor: expected a finite number above 0, got 0.',
    ],
    [() => cosine({ initial: 1, steps: 2.5 }), 'cosine: steps: expected a whole number from 1, got 2.5.'],
    [
      () => cosineRestarts({ initial: 1, steps: 2, growth: 0 }),
      'cosineRestarts: growth: expected a whole number from 1, got 0.',
    ],
    [() => warmup({ steps: -1, next: constant(1) }), 'warmup: steps: expected a whole number from 1, got -1.'],
    [() => plateau({ factor: 1 }), 'plateau: factor: expected a number between 0 and 1, got 1.'],
    [() => plateau({ patience: 0.5 }), 'plateau: patience: expected a whole number from 0, got 0.5.'],
    [() => plateau({ minScale: 2 }), 'plateau: minScale: expected a number from 0 to 1, got 2.'],
    [inSchedule(Number.NaN, 7), 'sgd: learningRate: the schedule gave NaN at step 7; expected a finite number from 0.'],
    [inSchedule(1, -1), 'sgd: step: expected a whole number from 0 (updates made so far), got -1.'],
  ])('%s', (make, message) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(OptionError.isInstance(thrown)).toBe(true);
    expect((thrown as Error).message).toBe(message);
  });
});

test('globalNorm includes every leaf, for any number of leaves', async () => {
  const leaves = Array.from({ length: 25 }, () => tensor1d([1]));
  expect((await globalNorm(leaves).data())[0]).toBeCloseTo(5, 5);
});
