import { Rng } from '@elman/core';

/** The parts. */
export type Split<T> = { readonly train: T; readonly validation: T; readonly test: T };

/** Number of items that are held out. */
export type Sizes = { readonly validation: number; readonly test: number };

/**
 * The rows of each part, shuffled by `seed` or in their own order. Of each class its last rows are held out, as many as its share
 * of a part, rounded by largest remainders so that a part has the requested size; but each class keeps a row for training, even if that
 * makes a part smaller.
 *
 * @param of The class of each row, or the number of rows.
 */
export function splitRows(
  of: number | readonly unknown[],
  { validation, test }: Sizes,
  seed: number | string | undefined,
): Split<number[]> {
  const count = typeof of === 'number' ? of : of.length;
  const order = seed === undefined ? [...Array(count).keys()] : [...Rng.seeded(seed).fork('split').permutation(count)];
  const classOf = (row: number): unknown => (typeof of === 'number' ? undefined : of[row]);
  const left = new Map<unknown, number>();
  for (const row of order) left.set(classOf(row), (left.get(classOf(row)) ?? 0) + 1);
  const tests = takeShares(left, test);
  const validations = takeShares(left, validation);
  const parts: Split<number[]> = { train: [], validation: [], test: [] };
  const take = (from: Map<unknown, number>, name: unknown): boolean => {
    const more = from.get(name) ?? 0;
    if (more > 0) from.set(name, more - 1);
    return more > 0;
  };
  for (const row of order) {
    const name = classOf(row);
    if (take(left, name)) parts.train.push(row);
    else if (take(validations, name)) parts.validation.push(row);
    else if (take(tests, name)) parts.test.push(row);
  }
  return parts;
}

/** Takes `wanted` rows from classes, from each its share but never its last; returns how many from each. */
function takeShares(left: Map<unknown, number>, wanted: number): Map<unknown, number> {
  const count = [...left.values()].reduce((sum, size) => sum + size, 0);
  const shares = [...left].map(([name, size]) => ({ name, size, share: (wanted * size) / Math.max(count, 1) }));
  const taken = new Map(shares.map(({ name, share, size }) => [name, Math.min(Math.floor(share), size - 1)]));
  let more = wanted - [...taken.values()].reduce((sum, size) => sum + size, 0);
  for (const { name, size } of shares.toSorted((a, b) => (b.share % 1) - (a.share % 1))) {
    const so = taken.get(name) as number;
    if (more <= 0 || so >= size - 1) continue;
    taken.set(name, so + 1);
    more--;
  }
  for (const [name, size] of taken) left.set(name, (left.get(name) as number) - size);
  return taken;
}
