import { expectPairs } from './pairs.ts';

/**
 * The fraction of hypotheses that equal their reference, item for item, 0 to 1: texts, or sequences of values compared by `===`.
 *
 * @throws {DataError} without hypotheses or with another number of references.
 */
export function exactMatch<T>(
  hypotheses: readonly (ArrayLike<T> | string)[],
  references: readonly (ArrayLike<T> | string)[],
): number {
  expectPairs('exactMatch', hypotheses, references);
  const right = hypotheses.filter((hypothesis, row) => isEqual(hypothesis, references[row] as ArrayLike<T> | string));
  return right.length / hypotheses.length;
}

function isEqual(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
