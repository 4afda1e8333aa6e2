import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/reservoir.json' with { type: 'json' };
import { spectralRadius } from '../../src/reservoir/spectral-radius.ts';
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);

/** As in reservoir.py. */
function matrix(start: number, size: number, density: number): Float64Array {
  let seed = start;
  const draw = (): number => {
    seed = (Math.imul(1664525, seed) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  return Float64Array.from({ length: size * size }, () => (draw() < density ? 2 * draw() - 1 : 0));
}

describe('spectral radius', () => {
  it.each(fixture.radii)('of $size×$size numbers, density $density, is that of numpy', (of) => {
    const found = spectralRadius(matrix(of.seed, of.size, of.density), of.size);
    expect(Math.abs(found / of.radius - 1)).toBeLessThan(1e-9);
  });

  it('is that of a real and of a complex leading pair', () => {
    expect(new Set(fixture.radii.map(({ isReal }) => isReal))).toEqual(new Set([true, false]));
  });

  it.each([
    ['a rotation', [0, -1, 1, 0], 1],
    ['eigenvalues 2 and −2', [0, 4, 1, 0], 2],
    ['one number', [-3], 3],
    ['zeros', [0, 0, 0, 0], 0],
    ['numbers above the diagonal alone', [0, 1, 2, 0, 0, 3, 0, 0, 0], 0],
    ['a circle', [0, 1, 0, 0, 0, 1, 1, 0, 0], 1],
    ['a multiple of the identity', [5, 0, 0, 0, 5, 0, 0, 0, 5], 5],
    ['a projection', [1, 1, 0, 0], 1],
  ])('of %s', (_, values, radius) => {
    expect(spectralRadius(values, Math.sqrt(values.length))).toBeCloseTo(radius, 12);
  });
});
