import { DataError, expectSizes, OptionError } from '@elman/core';

/** How one long sequence is cut into lanes and windows. */
export type LaneOptions = {
  /** Number of lanes, one per batch row. */
  readonly batchSize: number;
  /** Frames per window, through which gradients are backpropagated. */
  readonly windowLength: number;
  /**
   * Frames that a window shares with the previous one, from 0 (the default) to windowLength − 1. Their loss was counted
   * there; here they only let the gradient reach further back (truncated backpropagation with k₁ = windowLength − overlap,
   * k₂ = windowLength).
   */
  readonly overlap?: number | undefined;
  /** What to do with frames at a lane's end that fill no window: `drop` them (the default), or `keep` a shorter one. */
  readonly remainder?: 'drop' | 'keep' | undefined;
};

/** One window of every lane: the frames of its inputs, and how it continues the previous window. */
export type LaneWindow = {
  /** The first input of each lane; its targets begin one later. */
  readonly starts: readonly number[];
  readonly time: number;
  readonly carry: number;
  readonly counted: number;
  readonly fresh: boolean;
};

/**
 * The windows that advance along all lanes together, as `tokenStream` has it, over `length` items, such as the tokens of a text.
 *
 * @throws {DataError} if there are too few for one window; {OptionError} for invalid options.
 */
export function planLanes(
  where: string,
  length: number,
  [whole, item]: readonly [whole: string, item: string],
  { batchSize, windowLength, overlap = 0, remainder = 'drop' }: LaneOptions,
): { readonly batchesPerEpoch: number; window(index: number): LaneWindow } {
  expectSizes(where, { batchSize, windowLength });
  if (!Number.isSafeInteger(overlap) || overlap < 0 || overlap >= windowLength) {
    throw new OptionError(
      `${where}: overlap: expected a whole number from 0 to windowLength − 1 = ${windowLength - 1}, got ${overlap}.`,
    );
  }
  const stride = windowLength - overlap;
  const laneLength = Math.floor((length - 1) / batchSize);
  if (laneLength < windowLength) {
    throw new DataError(
      `${where}: the ${whole} has ${length} ${item}s; batchSize ${batchSize} × windowLength ${windowLength} needs at least ${
        batchSize * windowLength + 1
      }. Use a longer ${whole} or a smaller batchSize or windowLength.`,
    );
  }
  const full = Math.floor((laneLength - windowLength) / stride) + 1;
  const left = laneLength - ((full - 1) * stride + windowLength);
  return {
    batchesPerEpoch: remainder === 'keep' && left > 0 ? full + 1 : full,
    window(index) {
      const start = index * stride;
      const time = Math.min(windowLength, laneLength - start);
      const fresh = index === 0;
      return {
        starts: Array.from({ length: batchSize }, (_, lane) => lane * laneLength + start),
        time,
        carry: Math.min(stride, time),
        counted: fresh ? 0 : overlap,
        fresh,
      };
    },
  };
}
