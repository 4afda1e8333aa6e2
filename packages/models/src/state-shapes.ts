import { OptionError, shapesOf, type Tree } from '@elman/core';

/** Numbers in the state of one row, 256 MB: sizes may come from a file. */
const MOST = 2 ** 26;

/** The shapes of the state of a part for one row, without memory for it. @throws {OptionError} for one that is too large. */
export function stateShapes(where: string, part: { initialState(batchSize: number): Tree }): Tree {
  const refuse = (): Error =>
    new OptionError(
      `${where}: state: expected at most ${MOST.toLocaleString('en')} numbers a row, got more; give smaller sizes.`,
    );
  return shapesOf(() => part.initialState(1), MOST, refuse);
}
