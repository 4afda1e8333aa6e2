import type { Frame, Rng, Sequence, Step } from '@elman/core';
import { add, matMul, mul, relu, sigmoid, split, sub, type Tensor1D, type Tensor2D, tanh } from '@tensorflow/tfjs-core';
import {
  type GruSequence,
  type GruSequenceResult,
  gruSequence,
  type LstmSequenceResult,
  lstmSequence,
  type PeepholeLstmSequence,
  peepholeLstmSequence,
  type ResetBeforeGruSequence,
  resetBeforeGruSequence,
  type SimpleRnnSequence,
  type SimpleRnnSequenceResult,
  simpleRnnSequence,
} from '../src/index.ts';
import { draw, type SequenceCase, type Sizes } from './describe-sequence.ts';
import { type Parameters, parametersOf, portableSequence } from './reference.ts';
import { scan } from './scan.ts';

type State = { readonly h: Frame };
type MemoryState = State & { readonly c: Frame };
type SimpleRnnInputs = { readonly projected: Sequence; readonly recurrentKernel: Tensor2D; readonly h: Frame };
type PeepholeLstmInputs = Parameters & {
  readonly peepholes: { readonly i: Tensor1D; readonly f: Tensor1D; readonly o: Tensor1D };
};
type GruInputs = SimpleRnnInputs & { readonly recurrentBias: Tensor1D };

export const lstmCase: SequenceCase<Parameters> = {
  op: lstmSequence,
  portable: portableSequence,
  inputs: parametersOf,
};

export const peepholeLstmCase: SequenceCase<PeepholeLstmInputs> = {
  op: peepholeLstmSequence,
  portable: portablePeepholeLstm,
  inputs: (rng, { batch, time, hidden }, scale = 1) => {
    const limit = Math.min(scale, 1);
    const peephole = (gate: string): Tensor1D => draw(rng.fork('peepholes').fork(gate), [hidden], limit) as Tensor1D;
    return {
      projected: draw(rng.fork('projected'), [batch, time, 4 * hidden], scale) as Sequence,
      recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, 4 * hidden], limit) as Tensor2D,
      peepholes: { i: peephole('i'), f: peephole('f'), o: peephole('o') },
      h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
      c: draw(rng.fork('c'), [batch, hidden], limit) as Frame,
    };
  },
};

function portablePeepholeLstm(sequence: PeepholeLstmSequence): LstmSequenceResult {
  const { projected, recurrentKernel, peepholes, h, c, mask, reverse } = sequence;
  const frame = (state: MemoryState, x: Frame): Step<MemoryState> => {
    const gates = split(add(x, matMul(state.h, recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const i = sigmoid(add(gates[0], mul(state.c, peepholes.i)));
    const f = sigmoid(add(gates[1], mul(state.c, peepholes.f)));
    const nextC: Frame = add(mul(f, state.c), mul(i, tanh(gates[2])));
    const nextH: Frame = mul(sigmoid(add(gates[3], mul(nextC, peepholes.o))), tanh(nextC));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };
  const { outputs, state } = scan(frame, { h, c }, projected, { mask, reverse });
  return { outputs, ...state };
}

export const gruCase: SequenceCase<GruInputs> = {
  op: gruSequence,
  portable: portableGru,
  inputs: (rng, { batch, time, hidden }, scale = 1) => {
    const limit = Math.min(scale, 1);
    return {
      projected: draw(rng.fork('projected'), [batch, time, 3 * hidden], scale) as Sequence,
      recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, 3 * hidden], limit) as Tensor2D,
      recurrentBias: draw(rng.fork('recurrentBias'), [hidden], limit) as Tensor1D,
      h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
    };
  },
};

function portableGru({ projected, recurrentKernel, recurrentBias, h, mask, reverse }: GruSequence): GruSequenceResult {
  const frame = (state: State, x: Frame): Step<State> => {
    const [xz, xr, xn] = split(x, 3, 1) as [Frame, Frame, Frame];
    const [hz, hr, hn] = split(matMul(state.h, recurrentKernel), 3, 1) as [Frame, Frame, Frame];
    const z = sigmoid(add(xz, hz));
    const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), add(hn, recurrentBias))));
    const next: Frame = add(n, mul(z, sub(state.h, n)));
    return { output: next, state: { h: next } };
  };
  const { outputs, state } = scan(frame, { h }, projected, { mask, reverse });
  return { outputs, h: state.h };
}

export const resetBeforeGruCase: SequenceCase<SimpleRnnInputs> = {
  op: resetBeforeGruSequence,
  portable: portableResetBeforeGru,
  inputs: (rng, { batch, time, hidden }, scale = 1) => {
    const limit = Math.min(scale, 1);
    return {
      projected: draw(rng.fork('projected'), [batch, time, 3 * hidden], scale) as Sequence,
      recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, 3 * hidden], limit) as Tensor2D,
      h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
    };
  },
};

function portableResetBeforeGru({
  projected,
  recurrentKernel,
  h,
  mask,
  reverse,
}: ResetBeforeGruSequence): GruSequenceResult {
  const frame = (state: State, x: Frame): Step<State> => {
    const [xz, xr, xn] = split(x, 3, 1) as [Frame, Frame, Frame];
    const [uz, ur, un] = split(recurrentKernel, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const z = sigmoid(add(xz, matMul(state.h, uz)));
    const r = sigmoid(add(xr, matMul(state.h, ur)));
    const n: Frame = tanh(add(xn, matMul(mul(r, state.h), un)));
    const next: Frame = add(n, mul(z, sub(state.h, n)));
    return { output: next, state: { h: next } };
  };
  const { outputs, state } = scan(frame, { h }, projected, { mask, reverse });
  return { outputs, h: state.h };
}

export const simpleRnnCases: { readonly [activation: string]: SequenceCase<SimpleRnnInputs> } = Object.fromEntries(
  (['tanh', 'relu', 'sigmoid'] as const).map((activation) => [
    activation,
    {
      op: (sequence: SimpleRnnSequence) => simpleRnnSequence({ ...sequence, activation }),
      portable: portableSimpleRnn({ tanh, relu, sigmoid }[activation]),
      inputs: simpleRnnInputs,
    },
  ]),
);

function portableSimpleRnn(activate: (x: Frame) => Frame) {
  return ({ projected, recurrentKernel, h, mask, reverse }: SimpleRnnSequence): SimpleRnnSequenceResult => {
    const frame = (state: State, x: Frame): Step<State> => {
      const next: Frame = activate(add(x, matMul(state.h, recurrentKernel)));
      return { output: next, state: { h: next } };
    };
    const { outputs, state } = scan(frame, { h }, projected, { mask, reverse });
    return { outputs, h: state.h };
  };
}

function simpleRnnInputs(rng: Rng, { batch, time, hidden }: Sizes, scale = 1): SimpleRnnInputs {
  const limit = Math.min(scale, 1);
  return {
    projected: draw(rng.fork('projected'), [batch, time, hidden], scale) as Sequence,
    recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, hidden], limit / Math.sqrt(hidden)) as Tensor2D,
    h: draw(rng.fork('h'), [batch, hidden], limit) as Frame,
  };
}
