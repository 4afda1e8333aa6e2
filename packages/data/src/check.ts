import { OptionError } from '@elman/core';

/** Throws unless (epoch, index) names a batch. */
export function expectBatch(where: string, batchesPerEpoch: number, epoch: number, index: number): void {
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new OptionError(`${where}: epoch: expected a whole number from 0, got ${epoch}.`);
  }
  if (!Number.isSafeInteger(index) || index < 0 || index >= batchesPerEpoch) {
    throw new OptionError(`${where}: index: expected a whole number from 0 to ${batchesPerEpoch - 1}, got ${index}.`);
  }
}
