import { selectBackend } from '@elman/backend';
import { lstm } from '@elman/cells';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '../src/errors.ts';
import { countParameters } from '../src/parameters.ts';

beforeAll(async () => {
  await selectBackend();
});

describe('countParameters', () => {
  it('counts, and leaves no tensor behind', () => {
    const before = memory().numTensors;
    expect(countParameters(lstm({ inputSize: 3, hiddenSize: 5 }), 'wasm', ['--hidden'])).toBe(4 * 5 * (3 + 5 + 1));
    expect(memory().numTensors).toBe(before);
  });

  it('refuses what does not fit before it takes memory, and says what to change', () => {
    const before = memory().numTensors;
    const count = () => countParameters(lstm({ inputSize: 64, hiddenSize: 20_000 }), 'wasm', ['--hidden', '--layers']);
    expect(count).toThrow(
      'the net is too large: wasm can train about 130M parameters here; give a smaller --hidden or --layers.',
    );
    expect(memory().numTensors).toBe(before);
  });
});

it.each([
  new RangeError('offset is out of bounds'),
  new RangeError('Array buffer allocation failed'),
  new RangeError('Invalid typed array length: 6400000000'),
  new WebAssembly.RuntimeError('memory access out of bounds'),
  new RangeError('kernels: expected room for 9 numbers on the heap of tfjs, found none.'),
  new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory'),
])('tells %s as what it is: too little memory', (error) => {
  expect(describeError(error, false)).toMatch(
    /^elman: there is not enough memory for .* make one of them smaller(, or raise .*\(ulimit -v\))?\.$/,
  );
});
