import type { BatchSource, TokenWindow } from '@elman/core';
import { tensor2d } from '@tensorflow/tfjs-core';
import { expectBatch } from './check.ts';
import { type LaneOptions, planLanes } from './lanes.ts';
import { expectIds } from './numbers.ts';

/** How a stream of tokens is cut. */
export type TokenStreamOptions = LaneOptions;

/**
 * One long text for a model that carries its state, as in char-rnn: the tokens are cut into `batchSize` contiguous lanes
 * of equal length, and the windows advance along all lanes together.
 *
 *   lane length L = ⌊(tokens − 1) / batchSize⌋      stride = windowLength − overlap
 *   window w, lane b:  inputs  = tokens[b·L + w·stride …]      windowLength of them
 *                      targets = the same, one later
 *
 * Row b of a window continues row b of the previous window; the first window of an epoch is fresh. Every
 * epoch is the same. Up to batchSize − 1 tokens at the end of the text are left out, and with `remainder: 'drop'` also
 * the incomplete window at the end of each lane; with 'keep' each target of the lanes is counted exactly once an epoch.
 *
 * @throws {DataError} if the text is too short for one window, or has ids that are not whole numbers from 0; {OptionError} for
 * invalid options.
 * @see Karpathy 2015, char-rnn; truncated BPTT(k₁, k₂): Williams & Peng 1990
 */
export function tokenStream(tokens: ArrayLike<number>, options: TokenStreamOptions): BatchSource<TokenWindow> {
  const where = 'data: stream';
  expectIds(where, tokens);
  const ids = tokens instanceof Int32Array ? tokens : Int32Array.from(tokens);
  const { batchesPerEpoch, window } = planLanes(where, ids.length, ['text', 'token'], options);
  return {
    batchesPerEpoch,
    batch(epoch, index) {
      expectBatch(where, batchesPerEpoch, epoch, index);
      const { starts, time, ...goesOn } = window(index);
      const cut = (shift: number) => {
        const values = new Int32Array(starts.length * time);
        for (const [lane, start] of starts.entries()) {
          values.set(ids.subarray(start + shift, start + shift + time), lane * time);
        }
        return tensor2d(values, [starts.length, time], 'int32');
      };
      return { inputs: cut(0), targets: cut(1), ...goesOn };
    },
  };
}
