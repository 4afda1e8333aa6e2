import { CheckpointError, loading, type Rng, shapesOf, type Tree } from '@elman/core';
import type { Safetensors } from './decode.ts';
import { loadInto } from './load.ts';

/** Options of `loadInit`. */
export type LoadInitOptions = {
  /** The file that says the sizes of the tensors, for errors; by default the file of the tensors. */
  readonly where?: string | undefined;
};

/** Numbers that `init` may make for each one of the file, and besides: parts that are put together, constants. */
const SLACK = 4;
const SPARE = 2 ** 20;

/**
 * `loadInto` for the tree that `init` makes. Its structure and shapes are found without drawing its numbers or taking
 * memory for them, and one that has many more numbers than the file is refused before it is made (`shapesOf`
 * of @elman/core).
 *
 *   const params = loadInit((rng) => model.init(rng), decodeSafetensors(bytes));
 *
 * @throws {CheckpointError} as `loadInto`; for sizes that the file does not have; if `init` fails.
 */
export function loadInit<T extends Tree>(
  init: (rng: Rng) => T,
  from: Safetensors,
  { where = from.where }: LoadInitOptions = {},
): T {
  let numbers = 0;
  for (const { values } of from.entries.values()) numbers += values.length;
  const refuse = (): Error => {
    const found = `${numbers.toLocaleString('en-US')} of ${from.where}`;
    return new CheckpointError(
      `${where}: its sizes need far more numbers than the ${found}; they do not belong together.`,
    );
  };
  const what = { where, wanted: 'a model', advice: 'use an earlier checkpoint' };
  return loadInto(
    loading(what, () => shapesOf(init, SLACK * numbers + SPARE, refuse)),
    from,
  );
}
