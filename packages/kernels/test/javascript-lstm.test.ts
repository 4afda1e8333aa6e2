import { describe, expect, it } from 'vitest';
import { javascriptLstm } from '../src/javascript-lstm.ts';
import { exactBackward, exactForward } from './exact-lstm.ts';
import { type Lengths, makeCase } from './lstm-case.ts';

/** Largest difference, in units of the largest value expected. */
function error(got: Float32Array, expected: Float64Array): number {
  expect(got.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))), 0) / largest;
}

describe('javascriptLstm', () => {
  const sizes = [1, 3, 7, 17].flatMap((hidden) => [1, 3, 9].map((batch) => ({ hidden, batch })));
  it.each(sizes)('equals the equations in float64: hidden $hidden, batch $batch', ({ hidden, batch }) => {
    for (const time of [1, 5]) {
      for (const lengths of ['full', 'ragged', 'empty'] satisfies Lengths[]) {
        for (const reverse of [false, true]) {
          const seed = 100 * hidden + batch;
          const options = { seed, lengths, reverse, last: lengths !== 'ragged' };
          const { sizes, input, grads } = makeCase({ time, batch, hidden }, options);
          const activations = javascriptLstm.forward(sizes, input);
          const exact = exactForward(sizes, input);
          expect(error(activations.hs, exact.hs)).toBeLessThan(1e-6);
          expect(error(activations.cs, exact.cs)).toBeLessThan(1e-6);
          const gradients = javascriptLstm.backward(sizes, { ...input, ...activations }, grads);
          const exactGradients = exactBackward(sizes, { ...input, ...exact }, grads);
          for (const name of ['projected', 'recurrentKernel', 'h0', 'c0'] as const) {
            expect(error(gradients[name], exactGradients[name]), name).toBeLessThan(2e-6);
          }
        }
      }
    }
  });

  it('sums over more rows than one block of the product holds', () => {
    const { sizes, input, grads } = makeCase({ time: 70, batch: 5, hidden: 3 }, { seed: 1 });
    const activations = javascriptLstm.forward(sizes, input);
    const gradients = javascriptLstm.backward(sizes, { ...input, ...activations }, grads);
    const exact = exactBackward(sizes, { ...input, ...exactForward(sizes, input) }, grads);
    expect(error(gradients.recurrentKernel, exact.recurrentKernel)).toBeLessThan(2e-6);
  });

  it('only reads its arguments', () => {
    const { sizes, input, grads } = makeCase({ time: 3, batch: 2, hidden: 5 }, { seed: 2, lengths: 'ragged' });
    const before = structuredClone({ input, grads });
    const activations = javascriptLstm.forward(sizes, input);
    const saved = structuredClone(activations);
    javascriptLstm.backward(sizes, { ...input, ...activations }, grads);
    expect({ input, grads }).toEqual(before);
    expect(activations).toEqual(saved);
  });
});
