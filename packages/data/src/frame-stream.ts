import type { BatchSource } from '@elman/core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { expectBatch } from './check.ts';
import type { Values } from './examples.ts';
import { type LaneOptions, planLanes } from './lanes.ts';
import { framesFrom, seriesOf } from './series.ts';

/** Some frames of each lane and, for each, the frame that follows. */
export type FrameStreamWindow = {
  /** [batch, time, size] */
  readonly inputs: Tensor3D;
  /** [batch, time, size]: the frame after each input. */
  readonly targets: Tensor3D;
  readonly carry: number;
  readonly counted: number;
  readonly fresh: boolean;
};

/**
 * One long series for a model of the next frame that carries its state (`framePredictor`): lanes and windows as `tokenStream` has them.
 *
 *   window w, lane b:  inputs  = series[b·L + w·stride …]      windowLength frames
 *                      targets = the same, one later
 *
 * A series is numbers [time], which are frames of one, or frames [time][size].
 *
 * @throws {DataError} if the series is too short for one window, or has numbers that are not finite; {OptionError} for invalid options.
 */
export function frameStream(series: Values, options: LaneOptions): BatchSource<FrameStreamWindow> {
  const where = 'data: frameStream';
  const given = seriesOf(where, series);
  const { batchesPerEpoch, window } = planLanes(where, given.frames, ['series', 'frame'], options);
  return {
    batchesPerEpoch,
    batch(epoch, index) {
      expectBatch(where, batchesPerEpoch, epoch, index);
      const { starts, time, ...goesOn } = window(index);
      const next = starts.map((start) => start + 1);
      return { inputs: framesFrom(given, starts, time), targets: framesFrom(given, next, time), ...goesOn };
    },
  };
}
