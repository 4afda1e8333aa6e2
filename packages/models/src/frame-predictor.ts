import {
  type Cell,
  expectFrames,
  expectShape,
  expectSizes,
  type Frame,
  OptionError,
  type Recipe,
  type Rng,
  type Sequence,
  type Tree,
  tree,
  withoutGradient,
} from '@elman/core';
import { binaryCrossEntropy, type DenseParams, dense, meanSquaredError } from '@elman/nn';
import { unroll } from '@elman/rnn';
import {
  add,
  cast,
  concat,
  div,
  less,
  mul,
  ones,
  type Scalar,
  scalar,
  sigmoid,
  stack,
  sub,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { expectKind, listOf } from './expect-kind.ts';
import { lastFrames } from './pooling.ts';
import type { ReadoutModel } from './readout/readout.ts';
import { absoluteError } from './regressor.ts';
import { expectSampling, mixFrames } from './scheduled-sampling.ts';
import { expectWindow, framesFrom, unrollWindow } from './window.ts';

/** Some frames of sequences and, for each, the frame that follows. */
export type FrameWindow = {
  /** [batch, time, frameSize] */
  readonly inputs: Sequence;
  /** [batch, time, frameSize]: the frame after each input. */
  readonly targets: Sequence;
  /** [batch, time], 1 = real; default: all are. */
  readonly mask?: Tensor2D | undefined;
  /** The first frame whose loss counts; default: 0. */
  readonly counted?: number | undefined;
  /** The frames after which the state is taken that the next window starts from; default: all. */
  readonly carry?: number | undefined;
  /** Whether the window starts from the initial state; default: true. */
  readonly fresh?: boolean | undefined;
};

/** Options of the prediction. */
export type FramePredictorOptions = {
  /**
   * Of the numbers of the next frame, independent of one another: `gaussian`, of which the mean is predicted, or
   * `bernoulli`, bits of which the log-odds are predicted, such as the keys of a piano. Default: `gaussian`.
   */
  readonly distribution?: 'gaussian' | 'bernoulli' | undefined;
  /** Whether the output is the difference of the next frame to this one; not for bits. Default: false. */
  readonly difference?: boolean | undefined;
};

/** Parameters of the cell, and of the linear map from its outputs to frames. */
export type FramePredictorParams<P extends Tree> = { readonly cell: P; readonly output: DenseParams };

/** A model of the next frame. */
export interface FramePredictor<P extends Tree, S extends Tree>
  extends ReadoutModel<FramePredictorParams<P>, S, FrameWindow> {
  readonly name: string;
  readonly frameSize: number;
  readonly cell: Cell<P, S>;
  /** Absent if the cell has none. */
  readonly recipe?: Recipe | undefined;
  init(rng: Rng): FramePredictorParams<P>;
  initialState(batchSize: number): S;
  batchSize(window: FrameWindow): number;
  startsFresh(window: FrameWindow): boolean;
  /** The prediction after each frame, of bits their log-odds, [batch, time, frameSize], and the state after the last frame. */
  outputs(
    params: FramePredictorParams<P>,
    inputs: Sequence,
    options?: { readonly state?: S | undefined; readonly mask?: Tensor2D | undefined; readonly rng?: Rng | undefined },
  ): { outputs: Sequence; state: S };
  /**
   * Mean squared error, the number of numbers, the state after `carry` frames; and with `metrics` `absoluteError`, and
   * `standstill`, the squared error of predicting the current frame. Of bits: nats a frame, the number of frames, no
   * metrics. `sampling` is the probability with which an input is replaced by a prediction (scheduled sampling); it
   * requires `rng`.
   */
  loss(
    params: FramePredictorParams<P>,
    window: FrameWindow,
    state: S,
    options?: {
      readonly rng?: Rng | undefined;
      readonly sampling?: number | undefined;
      readonly metrics?: boolean | undefined;
    },
  ): { loss: Scalar; count: Scalar; state: S; metrics: { readonly [name: string]: Scalar } };
  /**
   * Free-running continuation of sequences, each predicted frame being the next input: [batch, steps, frameSize] after
   * start [batch, time, frameSize], whose rows may have ended where the mask is 0. Bits are drawn, which requires `rng`.
   */
  generate(
    params: FramePredictorParams<P>,
    start: Sequence,
    steps: number,
    options?: { readonly mask?: Tensor2D | undefined; readonly rng?: Rng | undefined },
  ): Sequence;
}

/**
 * A model of the next frame of numbers: of a video, of a movement, of a series.
 *
 *   sₜ, hₜ = cell(sₜ₋₁, xₜ)
 *   yₜ     = hₜ·kernel + bias      (difference: xₜ + that)
 *   loss   = mean (yₜ − xₜ₊₁)²
 *
 * or of bits, `distribution: 'bernoulli'`:
 *
 *   p(xₜ₊₁) = σ(yₜ), for each bit
 *   loss    = −mean over frames of Σ log p(xₜ₊₁)      nats a frame, summed over its bits
 *
 * Shapes: frames [batch, time, frameSize], where frameSize is the cell's inputSize.
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {OptionError} if the distribution is not known, or differences of bits are wanted.
 * @see bits a frame, of music: Boulanger-Lewandowski, Bengio & Vincent 2012
 */
export function framePredictor<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  { distribution = 'gaussian', difference = false }: FramePredictorOptions = {},
): FramePredictor<P, S> {
  const name = 'framePredictor';
  const isBits = distribution === 'bernoulli';
  if (!isBits && distribution !== 'gaussian') {
    throw new OptionError(`${name}: distribution: expected gaussian or bernoulli, got ${distribution as string}.`);
  }
  if (isBits && difference) {
    throw new OptionError(`${name}: difference: expected none of bits, which are 0 or 1; leave it out.`);
  }
  const { inputSize: frameSize } = cell;
  const output = dense({ inputSize: cell.outputSize, outputSize: frameSize });
  type Params = FramePredictorParams<P>;

  const next = <T extends Sequence | Frame>(params: Params, outputs: T, frames: T): T => {
    const said = output.apply(params.output, outputs);
    return difference ? add(frames, said) : said;
  };

  const advice = `give each time step as ${listOf(frameSize)}, the cell's inputSize; ids are for a languageModel`;
  const expectSequence = (what: string, frames: Sequence, mask: Tensor2D | undefined): void => {
    const axes = { batch: undefined, time: undefined, frameSize };
    expectKind(name, what, frames, { what: 'frames', dtype: 'float32', axes, advice });
    const [batch, time] = frames.shape;
    expectFrames(name, what, frames);
    if (mask !== undefined) expectShape(name, 'mask', mask, { batch, time });
  };

  const expectFrameWindow = ({ inputs, targets, mask, counted = 0, carry }: FrameWindow): void => {
    expectSequence('inputs', inputs, mask);
    const [batch, time] = inputs.shape;
    expectKind(name, 'targets', targets, {
      what: 'frames',
      dtype: 'float32',
      axes: { batch, time, frameSize },
      advice: 'give the frame after each input, as nextFrames and frameStream of @elman/data do',
    });
    expectWindow(name, time, { counted, carry });
  };

  /** The frame that is predicted: of bits, one that is drawn. */
  const drawn = (said: Frame, rng: Rng | undefined): Frame => {
    if (!isBits) return said;
    if (rng === undefined) throw new OptionError(`${name}: rng: expected one, for bits are drawn; pass Rng.seeded(1).`);
    const coins = rng.tensor(said.shape, (r) => r.uniform()) as Frame;
    return cast(less(coins, sigmoid(said)), 'float32');
  };
  const step = (params: Params, state: S, frame: Frame, rng: Rng | undefined): { frame: Frame; state: S } => {
    const { output: said, state: after } = cell.step(params.cell, state, frame, undefined);
    return { frame: drawn(next(params, said, frame), rng), state: after };
  };

  const model: FramePredictor<P, S> = {
    name,
    frameSize,
    cell,
    recipe: cell.recipe && {
      package: '@elman/models',
      factory: name,
      arguments: [cell.recipe, isBits ? { distribution } : { difference }],
    },
    init: (rng) => ({ cell: cell.init(rng.fork('cell')), output: output.init(rng.fork('output')) }),
    initialState: (batchSize) => cell.initialState(batchSize),
    batchSize: ({ inputs }) => inputs.shape[0],
    startsFresh: ({ fresh = true }) => fresh,
    outputs(params, inputs, { state, mask, rng } = {}) {
      expectSequence('inputs', inputs, mask);
      return tree.tidy(() => {
        const steps = unroll(cell, params.cell, inputs, { state, mask, rng: rng?.fork('cell') });
        return { outputs: next(params, steps.outputs, inputs), state: steps.state };
      });
    },
    loss(params, window, state, { rng, sampling = 0, metrics = false } = {}) {
      const { inputs, targets, mask, counted = 0, carry } = window;
      expectFrameWindow(window);
      return tree.tidy(() => {
        let fed = inputs;
        if (sampling !== 0) {
          expectSampling(name, sampling, rng);
          const coins = rng.fork('sampling');
          fed = withoutGradient(() =>
            mixFrames((s, x, r) => step(params, s, x, r), state, inputs, sampling, coins, mask),
          );
        }
        const steps = unrollWindow(cell, params.cell, fed, { state, mask, rng: rng?.fork('cell') }, carry);
        const said = framesFrom(counted, next(params, steps.outputs, fed));
        const [wanted, now] = [framesFrom(counted, targets), framesFrom(counted, inputs)];
        const real = mask && framesFrom(counted, mask);
        if (isBits) {
          const { loss, count } = binaryCrossEntropy(said, wanted, { mask: real });
          const bits = scalar(frameSize);
          return { loss: mul<Scalar>(loss, bits), count: div<Scalar>(count, bits), state: steps.state, metrics: {} };
        }
        const { loss, count } = meanSquaredError(said, wanted, { mask: real });
        const measured: { [name: string]: Scalar } = metrics
          ? {
              absoluteError: absoluteError(said, wanted, real),
              standstill: meanSquaredError(now, wanted, { mask: real }).loss,
            }
          : {};
        return { loss, count, state: steps.state, metrics: measured };
      });
    },
    readout(params, window, before) {
      const { inputs, targets, mask, counted = 0, carry } = window;
      if (isBits) throw new OptionError(`${name}: readout: expected frames of numbers, which have one; train it.`);
      expectFrameWindow(window);
      const { outputs, state } = unrollWindow(cell, params.cell, inputs, { state: before, mask }, carry);
      const [batch, time] = inputs.shape;
      const late: Tensor2D = concat([zeros([batch, counted]), ones([batch, time - counted])], 1);
      return {
        inputs: outputs,
        targets: difference ? sub(targets, inputs) : targets,
        mask: mask === undefined ? late : mul(mask, late),
        state,
        carry,
      };
    },
    generate(params, start, steps, { mask, rng } = {}) {
      expectSequence('start', start, mask);
      expectSizes(name, { steps });
      let { frame, state } = tree.tidy(() => {
        const before = unroll(cell, params.cell, start, { mask });
        const said = next(params, lastFrames(before.outputs, mask), lastFrames(start, mask));
        return { frame: drawn(said, rng?.fork(0)), state: before.state };
      });
      const frames = [frame];
      for (let i = 1; i < steps; i++) {
        const after = tree.tidy(() => step(params, state, frame, rng?.fork(i)));
        tree.dispose(state);
        ({ frame, state } = after);
        frames.push(frame);
      }
      tree.dispose(state);
      const generated = stack(frames, 1) as Sequence;
      tree.dispose(frames);
      return generated;
    },
  };
  return model;
}
