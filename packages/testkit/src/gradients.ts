import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { add, dot, mul, type Scalar, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { flatten, onGraphicsDevice } from './tensors.ts';

/** How to check a gradient. */
export interface GradientOptions {
  /** Largest error of the slope along a random direction, in units of the gradient's length. Default 2e-3. */
  readonly tolerance?: number | undefined;
  /** Tried in turn until one agrees, because of kinks and curvature. Default 0.01, 0.003, 0.001. */
  readonly stepSizes?: readonly number[] | undefined;
  /** Chooses directions and weights. Default 0. */
  readonly seed?: number | undefined;
  /** What is checked, for the message. Default `gradient`. */
  readonly where?: string | undefined;
}

/** The float32 leaves of a tree with their paths, and the way back to a tree of the same form. */
export interface Differentiable<T extends Tree> {
  readonly paths: readonly string[];
  readonly leaves: readonly Tensor[];
  put(leaves: readonly Tensor[]): T;
}

/** Takes the float32 leaves out of a tree: what can be differentiated by. */
export function differentiable<T extends Tree>(of: T): Differentiable<T> {
  const found = tree.entries(of).filter(([, leaf]) => leaf.dtype === 'float32');
  const places = new Map(found.map(([path], i) => [path, i]));
  return {
    paths: found.map(([path]) => path),
    leaves: found.map(([, leaf]) => leaf),
    put: (leaves) => tree.map(of, (leaf, path) => leaves[places.get(path) ?? -1] ?? leaf),
  };
}

/**
 * The slope of `f` at `x` along `direction` by central differences, (f(x + h·d) − f(x − h·d)) / 2h.
 *
 * `f` gives its value as a number, so that it can be summed in double precision: float32 leaves few digits to a difference.
 */
export async function finiteDifferences(
  f: (x: Tensor) => Promise<number>,
  x: Tensor,
  direction: Tensor,
  stepSize: number,
): Promise<number> {
  const valueAt = async (by: number): Promise<number> => {
    const moved = tidy(() => add(x, mul(direction, by)));
    const value = await f(moved);
    moved.dispose();
    return value;
  };
  return ((await valueAt(stepSize)) - (await valueAt(-stepSize))) / (2 * stepSize);
}

/**
 * Throws unless the gradient of `f` agrees with finite differences: for every float32 leaf of `x`, along a direction of
 * random signs, so that each entry of the leaf counts, with a random weight on every number that `f` returns.
 *
 *   await checkGradient(({ a, b }) => matMul(a, b), { a, b });
 *
 * Where an error is: the slope along d = ±1… is gradient·d; both are compared within tolerance · |gradient| and the
 * rounding of float32. A right gradient agrees at one of the step sizes; a wrong one at none.
 * @throws {ConformanceError} naming the leaf.
 */
export async function checkGradient<T extends Tree>(
  f: (x: T) => Tree,
  x: T,
  options: GradientOptions = {},
): Promise<void> {
  const { tolerance = 2e-3, stepSizes = [1e-2, 3e-3, 1e-3], seed = 0, where = 'gradient' } = options;
  const rng = Rng.seeded(seed);
  const { paths, leaves, put } = differentiable(x);
  const forward = (given: readonly Tensor[]): Tensor1D => flatten(differentiable(f(put(given))).leaves);
  const size = tidy(() => forward(leaves).size);
  const weights = rng.fork('weights').tensor([size], (r) => r.uniform(-1, 1)) as Tensor1D;
  const weighing = await weights.data();

  const value = async (given: readonly Tensor[]): Promise<Weighted> => {
    const flat = tidy(() => forward(given));
    const values = await flat.data();
    flat.dispose();
    return weigh(values, weighing);
  };
  const { value: loss, grads } = valueAndGrad(
    (given: Tensor[]) => ({ loss: dot(forward(given), weights) as Scalar, aux: [] }),
    [...leaves],
  );
  const { length } = await value(leaves);
  const rounding = (onGraphicsDevice() ? 1e-6 : 2e-7) * length;
  for (const [i, leaf] of leaves.entries()) {
    const direction = rng.fork(paths[i] as string).tensor(leaf.shape, (r) => (r.bits() & 1 ? 1 : -1));
    const moving = async (moved: Tensor): Promise<number> => (await value(leaves.with(i, moved))).sum;
    const along = await project(grads[i] as Tensor, direction);
    const slopes: number[] = [];
    for (const stepSize of stepSizes) {
      const slope = await finiteDifferences(moving, leaf, direction, stepSize);
      slopes.push(slope);
      if (Math.abs(slope - along.sum) <= tolerance * along.length + rounding / stepSize) break;
      if (slopes.length < stepSizes.length) continue;
      throw new ConformanceError(
        `${where}: ${paths[i] || 'x'}: expected the slope ${slopes.join(' or ')} by finite differences, got ${along.sum} by the gradient (whose length is ${along.length}).`,
      );
    }
    direction.dispose();
  }
  tree.dispose([weights, loss, ...grads]);
}

/** A sum of products in double precision, and the length of the vector of its terms' left sides or of the terms. */
type Weighted = { readonly sum: number; readonly length: number };

function weigh(values: ArrayLike<number>, weights: ArrayLike<number>): Weighted {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const term = (values[i] as number) * (weights[i] as number);
    sum += term;
    squares += term * term;
  }
  return { sum, length: Math.sqrt(squares) };
}

async function project(gradient: Tensor, direction: Tensor): Promise<Weighted> {
  return weigh(await gradient.data(), await direction.data());
}
