import { type Tree, tree } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ConformanceError } from './errors.ts';
import { onGraphicsDevice } from './tensors.ts';

/** Closeness: |actual − expected| ≤ absolute + relative · the largest |expected| of the same leaf. */
export interface Closeness {
  /** Default 1e-5, and 1e-4 on webgl and webgpu. */
  readonly relative?: number | undefined;
  /** Default the same; with 0 closeness is relative alone. */
  readonly absolute?: number | undefined;
  /** What is compared, for the message. */
  readonly where?: string | undefined;
}

/**
 * Throws unless two trees have the same branches, shapes and dtypes, and all values are close and finite.
 *
 *   await expectTreesClose(grads, expected, { relative: 1e-5, absolute: 0, where: 'lstm' });
 *
 * @throws {ConformanceError} naming the leaf, the index in it and both values.
 */
export async function expectTreesClose(actual: Tree, expected: Tree, closeness: Closeness = {}): Promise<void> {
  const tolerance = onGraphicsDevice() ? 1e-4 : 1e-5;
  const { relative = tolerance, absolute = tolerance, where = 'tree' } = closeness;
  const found = new Map(tree.entries(actual));
  const wanted = tree.entries(expected);
  expectSamePaths(
    where,
    [...found.keys()],
    wanted.map(([path]) => path),
  );
  const compared = wanted.map(([path, leaf]) => {
    const place = path === '' ? where : `${where}: ${path}`;
    return expectLeavesClose(place, found.get(path) as Tensor, leaf, relative, absolute);
  });
  for (const done of await Promise.allSettled(compared)) if (done.status === 'rejected') throw done.reason;
}

function expectSamePaths(where: string, found: readonly string[], wanted: readonly string[]): void {
  if (found.join() === wanted.join()) return;
  throw new ConformanceError(`${where}: expected the leaves ${wanted.join(', ')}, got ${found.join(', ')}.`);
}

async function expectLeavesClose(
  where: string,
  actual: Tensor,
  expected: Tensor,
  relative: number,
  absolute: number,
): Promise<void> {
  const form = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(', ')}]`;
  if (form(actual) !== form(expected)) {
    throw new ConformanceError(`${where}: expected ${form(expected)}, got ${form(actual)}.`);
  }
  const [found, wanted] = await Promise.all([actual.data(), expected.data()]);
  let largest = 0;
  for (const value of wanted) largest = Math.max(largest, Math.abs(value));
  const limit = absolute + relative * largest;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs((found[i] as number) - (wanted[i] as number));
    if (difference <= limit) continue;
    throw new ConformanceError(
      `${where}: expected ${wanted[i]} at ${i} of ${form(expected)}, got ${found[i]}; a difference of at most ${limit} is allowed.`,
    );
  }
}
