import { type Cell, expectSizes, type Frame, OptionError, type Recipe, type Step } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  clone,
  concat,
  concat1d,
  fill,
  matMul,
  mul,
  type Rank,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { activationOf } from '../activation.ts';
import { affineInput } from '../affine-input.ts';
import { type RecurrentInitializerOptions, recurrentInitializer } from '../recurrent-initializer.ts';
import type { LstmParams, LstmState } from './lstm.ts';

/** Sizes and initial values of an LSTM, and which of its parts there are. */
export type LstmVariantOptions = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default true; false is NIG of Greff et al. */
  readonly inputGate?: boolean | undefined;
  /** Default true; false is NFG. */
  readonly forgetGate?: boolean | undefined;
  /** Default true; false is NOG. */
  readonly outputGate?: boolean | undefined;
  /** Of what is written to the memory; default tanh; linear is NIAF. */
  readonly inputActivation?: 'tanh' | 'linear' | undefined;
  /** Of the memory in the output; default tanh; linear is NOAF. */
  readonly outputActivation?: 'tanh' | 'linear' | undefined;
  /** The input gate is 1 − forget gate (CIFG); default false. */
  readonly coupledGates?: boolean | undefined;
  /** Gates depend on the memory; default true; false is NP. */
  readonly peepholes?: boolean | undefined;
  /** Gates depend on all gates of the previous frame (FGR); default false. */
  readonly fullGateRecurrence?: boolean | undefined;
};

/** Of n blocks, of which m are gates: those of an LSTM with n·hiddenSize columns; gateKernel [m·hiddenSize, m·hiddenSize]. */
export type LstmVariantParams = LstmParams & {
  readonly peepholes?: { readonly i?: Tensor1D; readonly f?: Tensor1D; readonly o?: Tensor1D };
  readonly gateKernel?: Tensor2D;
};

/** h and c, each [batch, hiddenSize]; with full gate recurrence the gates [batch, m·hiddenSize]. */
export type LstmVariantState = LstmState & { readonly gates?: Frame };

type Gate = 'i' | 'f' | 'o';
type Blocks = { readonly [block in Gate | 'g']?: Frame };

const PARTS = [
  'inputGate',
  'forgetGate',
  'outputGate',
  'inputActivation',
  'outputActivation',
  'coupledGates',
  'peepholes',
  'fullGateRecurrence',
] as const;

/**
 * Long short-term memory with parts left out, changed or added: the eight variants of Greff et al., and all that combine them.
 *
 *   si, sf, sg, so = split(x·kernel + h·recurrentKernel + bias)   those which there are, in this order
 *   i = σ(si + c∘peepholes.i)            no input gate: 1; coupled gates: 1 − f
 *   f = σ(sf + c∘peepholes.f)            no forget gate: 1
 *   c' = f∘c + i∘tanh(sg)                linear input activation: i∘sg
 *   o = σ(so + c'∘peepholes.o)           no output gate: 1
 *   h' = o∘tanh(c')                      linear output activation: o∘c'; output = h'
 *
 * With full gate recurrence si, sf, so += split(gates·gateKernel), gates = the previous i, f, o, zeros at first.
 *
 * By default it is the "vanilla" LSTM of the paper, `peepholeLstm`; with `peepholes: false` it is `lstm`. Greff et al. couple
 * the gates as f = 1 − i: the same with the weights' signs changed.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize]; kernel [inputSize, n·hiddenSize] for n blocks.
 * Init:   kernels and peepholes uniform ±1/√hiddenSize, the recurrent kernel by `recurrentInitializer`; bias 0, forget gate 1.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, an activation is neither, gates are coupled of which one is
 *         missing, or gates are recurrent of which there are none.
 * @see Greff, Srivastava, Koutník, Steunebrink & Schmidhuber 2017, "LSTM: a search space odyssey"
 */
export function lstmVariant(options: LstmVariantOptions): Cell<LstmVariantParams, LstmVariantState> {
  const { inputSize, hiddenSize } = options;
  const given = PARTS.flatMap((part) => (options[part] === undefined ? [] : [[part, options[part]]]));
  return variant('lstmVariant', options, { inputSize, hiddenSize, ...Object.fromEntries(given) });
}

