import { DataError } from '@elman/core';
import { cast, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectMask, hasValuesHere } from '../src/index.ts';

const of = (...numbers: number[]) => tensor2d([0, 1, 1, ...numbers], [1, 3 + numbers.length]);

it.each([Number.NaN, 0.5, 2, -1, Number.POSITIVE_INFINITY])(
  'refuses %d in a mask, where reading costs nothing',
  (x) => {
    const check = (): void => expectMask('lstm', 'mask', of(x, 3));
    if (!hasValuesHere()) return expect(check).not.toThrow();
    expect(check).toThrow(new DataError(`lstm: mask: expected 0 or 1, got ${x} at [0, 3]; 1 is for what is real.`));
  },
);

it('accepts 0 and 1 of any type, and an empty one', () => {
  for (const dtype of ['float32', 'int32', 'bool'] as const) expectMask('lstm', 'mask', cast(of(1, 0), dtype));
  expectMask('lstm', 'mask', zeros([0, 3]));
});
