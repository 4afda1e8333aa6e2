import { expectSizes, isId, OptionError } from '@elman/core';
import { type Tensor, type Tensor1D, type Tensor2D, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { type Example, isFrames, type TargetKind, type Values } from './examples.ts';

/**
 * Complete sequences of similar length, padded to the longest. Fits wherever a `TokenWindow` does: a window that is fresh,
 * as long as its sequences, and counted from its first frame.
 */
export type PaddedBatch<X extends Tensor = Tensor, Y extends Tensor = Tensor> = {
  /** Ids: int32 [batch, time]; frames: float32 [batch, time, features]. */
  readonly inputs: X;
  /** Shaped as the inputs where there is one per time step; of whole sequences classes int32 [batch] or numbers float32 [batch, size]. */
  readonly targets: Y;
  /** [batch, time], 1 = real. */
  readonly mask: Tensor2D;
  /** int32 [batch]: number of time steps that are not padding. */
  readonly lengths: Tensor1D;
  /** The index of each row's example. */
  readonly examples: readonly number[];
  readonly carry: number;
  readonly counted: 0;
  readonly fresh: true;
};

/** Padding: the id `padding` (0 in frames), to `length` or else to the longest. */
export type Padding = { readonly padding?: number | undefined; readonly length?: number | undefined };

/** @throws {OptionError} for an invalid padding or length. */
export function expectPadding(where: string, { padding = 0, length = 1 }: Padding): void {
  if (!isId(padding))
    throw new OptionError(`${where}: padding: expected an id, a whole number from 0, got ${padding}.`);
  expectSizes(where, { length });
}

/** The examples at `rows`, which have been checked, as one batch. */
export function padTogether(
  examples: readonly Example[],
  rows: readonly number[],
  kind: TargetKind,
  options: Padding,
): PaddedBatch {
  const { padding = 0 } = options;
  const chosen = rows.map((row) => examples[row] as Example);
  const lengths = chosen.map(({ inputs }) => inputs.length);
  const time = options.length ?? lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const mask = new Float32Array(rows.length * time);
  for (const [row, length] of lengths.entries()) mask.fill(1, row * time, row * time + length);
  const targets = chosen.map((example) => example.targets);
  return {
    inputs: stacked(
      chosen.map(({ inputs }) => inputs),
      time,
      padding,
    ),
    targets: kind === 'steps' ? stacked(targets as Values[], time, padding) : ofWhole(targets, kind),
    mask: tensor2d(mask, [rows.length, time]),
    lengths: tensor1d(lengths, 'int32'),
    examples: rows,
    carry: time,
    counted: 0,
    fresh: true,
  };
}

/** Classes int32 [batch], or numbers [batch, size]. */
function ofWhole(targets: readonly (Values | number)[], kind: 'classes' | 'numbers'): Tensor {
  if (kind === 'classes') return tensor1d(targets as number[], 'int32');
  const rows = targets.map((target) =>
    typeof target === 'number' ? [target] : Array.from(target as ArrayLike<number>),
  );
  return tensor2d(rows, undefined, 'float32');
}

function stacked(rows: readonly Values[], time: number, padding: number): Tensor {
  if (!isFrames(rows[0] as Values)) {
    const ids = new Int32Array(rows.length * time).fill(padding);
    for (const [row, values] of rows.entries()) ids.set(values as ArrayLike<number>, row * time);
    return tensor2d(ids, [rows.length, time], 'int32');
  }
  const frames = rows as readonly (readonly ArrayLike<number>[])[];
  const [[{ length: size }]] = frames as unknown as readonly [readonly [ArrayLike<number>]];
  const values = new Float32Array(rows.length * time * size);
  for (const [row, sequence] of frames.entries()) {
    for (const [t, frame] of sequence.entries()) values.set(frame, (row * time + t) * size);
  }
  return tensor3d(values, [rows.length, time, size]);
}
