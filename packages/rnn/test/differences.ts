import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { add, mul, type Scalar, sum } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** The number in a scalar, whichever backend holds it. */
export async function number(x: Scalar): Promise<number> {
  return (await x.data())[0] as number;
}

/**
 * Expects the gradient of `f` at `at` to agree with central differences along random directions over all leaves at once,
 *
 *   ⟨∇f, d⟩ ≈ (4·D(ε/2) − D(ε)) / 3      D(ε) = (f(x + ε·d) − f(x − ε·d)) / 2ε
 *
 * within `tolerance` of the gradient's length, and to be zero in no leaf.
 */
export async function expectGradient<P extends Tree>(
  f: (params: P) => Scalar,
  at: P,
  { tolerance = 4e-3, directions = 2, epsilon = 0.04 } = {},
): Promise<void> {
  const { grads } = valueAndGrad((params) => ({ loss: f(params), aux: [] }), at);
  const flat = await Promise.all(tree.leaves(grads).map((leaf) => leaf.data()));
  const length = Math.hypot(...flat.flatMap((leaf) => [...leaf]));
  for (const leaf of flat) expect(Math.hypot(...leaf)).toBeGreaterThan(0);
  const rng = Rng.seeded('directions');
  for (let i = 0; i < directions; i++) {
    const direction = tree.map(at, (leaf) => rng.tensor(leaf.shape, (r) => r.normal()));
    const norm = Math.sqrt(tree.size(at));
    const along = async (distance: number): Promise<number> => {
      const value = tree.tidy(() => f(tree.zip(at, direction, (x, d) => add(x, mul(d, distance / norm)))));
      return number(value);
    };
    const difference = async (e: number): Promise<number> => ((await along(e)) - (await along(-e))) / (2 * e);
    const wanted = (4 * (await difference(epsilon / 2)) - (await difference(epsilon))) / 3;
    const products = tree.zip(grads, direction, (g, d) => sum(mul(g, mul(d, 1 / norm))));
    const parts = await Promise.all(tree.leaves(products).map((leaf) => leaf.data()));
    const got = parts.reduce((total, part) => total + (part[0] as number), 0);
    expect(Math.abs(got - wanted) / length, `${got} is not ${wanted}`).toBeLessThan(tolerance);
  }
}

/** Expects numbers to agree within `tolerance`. */
export function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs((got[i] as number) - (wanted[i] as number));
    expect(difference, `at ${i}: ${got[i]} is not ${wanted[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Expects trees of the same paths and shapes, with numbers that agree. */
export async function expectSameTree(got: Tree, wanted: Tree, tolerance = 1e-5): Promise<void> {
  const [a, b] = [tree.entries(got), tree.entries(wanted)];
  expect(a.map(([path, leaf]) => [path, leaf.shape])).toEqual(b.map(([path, leaf]) => [path, leaf.shape]));
  for (const [i, [, leaf]] of a.entries()) {
    expectClose(await leaf.data(), (await b[i]?.[1].data()) as Float32Array, tolerance);
  }
}
