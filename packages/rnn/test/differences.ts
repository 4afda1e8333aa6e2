import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { abs, add, cast, concat, mul, reshape, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** All numbers of the leaves, read from the device at once. */
async function numbers(at: Tree): Promise<Float32Array> {
  const flat = tree.tidy(() => concat(tree.leaves(at).map((leaf) => reshape(cast(leaf, 'float32'), [-1]))));
  return (await flat.data()) as Float32Array;
}

/**
 * Expects the gradient of `f` at `at` to agree with central differences along a random direction over all leaves at once,
 *
 *   ⟨∇f, d⟩ ≈ (4·D(ε/2) − D(ε)) / 3      D(ε) = (f(x + ε·d) − f(x − ε·d)) / 2ε
 *
 * within `tolerance` of the gradient's norm, and to be zero in no leaf.
 */
export async function expectGradient<P extends Tree>(
  f: (params: P) => Scalar,
  at: P,
  { tolerance = 4e-3, epsilon = 0.04 } = {},
): Promise<void> {
  const { grads } = valueAndGrad((params) => ({ loss: f(params), aux: [] }), at);
  for (const leaf of await numbers(tree.map(grads, (gradient) => sum(abs(gradient))))) expect(leaf).toBeGreaterThan(0);
  const gradient = await numbers(grads);
  const rng = Rng.seeded('direction');
  const norm = Math.sqrt(tree.size(at));
  const direction = tree.map(at, (leaf) => rng.tensor(leaf.shape, (r) => r.normal(0, 1 / norm)));
  const along = (distance: number): Scalar =>
    tree.tidy(() => f(tree.zip(at, direction, (x, d) => add(x, mul(d, distance)))));
  const values = await numbers([epsilon, -epsilon, epsilon / 2, -epsilon / 2].map(along));
  const [ahead, behind, near, nearBehind] = values as unknown as [number, number, number, number];
  const wanted = (4 * ((near - nearBehind) / epsilon) - (ahead - behind) / (2 * epsilon)) / 3;
  const steps = await numbers(direction);
  const got = gradient.reduce((total, g, i) => total + g * (steps[i] as number), 0);
  const length = Math.hypot(...gradient);
  expect(Math.abs(got - wanted) / length, `${got} is not ${wanted}`).toBeLessThan(tolerance);
}

/** The sum of all numbers of tensors. Not by `addN`, which gives 0 on webgpu from eight tensors on. */
export function total(...parts: readonly Tensor[]): Scalar {
  return parts.map((part) => sum(part) as Scalar).reduce((a, b) => add(a, b));
}

/** Expects numbers to agree within `tolerance`. */
function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs((got[i] as number) - (wanted[i] as number));
    expect(difference, `at ${i}: ${got[i]} is not ${wanted[i]}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Expects trees of the same paths and shapes, with numbers that agree. */
export async function expectSameTree(got: Tree, wanted: Tree, tolerance = 1e-5): Promise<void> {
  const form = (of: Tree): unknown => tree.entries(of).map(([path, leaf]) => [path, leaf.shape]);
  expect(form(got)).toEqual(form(wanted));
  expectClose(await numbers(got), await numbers(wanted), tolerance);
}
