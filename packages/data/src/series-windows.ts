import { type BatchSource, DataError, expectSizes, OptionError } from '@elman/core';
import { type Tensor2D, type Tensor3D, tensor2d } from '@tensorflow/tfjs-core';
import type { Values } from './examples.ts';
import { epochOrder, planned } from './padded.ts';
import { framesFrom, seriesOf } from './series.ts';

/** How a series is cut into windows. */
export type SeriesWindowOptions = {
  readonly batchSize: number;
  /** Frames of the input. */
  readonly windowLength: number;
  /** Frames after a window that are its target; 1 by default. */
  readonly horizon?: number | undefined;
  /** Frames between the starts of windows; 1 by default. */
  readonly stride?: number | undefined;
  /** Indices of the features of a frame that are targets; by default all. */
  readonly targetFeatures?: readonly number[] | undefined;
  /** Seed that shuffles each epoch anew; without it windows come in the order of time. */
  readonly seed?: number | string | undefined;
};

/** Windows of a series and the frames after each. */
export type SeriesBatch = {
  /** [batch, windowLength, size] */
  readonly inputs: Tensor3D;
  /** [batch, horizon · target features]: the target features of the first frame after the window, then those of the second … */
  readonly targets: Tensor2D;
};

/**
 * Windows of one long series, to train a forecast (a `regressor` with outputSize = horizon · target features).
 *
 *   window w:  inputs  = series[w·stride …]                    windowLength frames
 *              targets = series[w·stride + windowLength …]     horizon frames
 *   windows    = ⌊(frames − windowLength − horizon) / stride⌋ + 1, each in one batch of every epoch
 *
 * A series is numbers [time], which are frames of one, or frames [time][size]. Cut it by `split` first: then validation comes after
 * training, and no window of one shares a frame with the other.
 *
 * @throws {DataError} if the series is too short for one window, or has numbers that are not finite; {OptionError} for invalid options.
 */
export function seriesWindows(series: Values, options: SeriesWindowOptions): BatchSource<SeriesBatch> {
  const where = 'data: seriesWindows';
  const { batchSize, windowLength, horizon = 1, stride = 1, seed } = options;
  expectSizes(where, { batchSize, windowLength, horizon, stride });
  const given = seriesOf(where, series);
  const { frames, size, values } = given;
  const features = options.targetFeatures ?? Array.from({ length: size }, (_, i) => i);
  if (features.length === 0 || features.some((place) => !(Number.isInteger(place) && place >= 0 && place < size))) {
    throw new OptionError(
      `${where}: targetFeatures: expected places from 0 to ${size - 1}, got [${features.join(', ')}].`,
    );
  }
  if (frames < windowLength + horizon) {
    throw new DataError(
      `${where}: the series has ${frames} frames; windowLength ${windowLength} + horizon ${horizon} needs at least ${
        windowLength + horizon
      }. Use a longer series or a smaller windowLength or horizon.`,
    );
  }
  const windows = Math.floor((frames - windowLength - horizon) / stride) + 1;
  const make = (rows: readonly number[]): SeriesBatch => {
    const starts = rows.map((row) => row * stride);
    const wanted = starts.flatMap((start) =>
      Array.from({ length: horizon }, (_, t) => (start + windowLength + t) * size).flatMap((frame) =>
        features.map((place) => values[frame + place] as number),
      ),
    );
    return {
      inputs: framesFrom(given, starts, windowLength),
      targets: tensor2d(wanted, [rows.length, horizon * features.length]),
    };
  };
  return planned(where, make, epochOrder(windows, batchSize, seed));
}
