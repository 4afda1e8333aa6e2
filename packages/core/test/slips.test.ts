import { engine, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  BackendError,
  expectAwaited,
  expectMethods,
  OptionError,
  Rng,
  ShapeError,
  tree,
  withParamsOf,
} from '../src/index.ts';

describe('without a backend', () => {
  it('computations throw one line that names the call for one', () => {
    const state = engine();
    const { backendName, registryFactory } = state;
    try {
      Object.assign(state, { backendName: undefined, registryFactory: {} });
      const message =
        'no backend of TensorFlow.js is ready: `await selectBackend()` of @elman/backend before anything is computed.';
      expect(() => Rng.seeded(1).tensor([2], (r) => r.normal())).toThrow(new BackendError(message));
      expect(() => tree.tidy(() => zeros([2]))).toThrow(new BackendError(message));
    } finally {
      Object.assign(state, { backendName, registryFactory });
    }
    expect(tree.tidy(() => zeros([2])).shape).toEqual([2]);
  });
});

describe('expectMethods', () => {
  function adam(): void {}
  class Tokenizer {}
  const step = (): void => {};
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['adam', 'adam'],
    [adam, 'the function adam: call it'],
    [Tokenizer, 'the class Tokenizer'],
    [Promise.resolve(1), 'a promise: wait for it with await'],
    [[1], 'a list'],
    [{ name: 'gru', step }, 'the cell gru'],
    [{ name: 'bidirectional(gru, gru)', run: step }, 'the layer bidirectional(gru, gru)'],
    [{ name: 'gold' }, 'an object with the name gold'],
    [{ a: 1, b: 2 }, 'an object with a, b'],
    [{}, 'an object with nothing in it'],
  ])('says what %o is', (given, name) => {
    expect(() => expectMethods('train: model', given, ['init', 'loss'], 'a model')).toThrow(
      new OptionError(`train: model: expected a model, got ${name}.`),
    );
  });

  it('accepts objects that have them, also by inheritance', () => {
    class Model {
      init(): void {}
    }
    expect(() => expectMethods('x', new Model(), ['init'], 'a model')).not.toThrow();
    expect(() => expectAwaited('x', new Model())).not.toThrow();
  });
});

describe('withParamsOf', () => {
  const part = { init: () => ({ kernel: zeros([2, 3]), bias: zeros([3]) }) };
  const fails = (params: object, error: Error = new TypeError('raw')) =>
    withParamsOf('dense', part, params as never, () => {
      throw error;
    });

  it('names the first parameter that does not match, after a failure', () => {
    const advice = 'give those that its own init made, or that were trained from them.';
    const bias = tensor1d([1, 2, 3]);
    expect(() => fails({ bias })).toThrow(
      new ShapeError(`dense: params: kernel: expected [2, 3], got nothing; ${advice}`),
    );
    expect(() => fails({ bias, kernel: zeros([3, 2]) })).toThrow(
      new ShapeError(`dense: params: kernel: expected [2, 3], got [3, 2]; ${advice}`),
    );
    expect(() => fails({ ...part.init(), other: bias })).toThrow(
      new ShapeError(`dense: params: other: expected nothing, got [3]; ${advice}`),
    );
  });

  it('else passes on errors and results unchanged', () => {
    expect(() => fails(part.init())).toThrow(new TypeError('raw'));
    expect(() => fails(part.init(), new OptionError('ours'))).toThrow(new OptionError('ours'));
    expect(withParamsOf('dense', part, {}, () => 3)).toBe(3);
  });
});