/** The cell of that name; a recipe has the arguments and what is given of the recurrent initializer. */
export function variant(
  name: string,
  options: LstmVariantOptions,
  args: { readonly [option: string]: string | number | boolean },
): Cell<LstmVariantParams, LstmVariantState> {
  const { inputSize, hiddenSize, inputGate = true, forgetGate = true, outputGate = true } = options;
  const { coupledGates = false, peepholes = true, fullGateRecurrence = false } = options;
  const { inputActivation = 'tanh', outputActivation = 'tanh' } = options;
  expectSizes(name, { inputSize, hiddenSize });
  if (coupledGates && !(inputGate && forgetGate)) {
    throw new OptionError(`${name}: coupledGates: expected an input gate and a forget gate, got one of them or none.`);
  }
  const recurrent = recurrentInitializer(name, options);
  const squashInput = activationOf(name, 'inputActivation', inputActivation, ['tanh', 'linear']);
  const squashOutput = activationOf(name, 'outputActivation', outputActivation, ['tanh', 'linear']);
  const has = { i: inputGate && !coupledGates, f: forgetGate, g: true, o: outputGate };
  const blocks = (['i', 'f', 'g', 'o'] as const).filter((block) => has[block]);
  const gates = blocks.filter((block): block is Gate => block !== 'g');
  if (fullGateRecurrence && gates.length === 0) {
    throw new OptionError(`${name}: fullGateRecurrence: expected a gate, got none.`);
  }
  const named = (names: readonly string[], values: Frame): Blocks => {
    const parts = split(values, names.length, 1);
    return Object.fromEntries(names.map((block, at) => [block, parts[at]]));
  };

  const recur = (params: LstmVariantParams, state: LstmVariantState, projected: Frame): Step<LstmVariantState> => {
    const { c } = state;
    const sums = named(blocks, add(projected, matMul(state.h, params.recurrentKernel)));
    const { gateKernel } = params;
    const fed = gateKernel && named(gates, matMul(state.gates as Frame, gateKernel));
    const gate = (block: Gate, memory: Frame): Frame | undefined => {
      const seen = params.peepholes?.[block];
      const terms = [sums[block], seen && mul(memory, seen), fed?.[block]].filter((term) => term !== undefined);
      return has[block] ? sigmoid(terms.reduce((a, b) => add(a, b)) as Frame) : undefined;
    };
    const times = (by: Frame | undefined, x: Frame): Frame => (by === undefined ? x : mul(by, x));

    const f = gate('f', c);
    const i = coupledGates ? sub<Frame>(1, f as Frame) : gate('i', c);
    const nextC: Frame = add(times(f, c), times(i, squashInput(sums.g as Frame)));
    const o = gate('o', nextC);
    const shown = squashOutput(nextC);
    const nextH = o === undefined ? clone(shown) : mul<Frame>(o, shown); // leaves of a state are tensors of their own
    const values = { i, f, o };
    const now = fullGateRecurrence
      ? {
          gates: concat(
            gates.map((block) => values[block] as Frame),
            1,
          ),
        }
      : {};
    return { output: nextH, state: { h: nextH, c: nextC, ...now } };
  };

  const recipe: Recipe = {
    package: '@elman/cells',
    factory: name,
    arguments: [{ ...args, ...recurrent.given }],
  };
  const [width, gateWidth] = [blocks.length * hiddenSize, gates.length * hiddenSize];
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe,
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      const peephole = (block: Gate) => uniform(rng.fork('peepholes').fork(block), [hiddenSize], limit);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, width], limit),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], {
          blocks: blocks.length,
          limit,
        }),
        bias: tidy(() => concat1d(blocks.map((block) => fill([hiddenSize], block === 'f' ? 1 : 0)))),
        ...(peepholes && { peepholes: Object.fromEntries(gates.map((block) => [block, peephole(block)])) }),
        ...(fullGateRecurrence && { gateKernel: uniform(rng.fork('gateKernel'), [gateWidth, gateWidth], limit) }),
      };
    },
    initialState: (batchSize) => ({
      h: zeros([batchSize, hiddenSize]),
      c: zeros([batchSize, hiddenSize]),
      ...(fullGateRecurrence && { gates: zeros<Rank.R2>([batchSize, gateWidth]) }),
    }),
    step: affineInput(name, inputSize, recur),
  };
}
