import { type BatchSource, DataError, expectSizes, OptionError, type TokenWindow } from '@elman/core';
import { tensor2d } from '@tensorflow/tfjs-core';
import { expectBatch } from './check.ts';

/** How a stream of tokens is cut. */
export type TokenStreamOptions = {
  /** Lanes side by side. */
  readonly batchSize: number;
  /** Frames that are backpropagated through together. */
  readonly windowLength: number;
  /**
   * Frames that a window shares with the one before it, from 0 (the default) to windowLength − 1. Their loss was counted
   * there; here they only let the gradient reach further back (truncated backpropagation with k₁ = windowLength − overlap,
   * k₂ = windowLength).
   */
  readonly overlap?: number | undefined;
  /** What to do with frames at a lane's end that fill no window: `drop` them (the default), or `keep` a shorter one. */
  readonly remainder?: 'drop' | 'keep' | undefined;
};

/**
 * One long text for a model that carries its state, as in char-rnn: the tokens are cut into `batchSize` contiguous lanes
 * of equal length, and the windows walk along all lanes together.
 *
 *   lane length L = ⌊(tokens − 1) / batchSize⌋      stride = windowLength − overlap
 *   window w, lane b:  inputs  = tokens[b·L + w·stride …]      windowLength of them
 *                      targets = the same, one later
 *
 * Row b of a window goes on where row b of the window before it stopped; the first window of an epoch is fresh. Every
 * epoch is the same. Up to batchSize − 1 tokens at the end of the text are left out, and with `remainder: 'drop'` also
 * what fills no window at the end of each lane; with 'keep' each target of the lanes is counted exactly once an epoch.
 *
 * @throws {DataError} if the text is too short for one window; {OptionError} for options that cannot be.
 * @see Karpathy 2015, char-rnn; truncated BPTT(k₁, k₂): Williams & Peng 1990
 */
export function tokenStream(ids: Int32Array, options: TokenStreamOptions): BatchSource<TokenWindow> {
  const where = 'data: stream';
  const { batchSize, windowLength, overlap = 0, remainder = 'drop' } = options;
  expectSizes(where, { batchSize, windowLength });
  if (!Number.isSafeInteger(overlap) || overlap < 0 || overlap >= windowLength) {
    throw new OptionError(
      `${where}: overlap: expected a whole number from 0 to windowLength − 1 = ${windowLength - 1}, got ${overlap}.`,
    );
  }
  const stride = windowLength - overlap;
  const laneLength = Math.floor((ids.length - 1) / batchSize);
  const whole = Math.floor((laneLength - windowLength) / stride) + 1;
  if (laneLength < windowLength) {
    throw new DataError(
      `${where}: the text has ${ids.length} tokens; batchSize ${batchSize} × windowLength ${windowLength} needs at least ${
        batchSize * windowLength + 1
      }. Use a longer text or a smaller batchSize or windowLength.`,
    );
  }
  const left = laneLength - ((whole - 1) * stride + windowLength);
  const batchesPerEpoch = remainder === 'keep' && left > 0 ? whole + 1 : whole;

  return {
    batchesPerEpoch,
    batch(epoch, index) {
      expectBatch(where, batchesPerEpoch, epoch, index);
      const start = index * stride;
      const time = Math.min(windowLength, laneLength - start);
      const cut = (shift: number) => {
        const values = new Int32Array(batchSize * time);
        for (let lane = 0; lane < batchSize; lane++) {
          const from = lane * laneLength + start + shift;
          values.set(ids.subarray(from, from + time), lane * time);
        }
        return tensor2d(values, [batchSize, time], 'int32');
      };
      const fresh = index === 0;
      const carry = Math.min(stride, time);
      return { inputs: cut(0), targets: cut(1), carry, counted: fresh ? 0 : overlap, fresh };
    },
  };
}
