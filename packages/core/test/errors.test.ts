import { tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  DataError,
  ElmanError,
  expectFrames,
  expectShape,
  expectSizes,
  OptionError,
  ShapeError,
} from '../src/index.ts';

describe('errors', () => {
  it('are recognised by marker, not by identity', () => {
    const error = new ShapeError('x');
    expect(error.name).toBe('ShapeError');
    expect([ElmanError, ShapeError, DataError].map((type) => type.isInstance(error))).toEqual([true, true, false]);
    const fromAnotherCopy = Object.assign(new Error('x'), { [Symbol.for('elman.error.ShapeError')]: true });
    expect(ShapeError.isInstance(fromAnotherCopy)).toBe(true);
    expect([null, undefined, 'x', {}].map((value) => ElmanError.isInstance(value))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('keep their cause', () => {
    const cause = new Error('deep');
    expect(new DataError('top', { cause }).cause).toBe(cause);
  });
});

describe('expectShape and expectSizes', () => {
  it('name the place, the expected and the actual value', () => {
    const input = tensor2d([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(() => expectShape('minGru', 'input', input, { batch: 2, inputSize: 3 })).toThrow(
      new ShapeError('minGru: input: expected [batch=2, inputSize=3], got [2, 4].'),
    );
    expect(() => expectShape('minGru', 'input', input, { batch: undefined })).toThrow('expected [batch], got [2, 4].');
    const rest = (shape: number[]) => () => expectFrames('lstm', 'inputs', zeros(shape));
    expect(rest([0, 4, 3])).toThrow(new ShapeError('lstm: inputs: expected one row or more, got [0, 4, 3].'));
    expect(rest([2, 0, 3])).toThrow(new ShapeError('lstm: inputs: expected one frame or more, got [2, 0, 3].'));
    expect(rest([2, 4, 0])).not.toThrow();
    expectShape('minGru', 'input', input, { batch: undefined, inputSize: 4 });
    input.dispose();
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuse the size %s', (hiddenSize) => {
    expect(() => expectSizes('lstm', { inputSize: 3, hiddenSize })).toThrow(
      new OptionError(`lstm: hiddenSize: expected a positive whole number, got ${hiddenSize}.`),
    );
  });
});
