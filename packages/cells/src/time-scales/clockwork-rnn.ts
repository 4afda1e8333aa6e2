import { type Cell, expectSizes, type Frame, OptionError, type Step, withoutGradient } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  cast,
  less,
  matMul,
  mul,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tensor1d,
  tensor2d,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';

/** Sizes and periods of a clockwork RNN. */
export type ClockworkRnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Of each group of units, in frames, ascending; default 1, 2, 4, 8, or the first of these if there are fewer units. */
  readonly periods?: readonly number[] | undefined;
};

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], of which one triangle of blocks counts, bias [hiddenSize]. */
export type ClockworkRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]; clock [batch, hiddenSize]: the time modulo the period of each unit, which ticks at 0. */
export type ClockworkRnnState = {
  readonly h: Frame;
  readonly clock: Frame;
};

/**
 * Clockwork RNN: groups of units of which each is computed at its own period only, and reads itself and slower groups.
 *
 *   h' = tanh(x·kernel + h·U + bias)   in groups whose clock is 0, that is where t mod period = 0
 *        h                             in the others                             output = h'
 *   U  = recurrentKernel, with 0 from each group to those of longer periods
 *   clock' = clock + 1, and 0 when that is the period
 *
 * Units are divided evenly among groups, fastest first; where that leaves some over, the first groups have one more. U maps rows (from)
 * to columns (to): the blocks that count are on and below its diagonal, as h·U is the transpose of the paper's W·h, where they
 * are on and above. The clocks start at 0, so that all groups see the first frame; the time is kept modulo the periods, so that it
 * stays exact in sequences of any length.
 *
 * Shapes: x [batch, inputSize]; h, clock [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize, 0 where they do not count; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} unless periods are ascending whole numbers from 1, no more than units.
 * @see Koutník, Greff, Gomez & Schmidhuber 2014, "A clockwork RNN"
 */
export function clockworkRnn(options: ClockworkRnnOptions): Cell<ClockworkRnnParams, ClockworkRnnState> {
  const { inputSize, hiddenSize, periods = [1, 2, 4, 8].slice(0, options.hiddenSize) } = options;
  const name = 'clockworkRnn';
  expectSizes(name, { inputSize, hiddenSize });
  expectPeriods(name, periods, hiddenSize);
  const perUnit = spread(periods, hiddenSize);
  const counts = perUnit.map((from) => perUnit.map((to) => (from >= to ? 1 : 0)));

  const recur = (
    params: ClockworkRnnParams,
    { h, clock }: ClockworkRnnState,
    projected: Frame,
  ): Step<ClockworkRnnState> => {
    const { ticks, goesOn } = withoutGradient(() => ({
      ticks: less(clock, 0.5),
      goesOn: cast(less(clock, sub(tensor1d(perUnit), 1.5)), 'float32'),
    }));
    const fresh: Frame = tanh(add(projected, matMul(h, mul(params.recurrentKernel, tensor2d(counts)))));
    const next = where(ticks, fresh, h) as Frame;
    return { output: next, state: { h: next, clock: mul(add(clock, 1), goesOn) } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, periods }] },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      const draws = rng.fork('recurrentKernel');
      const flat = counts.flat();
      let at = 0;
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], limit),
        recurrentKernel: draws.tensor([hiddenSize, hiddenSize], (r) => {
          const drawn = r.uniform(-limit, limit);
          return flat[at++] === 1 ? drawn : 0;
        }) as Tensor2D,
        bias: zeros([hiddenSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), clock: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}

/** The period of each unit. */
function spread(periods: readonly number[], hiddenSize: number): number[] {
  const each = Math.floor(hiddenSize / periods.length);
  const over = hiddenSize % periods.length;
  return periods.flatMap((period, i) => Array<number>(i < over ? each + 1 : each).fill(period));
}

function expectPeriods(name: string, periods: readonly number[], hiddenSize: number): void {
  const isGood = (period: number, i: number): boolean =>
    Number.isSafeInteger(period) && period >= 1 && period > (periods[i - 1] ?? 0);
  if (periods.length > 0 && periods.length <= hiddenSize && periods.every(isGood)) return;
  throw new OptionError(
    `${name}: periods: expected from 1 to ${hiddenSize} whole numbers of frames, ascending, got ${periods.join(', ') || 'none'}.`,
  );
}
