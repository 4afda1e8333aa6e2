import { type Cell, expectShape, expectSizes, type Frame, OptionError, type Rng, tree } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  concat,
  matMul,
  mul,
  type Rank,
  sigmoid,
  split,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';
import { forgetGateBias } from '../lstm-update.ts';
import { UNITS, type UnitState } from './gated-feedback-units.ts';

/** Sizes, layers and units of a gated-feedback RNN. */
export type GatedFeedbackRnnOptions = {
  readonly inputSize: number;
  /** Of each layer. */
  readonly hiddenSize: number;
  /** Default 2. */
  readonly layers?: number | undefined;
  /** Of all layers; default 'lstm'. */
  readonly unit?: 'tanh' | 'lstm' | 'gru' | undefined;
};

/**
 * Of each layer, lowest first, where a unit has G gates besides its candidate (tanh 0, lstm 3, gru 2): kernel [size below,
 * (G + 1)·hiddenSize] and bias, i, f, g, o of the lstm and z, r, n of the gru; recurrentKernel [hiddenSize, G·hiddenSize], which the
 * tanh unit does not have; feedbackKernel [layers·hiddenSize, hiddenSize], from all layers to the candidate. Of the global reset gates
 * kernel [size below, layers], recurrentKernel [layers·hiddenSize, layers] and bias [layers].
 */
export type GatedFeedbackRnnParams = readonly {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly recurrentKernel?: Tensor2D;
  readonly feedbackKernel: Tensor2D;
  readonly globalReset: { readonly kernel: Tensor2D; readonly recurrentKernel: Tensor2D; readonly bias: Tensor1D };
}[];

/** Of each layer h, and c with units of the LSTM, [batch, hiddenSize]. */
export type GatedFeedbackRnnState = readonly UnitState[];

/**
 * Gated-feedback RNN (GF-RNN): layers whose candidates read the previous states of all layers, each through a gate of its own. For each
 * layer, lowest first, with the new h of the layer below (x below the first) and h* = [h₁, …, hₙ], the old ones of all n layers:
 *
 *   g = σ(below·globalReset.kernel + h*·globalReset.recurrentKernel + globalReset.bias)     one number a layer
 *   feedback = [g₁∘h₁, …, gₙ∘hₙ]·feedbackKernel
 *   tanh:  h' = tanh(below·kernel + bias + feedback)
 *   lstm:  xi, xf, xg, xo = split(below·kernel + bias)      ri, rf, ro = split(h·recurrentKernel)
 *          c' = σ(xf + rf)∘c + σ(xi + ri)∘tanh(xg + feedback)
 *          h' = σ(xo + ro)∘tanh(c')
 *   gru:   xz, xr, xn = split(below·kernel + bias)          rz, rr = split(h·recurrentKernel)
 *          n = tanh(xn + σ(xr + rr)∘feedback)               z = σ(xz + rz), the fraction of h that is kept
 *          h' = (1 − z)∘n + z∘h
 *   output = h' of the highest layer
 *
 * As in the paper, gates of a unit read the old state of their own layer alone, and the gru resets after the product; the paper's z is
 * 1 − z, and its equations have no biases. States of the other layers can be read in the state.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize] of each layer; output [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; biases 0, forget gate 1.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, or the unit is none of the three.
 * @see Chung, Gulcehre, Cho & Bengio 2015, "Gated feedback recurrent neural networks"
 */
export function gatedFeedbackRnn(
  options: GatedFeedbackRnnOptions,
): Cell<GatedFeedbackRnnParams, GatedFeedbackRnnState> {
  const { inputSize, hiddenSize, layers = 2, unit = 'lstm' } = options;
  const name = 'gatedFeedbackRnn';
  expectSizes(name, { inputSize, hiddenSize, layers });
  if (!Object.hasOwn(UNITS, unit)) {
    throw new OptionError(`${name}: unit: expected tanh, lstm or gru, got ${unit as string}.`);
  }
  const { gates, update } = UNITS[unit];
  const eachLayer = <T>(make: (layer: number) => T): T[] => Array.from({ length: layers }, (_, layer) => make(layer));
  const initialLayer = (rng: Rng, below: number): GatedFeedbackRnnParams[number] => {
    const kernel = (label: string, rows: number, columns: number): Tensor2D =>
      uniform(rng.fork(label), [rows, columns], 1 / Math.sqrt(hiddenSize));
    return {
      kernel: kernel('kernel', below, (gates + 1) * hiddenSize),
      bias: unit === 'lstm' ? forgetGateBias(hiddenSize) : zeros([(gates + 1) * hiddenSize]),
      ...(gates > 0 && { recurrentKernel: kernel('recurrentKernel', hiddenSize, gates * hiddenSize) }),
      feedbackKernel: kernel('feedbackKernel', layers * hiddenSize, hiddenSize),
      globalReset: {
        kernel: kernel('globalReset.kernel', below, layers),
        recurrentKernel: kernel('globalReset.recurrentKernel', layers * hiddenSize, layers),
        bias: zeros([layers]),
      },
    };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, layers, unit }] },
    init: (rng) => eachLayer((layer) => initialLayer(rng.fork(layer), layer === 0 ? inputSize : hiddenSize)),
    initialState: (batchSize) =>
      eachLayer(() => ({
        h: zeros([batchSize, hiddenSize]),
        ...(unit === 'lstm' && { c: zeros<Rank.R2>([batchSize, hiddenSize]) }),
      })),
    step(params, state, input) {
      expectShape(name, 'input', input, { batch: state[0]?.h.shape[0], inputSize });
      return tree.tidy(() => {
        const all: Frame = concat(
          state.map(({ h }) => h),
          1,
        );
        let below = input;
        const next = state.map((old, layer) => {
          const { kernel, bias, recurrentKernel, feedbackKernel, globalReset } = params[
            layer
          ] as (typeof params)[number];
          const resets = add(affine({ x: below, ...globalReset }), matMul(all, globalReset.recurrentKernel));
          const open = split(sigmoid(resets), layers, 1) as Frame[];
          const gated = state.map(({ h }, from): Frame => mul(open[from] as Frame, h));
          const after = update({
            projected: affine({ x: below, kernel, bias }),
            recurrent: recurrentKernel && matMul(old.h, recurrentKernel),
            feedback: matMul(concat(gated, 1) as Frame, feedbackKernel),
            old,
          });
          below = after.h;
          return after;
        });
        return { output: below, state: next };
      });
    },
  };
}
