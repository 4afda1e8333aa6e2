import type { Cell, Frame, Rng, Sequence, Step, Tree } from '@elman/core';
import {
  add,
  matMul,
  mul,
  relu,
  sigmoid,
  split,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import { scanOn } from '../src/compiler/compiled-scan.ts';
import {
  gruSequence,
  lstmSequence,
  peepholeLstmSequence,
  resetBeforeGruSequence,
  type SimpleRnnSequence,
  simpleRnnSequence,
} from '../src/index.ts';
import { draw, type Inputs, type Options, type Run, type SequenceCase, type Sizes } from './describe-sequence.ts';
import { scan } from './scan.ts';

type State = { readonly h: Frame };
type MemoryState = State & { readonly c: Frame };
type Weights = { readonly recurrentKernel: Tensor2D };
type SimpleRnnInputs = Weights & { readonly projected: Sequence; readonly h: Frame };
type LstmInputs = SimpleRnnInputs & { readonly c: Frame };
type Peepholes = { readonly peepholes: { readonly i: Tensor1D; readonly f: Tensor1D; readonly o: Tensor1D } };
type GruInputs = SimpleRnnInputs & { readonly recurrentBias: Tensor1D };

const lstmStep = ({ recurrentKernel }: Weights, { h, c }: MemoryState, x: Frame): Step<MemoryState> => {
  const [i, f, g, o] = split(add(x, matMul(h, recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
  const nextC: Frame = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
  const nextH: Frame = mul(sigmoid(o), tanh(nextC));
  return { output: nextH, state: { h: nextH, c: nextC } };
};

const peepholeLstmStep = (
  { recurrentKernel, peepholes }: Weights & Peepholes,
  { h, c }: MemoryState,
  x: Frame,
): Step<MemoryState> => {
  const [i, f, g, o] = split(add(x, matMul(h, recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
  const write = sigmoid(add(i, mul(c, peepholes.i)));
  const keep = sigmoid(add(f, mul(c, peepholes.f)));
  const nextC: Frame = add(mul(keep, c), mul(write, tanh(g)));
  const nextH: Frame = mul(sigmoid(add(o, mul(nextC, peepholes.o))), tanh(nextC));
  return { output: nextH, state: { h: nextH, c: nextC } };
};

const gruStep = ({ recurrentKernel, recurrentBias }: Omit<GruInputs, 'h'>, { h }: State, x: Frame): Step<State> => {
  const [xz, xr, xn] = split(x, 3, 1) as [Frame, Frame, Frame];
  const [hz, hr, hn] = split(matMul(h, recurrentKernel), 3, 1) as [Frame, Frame, Frame];
  const z = sigmoid(add(xz, hz));
  const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), add(hn, recurrentBias))));
  const next: Frame = add(n, mul(z, sub(h, n)));
  return { output: next, state: { h: next } };
};

const resetBeforeGruStep = ({ recurrentKernel }: Weights, { h }: State, x: Frame): Step<State> => {
  const [xz, xr, xn] = split(x, 3, 1) as [Frame, Frame, Frame];
  const [uz, ur, un] = split(recurrentKernel, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
  const z = sigmoid(add(xz, matMul(h, uz)));
  const r = sigmoid(add(xr, matMul(h, ur)));
  const n: Frame = tanh(add(xn, matMul(mul(r, h), un)));
  const next: Frame = add(n, mul(z, sub(h, n)));
  return { output: next, state: { h: next } };
};

const simpleRnnStep =
  (activate: (x: Frame) => Frame) =>
  ({ recurrentKernel }: Weights, { h }: State, x: Frame): Step<State> => {
    const next: Frame = activate(add(x, matMul(h, recurrentKernel)));
    return { output: next, state: { h: next } };
  };

// biome-ignore lint/suspicious/noExplicitAny: weights and states of any cell
type AnyStep = (weights: any, state: any, x: Frame) => Step<any>;

/** What a step is given over a sequence. */
function partsOf({ projected, h, c, mask, reverse, ...weights }: Inputs & Options & { readonly c?: Frame }) {
  const state = (c === undefined ? { h } : { h, c }) as MemoryState;
  return { projected, weights: weights as Tree, state, options: { mask, reverse } };
}

/** An op with the step that it is the whole sequence of. */
function caseOf<I extends Inputs>(op: Run<I>, step: AnyStep, inputs: SequenceCase<I>['inputs']): SequenceCase<I> {
  const cells = new Map<number, Cell<Tree, MemoryState>>();
  const cellOf = (inputSize: number, hidden: number): Cell<Tree, MemoryState> => {
    const none = (): never => {
      throw new Error('weights and states are given');
    };
    const cell = cells.get(hidden) ?? {
      name: 'own',
      inputSize,
      outputSize: hidden,
      init: none,
      initialState: none,
      step,
    };
    cells.set(hidden, cell);
    return cell;
  };
  return {
    op,
    portable(given) {
      const { projected, weights, state, options } = partsOf(given as Inputs);
      const { outputs, state: last } = scan((s: MemoryState, x) => step(weights, s, x), state, projected, options);
      return { outputs, ...last };
    },
    cellOf: cellOf as unknown as SequenceCase<I>['cellOf'],
    compiledFor: (engine) => (given) => {
      const { projected, weights, state, options } = partsOf(given as Inputs);
      const cell = cellOf(projected.shape[2], state.h.shape[1]);
      const steps = scanOn(engine, cell, weights, state, projected, { context: undefined, ...options });
      if (steps === undefined) throw new Error('expected a step that compiles');
      return { outputs: steps.outputs, ...steps.state };
    },
    inputs,
  };
}

/** Random inputs of a sequence with so many gates, uniform up to `scale`. */
const inputsOf =
  <More extends { readonly [name: string]: Tree }>(
    gates: number,
    more: (drawn: (label: string, shape: number[]) => Tensor, sizes: Sizes, scale: number) => More,
  ) =>
  (rng: Rng, sizes: Sizes, scale = 1): SimpleRnnInputs & More => {
    const { batch, time, hidden } = sizes;
    const limit = Math.min(scale, 1);
    const drawn = (label: string, shape: number[], most = limit): Tensor => draw(rng.fork(label), shape, most);
    return {
      projected: drawn('projected', [batch, time, gates * hidden], scale) as Sequence,
      recurrentKernel: drawn('recurrentKernel', [hidden, gates * hidden], limit / Math.sqrt(hidden)) as Tensor2D,
      h: drawn('h', [batch, hidden]) as Frame,
      ...more(drawn, sizes, scale),
    };
  };

export const lstmCase: SequenceCase<LstmInputs> = caseOf<LstmInputs>(
  lstmSequence,
  lstmStep,
  inputsOf(4, (drawn, { batch, hidden }) => ({ c: drawn('c', [batch, hidden]) as Frame })),
);

export const peepholeLstmCase: SequenceCase<LstmInputs & Peepholes> = caseOf<LstmInputs & Peepholes>(
  peepholeLstmSequence,
  peepholeLstmStep,
  inputsOf(4, (drawn, { batch, hidden }) => {
    const peephole = (gate: string): Tensor1D => drawn(`peepholes ${gate}`, [hidden]) as Tensor1D;
    return {
      c: drawn('c', [batch, hidden]) as Frame,
      peepholes: { i: peephole('i'), f: peephole('f'), o: peephole('o') },
    };
  }),
);

export const gruCase: SequenceCase<GruInputs> = caseOf<GruInputs>(
  gruSequence,
  gruStep,
  inputsOf(3, (drawn, { hidden }) => ({ recurrentBias: drawn('recurrentBias', [hidden]) as Tensor1D })),
);

export const resetBeforeGruCase: SequenceCase<SimpleRnnInputs> = caseOf<SimpleRnnInputs>(
  resetBeforeGruSequence,
  resetBeforeGruStep,
  inputsOf(3, () => ({})),
);

export const simpleRnnCases: { readonly [activation: string]: SequenceCase<SimpleRnnInputs> } = Object.fromEntries(
  Object.entries({ tanh, relu, sigmoid }).map(([name, activate]) => {
    const activation = name as SimpleRnnSequence['activation'];
    const op = (sequence: Omit<SimpleRnnSequence, 'activation'>) => simpleRnnSequence({ ...sequence, activation });
    return [
      name,
      caseOf<SimpleRnnInputs>(
        op,
        simpleRnnStep(activate),
        inputsOf(1, () => ({})),
      ),
    ];
  }),
);
