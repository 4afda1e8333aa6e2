import {
  type Cell,
  expectShape,
  expectSizes,
  type Frame,
  naturalLog,
  OptionError,
  type Rng,
  tree,
  withoutGradient,
} from '@elman/core';
import { affine } from '@elman/kernels';
import {
  add,
  cast,
  div,
  exp,
  fill,
  greaterEqual,
  less,
  matMul,
  mul,
  reciprocal,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { initialKernels } from '../initial-kernels.ts';
import { forgetGateBias } from '../lstm-update.ts';

/** Sizes and initial rhythm of a phased LSTM. */
export type PhasedLstmOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The shortest and the longest initial period in frames, both above 1; default [2, 100]. */
  readonly periods?: readonly [number, number] | undefined;
  /** The initial part of a period in which a unit is open, between 0 and 1; default 0.05. */
  readonly openRatio?: number | undefined;
  /** How much of a closed unit's change passes in training, times its phase; default 0.001. */
  readonly leak?: number | undefined;
};

/**
 * kernel [inputSize, 4·hiddenSize], recurrentKernel [hiddenSize, 4·hiddenSize], bias [4·hiddenSize]; gates i, f, g, o.
 * logPeriod, shiftLogit, openRatioLogit [hiddenSize].
 */
export type PhasedLstmParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly logPeriod: Tensor1D;
  readonly shiftLogit: Tensor1D;
  readonly openRatioLogit: Tensor1D;
};

/** h, c [batch, hiddenSize]; elapsed [batch, hiddenSize]: the frames so far over the period of each unit, modulo 1. */
export type PhasedLstmState = { readonly h: Frame; readonly c: Frame; readonly elapsed: Frame };

/**
 * Phased LSTM: each unit has a rhythm of its own, and is updated in the open part of its period only.
 *
 *   τ, s, r = 1 + exp(logPeriod), σ(shiftLogit), σ(openRatioLogit)   period, shift and open part, both as parts of a period
 *   φ = (elapsed − s) mod 1                                   that is ((t − τ·s) mod τ) / τ
 *   k = 2φ/r        if φ < r/2                                opening
 *       2 − 2φ/r    if r/2 ≤ φ < r                            closing
 *       leak·φ      else                                      closed; 0 outside training
 *   c̃, h̃ = lstm(h, c, x)
 *   c' = k∘c̃ + (1 − k)∘c
 *   h' = k∘h̃ + (1 − k)∘h                                      output = h'
 *   elapsed' = (elapsed + 1/τ) mod 1
 *
 * Frames are the time: t counts those of the row. Without the paper's peepholes. Training, where the leak is, means that `rng` is given.
 * The rhythm is learnt through unconstrained parameters, so that a period stays above 1 frame and the parts between 0 and 1; its
 * gradient reaches as far back as that of the state.
 *
 * Shapes: x [batch, inputSize]; h, c, k, elapsed [batch, hiddenSize]; kernel [inputSize, 4·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0, forget gate 1; log(τ − 1) uniform for τ from `periods`, s uniform; r = openRatio.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or another option is out of its range.
 * @see Neil, Pfeiffer & Liu 2016, "Phased LSTM: accelerating recurrent network training for long or event-based sequences"
 */
export function phasedLstm(options: PhasedLstmOptions): Cell<PhasedLstmParams, PhasedLstmState> {
  const { inputSize, hiddenSize, periods = [2, 100], openRatio = 0.05, leak = 0.001 } = options;
  const name = 'phasedLstm';
  expectSizes(name, { inputSize, hiddenSize });
  expectRhythm(name, periods, openRatio, leak);

  /** How far each unit is open, [batch, hiddenSize]. */
  const openness = (params: PhasedLstmParams, elapsed: Frame, isTraining: boolean): Frame => {
    const r = sigmoid(params.openRatioLogit);
    const since = sub<Frame>(elapsed, sigmoid(params.shiftLogit));
    const phase = add<Frame>(
      since,
      indicator(() => less(since, 0)),
    );
    const slope = div(mul(phase, 2), r);
    const opens = indicator(() => less(phase, mul(r, 0.5)));
    const open = indicator(() => less(phase, r));
    const k = add(mul(opens, slope), mul(sub(open, opens), sub(2, slope)));
    return isTraining ? add(k, mul(mul(sub(1, open), leak), phase)) : (k as Frame);
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, periods, openRatio, leak }],
    },
    init(rng) {
      const draw = (label: string, from: (r: Rng) => number): Tensor1D =>
        rng.fork(label).tensor([hiddenSize], from) as Tensor1D;
      const [shortest, longest] = periods.map((period) => naturalLog(period - 1)) as [number, number];
      return {
        ...initialKernels(rng, { inputSize, hiddenSize }, 4),
        bias: forgetGateBias(hiddenSize),
        logPeriod: draw('logPeriod', (r) => r.uniform(shortest, longest)),
        shiftLogit: draw('shiftLogit', (r) => logit(r.uniform(0.001, 0.999))),
        openRatioLogit: fill([hiddenSize], logit(openRatio)),
      };
    },
    initialState: (batchSize) => ({
      h: zeros([batchSize, hiddenSize]),
      c: zeros([batchSize, hiddenSize]),
      elapsed: zeros([batchSize, hiddenSize]),
    }),
    step(params, { h, c, elapsed }, input, _, rng) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const { kernel, recurrentKernel, bias } = params;
        const gates = add(affine({ x: input, kernel, bias }), matMul(h, recurrentKernel));
        const [i, f, g, o] = split(gates, 4, 1) as [Frame, Frame, Frame, Frame];
        const freshC = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
        const freshH = mul(sigmoid(o), tanh(freshC));
        const k = openness(params, elapsed, rng !== undefined);
        const kept = sub(1, k);
        const nextC: Frame = add(mul(k, freshC), mul(kept, c));
        const nextH: Frame = add(mul(k, freshH), mul(kept, h));
        const later = add<Frame>(elapsed, reciprocal(add(exp(params.logPeriod), 1)));
        const nextElapsed = sub<Frame>(
          later,
          indicator(() => greaterEqual(later, 1)),
        );
        return { output: nextH, state: { h: nextH, c: nextC, elapsed: nextElapsed } };
      });
    },
  };
}

/** 1 where a condition holds, else 0, as a constant. */
const indicator = (condition: () => Tensor2D): Frame => withoutGradient(() => cast(condition(), 'float32'));

const logit = (p: number): number => naturalLog(p) - naturalLog(1 - p);

function expectRhythm(name: string, periods: readonly number[], openRatio: number, leak: number): void {
  const [shortest = 0, longest = 0] = periods;
  if (periods.length !== 2 || !(shortest > 1 && longest >= shortest && Number.isFinite(longest))) {
    throw new OptionError(
      `${name}: periods: expected the shortest and the longest, in frames above 1, got ${periods.join(', ')}.`,
    );
  }
  if (!(openRatio > 0 && openRatio < 1)) {
    throw new OptionError(`${name}: openRatio: expected a number between 0 and 1, got ${openRatio}.`);
  }
  if (!(leak >= 0 && leak <= 1)) throw new OptionError(`${name}: leak: expected a number from 0 to 1, got ${leak}.`);
}
