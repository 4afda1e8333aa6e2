import { ShapeError } from './errors.ts';
import type { Rng } from './random.ts';
import { shapesOf } from './shapes-of.ts';
import * as tree from './tree.ts';
import type { Tree } from './types.ts';

/**
 * Runs `f`; if it throws, checks the parameters against those of the part that it runs, and reports a mismatch instead.
 * Without an error nothing is checked.
 *
 * @throws {ShapeError} naming the first parameter that is missing, of another shape or not expected; else what `f` throws.
 */
export function withParamsOf<T>(where: string, part: { init(rng: Rng): Tree }, params: Tree, f: () => T): T {
  try {
    return f();
  } catch (error) {
    expectParamsOf(where, part, params, error);
    throw error;
  }
}

/** @throws {ShapeError} naming the first parameter that is missing, of another shape or not expected by the part. */
export function expectParamsOf(where: string, part: { init(rng: Rng): Tree }, params: Tree, cause?: unknown): void {
  const shapes = (of: Tree) => new Map(tree.entries(of).map(([path, { shape }]) => [path, `[${shape.join(', ')}]`]));
  const wanted = shapes(shapesOf((rng) => part.init(rng)));
  const found = shapes(params);
  for (const path of [...wanted.keys(), ...found.keys()]) {
    const [expected, got] = [wanted.get(path) ?? 'nothing', found.get(path) ?? 'nothing'];
    if (expected === got) continue;
    const what = `${path || 'tensor'}: expected ${expected}, got ${got}`;
    throw new ShapeError(
      `${where}: params: ${what}; give those that its own init made, or that were trained from them.`,
      {
        cause,
      },
    );
  }
}
