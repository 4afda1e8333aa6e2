import { type BatchSource, DataError, isId, OptionError } from '@elman/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expectIds } from './numbers.ts';
import { planned } from './padded.ts';
import { type Groups, planByLength } from './plan-by-length.ts';

/** A source sequence of ids and its target sequence. */
export type Pair = {
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
};

/** Pairs as a batch for a sequence-to-sequence model: teacher forcing between boundaries. */
export type PairBatch = {
  /** int32 [batch, sourceTime] */
  readonly sources: Tensor2D;
  /** [batch, sourceTime], 1 = real. */
  readonly sourceMask: Tensor2D;
  /** int32 [batch, time]: the boundary, then the target. */
  readonly inputs: Tensor2D;
  /** int32 [batch, time]: the target, then the boundary. */
  readonly targets: Tensor2D;
  /** [batch, time], 1 = real. */
  readonly mask: Tensor2D;
};

/** How pairs are batched. */
export type PairOptions = Groups & {
  /** The id that begins and ends every target, and at which a decoder stops. */
  readonly boundary: number;
};

/**
 * Pairs bucketed by length into batches with little padding: each pair is once in every epoch, by the longer of its two lengths.
 *
 *   the pair abc → xy:    sources a b c    inputs ∂ x y    targets x y ∂
 *
 * @throws {DataError} for no pairs, a source that is empty, or ids that are not whole numbers from 0. {OptionError} for bad options.
 */
export function pairs(examples: readonly Pair[], options: PairOptions): BatchSource<PairBatch> {
  const where = 'data: pairs';
  expectPairs(where, examples, options.boundary);
  const lengths = examples.map(({ source, target }) => Math.max(source.length, target.length + 1));
  const make = (rows: readonly number[]) =>
    pad(
      rows.map((row) => examples[row] as Pair),
      options.boundary,
    );
  return planned(where, make, planByLength(where, lengths, options));
}

/**
 * These pairs as one batch, in their order.
 * @throws {DataError} for no pairs, a source that is empty, or ids that are not whole numbers from 0. {OptionError} for a boundary that
 * is not an id.
 */
export function pairBatch(examples: readonly Pair[], boundary: number): PairBatch {
  expectPairs('data: pairBatch', examples, boundary);
  return pad(examples, boundary);
}

function expectPairs(where: string, examples: readonly Pair[], boundary: number): void {
  if (!isId(boundary)) {
    throw new OptionError(`${where}: boundary: expected an id, got ${boundary}.`);
  }
  if (examples.length === 0) throw new DataError(`${where}: expected one pair or more, got none.`);
  const empty = examples.findIndex(({ source }) => source.length === 0);
  if (empty >= 0) throw new DataError(`${where}: the source of pair ${empty} is empty; leave the pair out.`);
  for (const [i, { source, target }] of examples.entries()) {
    expectIds(`${where}: pair ${i}: source`, source);
    expectIds(`${where}: pair ${i}: target`, target);
  }
}

function pad(examples: readonly Pair[], boundary: number): PairBatch {
  const sources = filled(examples.map(({ source }) => source));
  const inputs = filled(examples.map(({ target }) => [boundary, ...Array.from(target)]));
  const targets = filled(examples.map(({ target }) => [...Array.from(target), boundary]));
  return {
    sources: sources.ids(),
    sourceMask: sources.mask(),
    inputs: inputs.ids(),
    targets: targets.ids(),
    mask: targets.mask(),
  };
}

/** Rows padded with zeros to the longest. */
function filled(rows: readonly ArrayLike<number>[]) {
  const time = rows.reduce((longest, { length }) => Math.max(longest, length), 0);
  const shape: [number, number] = [rows.length, time];
  const values = new Int32Array(rows.length * time);
  const real = new Float32Array(rows.length * time);
  for (const [row, ids] of rows.entries()) {
    values.set(ids, row * time);
    real.fill(1, row * time, row * time + ids.length);
  }
  return { ids: (): Tensor2D => tensor2d(values, shape, 'int32'), mask: (): Tensor2D => tensor2d(real, shape) };
}
