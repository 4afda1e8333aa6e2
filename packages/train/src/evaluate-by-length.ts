import { type BatchSource, type Difficulty, expectSizes, OptionError, type Tree } from '@elman/core';
import type { Trainable } from './contracts.ts';
import { type Evaluation, evaluate } from './evaluate.ts';

/** The evaluation of rows of one length. */
export type LengthRow = Evaluation & { readonly length: number };

/** The evaluation of rows of one difficulty. */
export type DifficultyRow = Evaluation & { readonly difficulty: Difficulty };

/** Batches for each value, and a progress listener. */
export type EachOptions<K, Row, B> = {
  /** One epoch of it is evaluated: `(length) => atDifficulty(source, { length })`, or a source for each. */
  readonly batches: (key: K) => BatchSource<B>;
  /** Called with each row when it is computed; awaited. */
  readonly onRow?: ((row: Row) => Promise<void> | void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The loss and metrics of a model by the length of the rows: the curve of length generalisation.
 *
 *   const rows = await evaluateByLength(model, params, { lengths: testLengths(40), batches: (length) => atDifficulty(source, { length }) });
 *   // [{ length: 1, loss, count, metrics: { accuracy } }, …]
 *
 * @throws {OptionError} if there are no lengths or one is no positive whole number; {DataError} if all targets are masked; the reason of
 * `signal` if it is aborted.
 */
export async function evaluateByLength<P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  params: P,
  { lengths, ...options }: { readonly lengths: readonly number[] } & EachOptions<number, LengthRow, B>,
): Promise<LengthRow[]> {
  expectSome('evaluateByLength', { lengths });
  for (const length of lengths) expectSizes('evaluateByLength', { length });
  return each(model, params, lengths, (length, found) => ({ length, ...found }), options);
}

/**
 * The same by difficulty: over the grid of length and nesting, say.
 *
 * @throws {OptionError} if there are no difficulties; {DataError} if all targets are masked; the reason of `signal` if it is aborted.
 */
export async function evaluateByDifficulty<P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  params: P,
  {
    difficulties,
    ...options
  }: { readonly difficulties: readonly Difficulty[] } & EachOptions<Difficulty, DifficultyRow, B>,
): Promise<DifficultyRow[]> {
  expectSome('evaluateByDifficulty', { difficulties });
  return each(model, params, difficulties, (difficulty, found) => ({ difficulty, ...found }), options);
}

async function each<K, Row, P extends Tree, S extends Tree, B>(
  model: Trainable<P, S, B>,
  params: P,
  keys: readonly K[],
  rowOf: (key: K, found: Evaluation) => Row,
  { batches, onRow, signal }: EachOptions<K, Row, B>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const key of keys) {
    const row = rowOf(key, await evaluate(model, params, batches(key), { signal }));
    rows.push(row);
    await onRow?.(row);
  }
  return rows;
}

function expectSome(where: string, keys: { readonly [name: string]: readonly unknown[] }): void {
  for (const [name, { length }] of Object.entries(keys)) {
    if (length === 0) throw new OptionError(`${where}: ${name}: expected one or more, got none.`);
  }
}
