import { type Batch, type BatchSource, DataError, expectSizes, OptionError } from '@elman/core';
import { slice, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/** Options of `bptt`. */
export type BpttOptions = {
  /** The most frames through which a gradient flows. */
  readonly windowLength: number;
  /** Frames that a window shares with the previous one; default: 0. Their loss counts only once. */
  readonly overlap?: number | undefined;
};

/** A window of a batch of sequences. */
export type BatchWindow<B extends Batch> = {
  readonly inputs: B['inputs'];
  readonly targets: B['targets'];
  readonly mask?: Tensor2D | undefined;
  /** The first frame whose loss counts: those before it counted in the previous window. */
  readonly counted: number;
  /** Frames after which the state goes to the next window. */
  readonly carry: number;
  /** Whether it is the first window of its sequences, with the initial state. */
  readonly fresh: boolean;
};

/**
 * Complete sequences cut into windows, for truncated backpropagation through time: the state is carried from window to window,
 * the gradient is not.
 *
 *   window k has the frames k·(windowLength − overlap) … + windowLength
 *
 * so that with an overlap the gradient of every loss flows through at least `overlap` frames before it, where there are as
 * many. Each frame counts once. Each window makes the complete batch again and keeps its part: the source stays a pure function.
 * (A curriculum has to advance between batches then: let `evaluateEvery` be a multiple of the windows of one.)
 *
 * Shapes: inputs [batch, time, …], targets [batch, time, …], mask [batch, time]; `time` the same in all batches.
 * @throws {OptionError} if the overlap is not less than the window; {DataError} if a batch has another length.
 * @see Williams & Peng 1990, An efficient gradient-based algorithm for on-line training of recurrent network trajectories
 */
export function bptt<B extends Batch>(source: BatchSource<B>, options: BpttOptions): BatchSource<BatchWindow<B>> {
  const { windowLength, overlap = 0 } = options;
  expectSizes('bptt', { windowLength });
  if (!Number.isSafeInteger(overlap) || overlap < 0 || overlap >= windowLength) {
    throw new OptionError(`bptt: overlap: expected 0 to ${windowLength - 1}, below windowLength, got ${overlap}.`);
  }
  const stride = windowLength - overlap;
  let length = 0;
  tidy(() => {
    length = timeOf(source.batch(0, 0));
  });
  const windows = Math.max(1, Math.ceil((length - overlap) / stride));
  return {
    batchesPerEpoch: source.batchesPerEpoch * windows,
    batch(epoch, index, draw) {
      const k = index % windows;
      const begin = k * stride;
      const size = Math.min(windowLength, length - begin);
      const window = tidy(() => {
        const { inputs, targets, mask } = source.batch(epoch, Math.floor(index / windows), draw);
        const time = timeOf({ inputs });
        if (time !== length) {
          throw new DataError(`bptt: expected ${length} frames as in the first batch, got ${time}; pad them alike.`);
        }
        const cut = (x: Tensor): Tensor => slice(x, [0, begin], [x.shape[0] as number, size]);
        return [cut(inputs), cut(targets), ...(mask === undefined ? [] : [cut(mask)])];
      });
      const [inputs, targets, mask] = window as [B['inputs'], B['targets'], Tensor2D?];
      const carry = Math.min(stride, size);
      return { inputs, targets, mask, counted: k === 0 ? 0 : overlap, carry, fresh: k === 0 };
    },
  };
}

const timeOf = ({ inputs }: Pick<Batch, 'inputs'>): number => inputs.shape[1] as number;
