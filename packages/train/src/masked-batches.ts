import { type BatchSource, DataError } from '@elman/core';
import type { UpdateEvent } from './options.ts';

/** Batches in a row without a target that are too many, in a source whose epoch is longer. */
const MOST = 1000;

/**
 * Watches that there is something to learn. A batch whose targets are all masked is legitimate, the window of a long
 * sequence after its rows have ended, say: its loss and gradient are 0. A whole epoch of them is not.
 *
 * @returns a function to be called with each update. @throws {DataError}
 */
export function countMasked({
  batchesPerEpoch,
}: Pick<BatchSource<unknown>, 'batchesPerEpoch'>): (update: UpdateEvent) => void {
  const most = Math.min(batchesPerEpoch, MOST);
  let masked = 0;
  return ({ step, epoch, count }) => {
    masked = count === 0 ? masked + 1 : 0;
    if (masked < most) return;
    const which = masked === 1 ? 'this batch' : `${masked} batches in a row`;
    throw new DataError(
      `train: update ${step}, epoch ${epoch}: all targets of ${which} are masked: there is nothing to learn; look at the mask.`,
    );
  };
}
