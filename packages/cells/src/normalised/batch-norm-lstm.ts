import { type Cell, expectSizes, type Frame, ShapeError } from '@elman/core';
import type { LayerNormParams } from '@elman/nn';
import {
  add,
  cast,
  concat,
  fill,
  matMul,
  mean,
  minimum,
  mul,
  oneHot,
  ones,
  reshape,
  rsqrt,
  split,
  square,
  sub,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import type { LstmState } from '../gated/lstm.ts';
import { initialKernels } from '../initial-kernels.ts';
import { forgetGateBias, lstmUpdate } from '../lstm-update.ts';
import { expectEpsilon } from './options.ts';

/** Sizes of a batch-normalised LSTM, and whose statistics it normalises by. */
export type BatchNormLstmOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Added to each variance; default 1e-5. */
  readonly epsilon?: number | undefined;
  /** Of the population's statistics, which are parameters; without it statistics are those of the batch, for training. */
  readonly frames?: number | undefined;
};

/**
 * kernel [inputSize, 4·hiddenSize], recurrentKernel [hiddenSize, 4·hiddenSize]; bias, inputGain, recurrentGain
 * [4·hiddenSize]; gates i, f, g, o. cellNorm: gain and bias [hiddenSize].
 */
export type BatchNormLstmParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly inputGain: Tensor1D;
  readonly recurrentGain: Tensor1D;
  readonly cellNorm: LayerNormParams;
};

/** mean and variance of each unit, [frames, size]; within a step [batch, size], or [1, size] for all rows. */
export type Moments = { readonly mean: Tensor2D; readonly variance: Tensor2D };

/** Of x·kernel, h·recurrentKernel and c. */
export type BatchNormStatistics = { readonly input: Moments; readonly recurrent: Moments; readonly cell: Moments };

/** The parameters of training, and the population's statistics of each frame. */
export type PopulationNormLstmParams = BatchNormLstmParams & { readonly statistics: BatchNormStatistics };

/** Of an LSTM; frame [batch, 1]: how many frames the row has had. */
export type PopulationNormLstmState = LstmState & { readonly frame: Frame };

/** Normalises by the statistics of a part of the cell. */
export type Normalise = (part: keyof BatchNormStatistics, x: Frame) => Frame;

/**
 * Long short-term memory with recurrent batch normalisation: of what comes from the input, of what comes from the state, and of the
 * memory where it is read, by statistics of each frame.
 *
 *   a  = inputGain∘norm(x·kernel) + recurrentGain∘norm(h·recurrentKernel) + bias
 *   c' = σ(f)∘c + σ(i)∘tanh(g)                                    i, f, g, o = the quarters of a
 *   h' = σ(o)∘tanh(cellGain∘norm(c') + cellBias)                  output = h'
 *   norm(z) = (z − mean) / √(variance + epsilon)                  of each unit
 *
 * Without `frames`, for training: mean and variance are those of the batch at this frame, so that its rows influence each other, what
 * the contract of a cell otherwise excludes. It needs two rows or more, sequences of one length (a padded frame counts), and runs frame by
 * frame. With `frames`, for all else: those of the population at each of the first `frames` frames, the last ones after them, which
 * `batchNormStatistics` measures; rows are independent again.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, but 1 for f; gains 0.1, cellBias 0; statistics: means 0, variances 1.
 * @throws {ShapeError} if x is not [batch, inputSize], or without `frames` has one row.
 * @throws {OptionError} if a size is not a positive whole number or epsilon is not above 0.
 * @see Cooijmans, Ballas, Laurent, Gülçehre & Courville 2017, "Recurrent batch normalization"
 */
