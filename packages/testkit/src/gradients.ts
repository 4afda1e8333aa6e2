import { Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { add, dot, mul, type Scalar, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { flatten, onGraphicsDevice } from './tensors.ts';

/** How to check a gradient. */
export interface GradientOptions {
  /** Largest error of the directional derivative, in units of the gradient's norm. Default 2e-3. */
  readonly tolerance?: number | undefined;
  /** Step sizes, tried in turn until one agrees, because of kinks and curvature. Default 0.01, 0.003, 0.001. */
  readonly stepSizes?: readonly number[] | undefined;
  /** Seed of directions and weights. Default 0. */
  readonly seed?: number | undefined;
  /** What is checked, for the message. Default `gradient`. */
  readonly where?: string | undefined;
}

/** The float32 leaves of a tree with their paths, and a function that puts them back. */
export interface Differentiable<T extends Tree> {
  readonly paths: readonly string[];
  readonly leaves: readonly Tensor[];
  put(leaves: readonly Tensor[]): T;
}

/** Takes the float32 leaves out of a tree: those with gradients. */
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
 * The directional derivative of Σ weights·f(x) along d, for every float32 leaf of `x` separately:
 *
 *   (Σ weights·f(x + h·d) − Σ weights·f(x − h·d)) / 2h
 *
 * `f` may return any tree; `weights` has a number for each of its float32 numbers (default 1). Sums are in double precision,
 * because a difference has few digits in float32. One read from the device in all.
 */
export async function finiteDifferences<T extends Tree>(
  f: (x: T) => Tree,
  x: T,
  directions: T,
  options: { readonly stepSize?: number | undefined; readonly weights?: ArrayLike<number> | undefined } = {},
): Promise<number[]> {
  const { stepSize = 1e-2, weights } = options;
  const { leaves, put } = differentiable(x);
  const along = differentiable(directions).leaves;
  const moved = tidy(() =>
    flatten(
      leaves.flatMap((leaf, i) =>
        [stepSize, -stepSize].map((by) => floats(f(put(leaves.with(i, add(leaf, mul(along[i] as Tensor, by))))))),
      ),
    ),
  );
  const values = await moved.data();
  moved.dispose();
  const size = values.length / (2 * leaves.length);
  const at = (i: number): number => weigh(values.subarray(i * size, (i + 1) * size), weights).sum;
  return leaves.map((_, i) => (at(2 * i) - at(2 * i + 1)) / (2 * stepSize));
}

/**
 * Throws unless the gradient of `f` agrees with finite differences: for every float32 leaf of `x`, along a direction of
 * random signs, so that each entry of the leaf counts, with a random weight on every number that `f` returns.
 *
 *   await checkGradient(({ a, b }) => matMul(a, b), { a, b });
 *
 * The derivative may differ from gradient·d by tolerance · |gradient| and by float32 rounding. A correct gradient agrees at
 * one of the step sizes, a wrong one at none.
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
  const outputs = tidy(() => floats(f(x)));
  const values = await outputs.data();
  const weights = rng.fork('weights').tensor(outputs.shape, (r) => r.uniform(-1, 1)) as Tensor1D;
  const signs = leaves.map((leaf, i) =>
    rng.fork(paths[i] as string).tensor(leaf.shape, (r) => (r.bits() & 1 ? 1 : -1)),
  );
  const { value, grads } = valueAndGrad(
    (given: Tensor[]) => ({ loss: dot(floats(f(put(given))), weights) as Scalar, aux: [] }),
    [...leaves],
  );
  const gradients = await readAll(grads);
  const expected = (await readAll(signs)).map((sign, i) => weigh(sign, gradients[i]));
  const given = { weights: await weights.data() };
  const rounding = (onGraphicsDevice() ? 1e-6 : 2e-7) * weigh(values, given.weights).length;

  let wrong = leaves.map((_, i) => i);
  let slopes: readonly number[] = [];
  for (const stepSize of stepSizes) {
    slopes = await finiteDifferences(f, x, put(signs), { ...given, stepSize });
    wrong = wrong.filter((i) => {
      const { sum, length } = expected[i] as Weighted;
      return !(Math.abs((slopes[i] as number) - sum) <= tolerance * length + rounding / stepSize);
    });
    if (wrong.length === 0) break;
  }
  tree.dispose([outputs, weights, value, ...signs, ...grads]);
  for (const i of wrong) {
    const { sum, length } = expected[i] as Weighted;
    throw new ConformanceError(
      `${where}: ${paths[i] || 'x'}: expected the directional derivative ${slopes[i]} (finite differences), got ${sum} from the gradient of norm ${length}.`,
    );
  }
}

/** All float32 numbers of a tree, in the order of its leaves. */
const floats = (of: Tree): Tensor1D => flatten(differentiable(of).leaves);

const readAll = (tensors: readonly Tensor[]): Promise<ArrayLike<number>[]> =>
  Promise.all(tensors.map((tensor) => tensor.data()));

/** Σ values·weights in double precision, and the norm of the vector of these products. */
type Weighted = { readonly sum: number; readonly length: number };

function weigh(values: ArrayLike<number>, weights: ArrayLike<number> | undefined): Weighted {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const product = (values[i] as number) * (weights?.[i] ?? 1);
    sum += product;
    squares += product * product;
  }
  return { sum, length: Math.sqrt(squares) };
}
