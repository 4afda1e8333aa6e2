import { type Frame, type Rng, type Sequence, type Step, valueAndGrad } from '@elman/core';
import {
  add,
  matMul,
  mul,
  type Scalar,
  sigmoid,
  split,
  sum,
  type Tensor,
  type Tensor2D,
  tanh,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LstmSequence, LstmSequenceResult } from '../src/index.ts';
import { scan } from './scan.ts';

type State = { readonly h: Frame; readonly c: Frame };

/** The same sequence, frame by frame with the ops of the backend. */
export function portableSequence({
  projected,
  recurrentKernel,
  h,
  c,
  mask,
  reverse,
}: LstmSequence): LstmSequenceResult {
  const frame = (state: State, x: Frame): Step<State> => {
    const gates = split(add(x, matMul(state.h, recurrentKernel)), 4, 1) as [Frame, Frame, Frame, Frame];
    const nextC: Frame = add(mul(sigmoid(gates[1]), state.c), mul(sigmoid(gates[0]), tanh(gates[2])));
    const nextH: Frame = mul(sigmoid(gates[3]), tanh(nextC));
    return { output: nextH, state: { h: nextH, c: nextC } };
  };
  const { outputs, state } = scan(frame, { h, c }, projected, { mask, reverse });
  return { outputs, ...state };
}

export type Sizes = { readonly batch: number; readonly time: number; readonly hidden: number };
export type Parameters = {
  readonly projected: Sequence;
  readonly recurrentKernel: Tensor2D;
  readonly h: Frame;
  readonly c: Frame;
};

/** Uniform numbers, up to `scale`. */
function draw(rng: Rng, shape: number[], scale = 1): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tensor(
    Float32Array.from({ length: size }, () => scale * rng.uniform(-1, 1)),
    shape,
  );
}

export function parametersOf(rng: Rng, { batch, time, hidden }: Sizes, scale = 1): Parameters {
  return {
    projected: draw(rng.fork('projected'), [batch, time, 4 * hidden], scale) as Sequence,
    recurrentKernel: draw(rng.fork('recurrentKernel'), [hidden, 4 * hidden], Math.min(scale, 1)) as Tensor2D,
    h: draw(rng.fork('h'), [batch, hidden], Math.min(scale, 1)) as Frame,
    c: draw(rng.fork('c'), [batch, hidden], scale) as Frame,
  };
}

/** All results of a sequence, and the gradients of a weighted sum of them w.r.t. all parameters. */
export function resultAndGradients(
  sequence: (arguments_: LstmSequence) => LstmSequenceResult,
  parameters: Parameters,
  weights: LstmSequenceResult,
  options: Pick<LstmSequence, 'mask' | 'reverse'> = {},
): { result: LstmSequenceResult; grads: Parameters } {
  const { value, grads, aux } = valueAndGrad((p: Parameters) => {
    const result = sequence({ ...p, ...options });
    const weighted = (['outputs', 'h', 'c'] as const).map((name) => sum(mul(result[name], weights[name])));
    return { loss: weighted.reduce((a, b) => add(a, b)) as Scalar, aux: { ...result } };
  }, parameters);
  value.dispose();
  return { result: aux, grads };
}

export function weightsOf(rng: Rng, { batch, time, hidden }: Sizes): LstmSequenceResult {
  return tidy(() => ({
    outputs: draw(rng.fork('outputs'), [batch, time, hidden]) as Sequence,
    h: draw(rng.fork('h'), [batch, hidden]) as Frame,
    c: draw(rng.fork('c'), [batch, hidden]) as Frame,
  }));
}