export function batchNormLstm(
  options: BatchNormLstmOptions & { readonly frames: number },
): Cell<PopulationNormLstmParams, PopulationNormLstmState>;
export function batchNormLstm(options: BatchNormLstmOptions): Cell<BatchNormLstmParams, LstmState>;
export function batchNormLstm(
  options: BatchNormLstmOptions,
): Cell<PopulationNormLstmParams, PopulationNormLstmState> | Cell<BatchNormLstmParams, LstmState> {
  const { inputSize, hiddenSize, epsilon = 1e-5, frames } = options;
  const name = 'batchNormLstm';
  expectSizes(name, { inputSize, hiddenSize, ...(frames !== undefined && { frames }) });
  expectEpsilon(name, epsilon);
  const common = {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, epsilon, ...(frames !== undefined && { frames }) }],
    },
  };
  const init: Cell<BatchNormLstmParams, LstmState>['init'] = (rng) => ({
    ...initialKernels(rng, { inputSize, hiddenSize }, 4),
    bias: forgetGateBias(hiddenSize),
    inputGain: fill([4 * hiddenSize], 0.1),
    recurrentGain: fill([4 * hiddenSize], 0.1),
    cellNorm: { gain: fill([hiddenSize], 0.1), bias: zeros([hiddenSize]) },
  });
  const initialState = (batchSize: number): LstmState => ({
    h: zeros([batchSize, hiddenSize]),
    c: zeros([batchSize, hiddenSize]),
  });

  if (frames === undefined) {
    return {
      ...common,
      init,
      initialState,
      step: checkedStep(name, inputSize, (params, state, x) => {
        if (x.shape[0] === 1) {
          throw new ShapeError(
            `${name}: input: expected 2 rows or more, whose statistics it takes, got 1; measure those of all with batchNormStatistics, and make the cell with frames.`,
          );
        }
        return advance(params, state, x, (_, z) => normalised(z, momentsOf(z), epsilon));
      }),
    };
  }
  return {
    ...common,
    init: (rng) => {
      const moments = (size: number): Moments => ({ mean: zeros([frames, size]), variance: ones([frames, size]) });
      const gates = 4 * hiddenSize;
      const statistics = { input: moments(gates), recurrent: moments(gates), cell: moments(hiddenSize) };
      return { ...init(rng), statistics };
    },
    initialState: (batchSize) => ({ ...initialState(batchSize), frame: zeros([batchSize, 1]) }),
    step: checkedStep(name, inputSize, (params: PopulationNormLstmParams, state: PopulationNormLstmState, x) => {
      const { frame } = state;
      const at = chosen(params.statistics, frame, frames);
      const { output, state: next } = advance(params, state, x, (part, z) => normalised(z, at[part], epsilon));
      return { output, state: { ...next, frame: add<Frame>(frame, 1) } };
    }),
  };
}

/** Those of each row's frame, as a product: compiled, which a lookup by numbers of the state is not. */
function chosen({ input, recurrent, cell }: BatchNormStatistics, frame: Frame, frames: number): BatchNormStatistics {
  const all = [input.mean, input.variance, recurrent.mean, recurrent.variance, cell.mean, cell.variance];
  const at = cast<Tensor1D>(minimum(reshape(frame, [-1]), frames - 1), 'int32');
  const rows = matMul(oneHot(at, frames, 1, 0, 'float32') as Tensor2D, concat<Tensor2D>(all, 1));
  const sizes = all.map(({ shape }) => shape[1]);
  const [a, b, c, d, e, f] = split(rows, sizes, 1) as [Frame, Frame, Frame, Frame, Frame, Frame];
  return { input: { mean: a, variance: b }, recurrent: { mean: c, variance: d }, cell: { mean: e, variance: f } };
}

/** A step with a given normalisation. */
export function advance(
  params: BatchNormLstmParams,
  { h, c }: LstmState,
  x: Frame,
  normalise: Normalise,
): ReturnType<typeof lstmUpdate> {
  const { kernel, recurrentKernel, bias, inputGain, recurrentGain, cellNorm } = params;
  const fromInput = mul<Frame>(normalise('input', matMul(x, kernel)), inputGain);
  const fromState = mul<Frame>(normalise('recurrent', matMul(h, recurrentKernel)), recurrentGain);
  const gates: Frame = add(add(fromInput, bias), fromState);
  return lstmUpdate(gates, c, (next) => add(mul(normalise('cell', next), cellNorm.gain), cellNorm.bias));
}

/** Of each column over the rows of a batch; the variance divides by their number. */
export function momentsOf(x: Frame): Moments {
  const center: Tensor2D = mean(x, 0, true);
  return { mean: center, variance: mean(square(sub(x, center)), 0, true) };
}

export function normalised(x: Frame, { mean: center, variance }: Moments, epsilon: number): Frame {
  return mul(sub(x, center), rsqrt(add(variance, epsilon)));
}
