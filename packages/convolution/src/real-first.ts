import type { Sequence } from '@elman/core';
import {
  add,
  cast,
  cumsum,
  expandDims,
  gather,
  mul,
  notEqual,
  range,
  reshape,
  scalar,
  scatterND,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/**
 * An order of the frames of a batch in which the real ones of each row come first, as though there were no others
 * between them.
 */
export type FrameOrder = {
  /** How many each row has, int32 [batch]; undefined where all are real. */
  readonly real?: Tensor1D | undefined;
  /** [batch, time, size] → rows, time first: [time·batch, size]. */
  toRows(inputs: Sequence): Tensor2D;
  /** The inverse; 0 where the mask is. */
  toFrames(rows: Tensor2D): Sequence;
};

/** That order for a mask [batch, time], which is not read: it may be on a device. */
export function realFirst(mask: Tensor2D): FrameOrder {
  const [batch, time] = mask.shape;
  const is: Tensor2D = notEqual(mask, 0);
  const ones = cast(is, 'int32');
  const real: Tensor1D = sum(ones, 1);
  const counts = (of: Tensor2D): Tensor2D => sub(cumsum(of, 1), scalar(1, 'int32'));
  const padded: Tensor2D = add(counts(sub(scalar(1, 'int32'), ones)), expandDims(real, 1));
  const place: Tensor2D = where(is, counts(ones), padded);
  const rows = expandDims(range(0, batch, 1, 'int32'), 1);
  // Frame t of row b goes to row place·batch + b.
  const to: Tensor2D = add(mul(place, scalar(batch, 'int32')), rows);
  const all = range(0, batch * time, 1, 'int32');
  const from = scatterND(reshape(to, [-1, 1]), all, [batch * time]) as Tensor1D;
  return {
    real,
    toRows: (inputs) => gather(reshape(inputs, [batch * time, inputs.shape[2]]), from),
    toFrames(found) {
      const frames = gather(found, to as unknown as Tensor1D) as Tensor as Sequence;
      return where(expandDims(is, 2), frames, zerosLike(frames));
    },
  };
}

/** The same without a mask. */
export const allReal = ([batch, time]: readonly [number, number, number]): FrameOrder => ({
  toRows: (inputs) => reshape(transpose(inputs, [1, 0, 2]), [time * batch, inputs.shape[2]]),
  toFrames: (rows) => transpose(reshape(rows, [time, batch, rows.shape[1] as number]), [1, 0, 2]) as Sequence,
});
