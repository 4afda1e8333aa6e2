import { engine, expandDims, notEqual, type Tensor, tidy, where, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { framesOf } from '../sequence.ts';
import type { TensorflowOps } from './ops.ts';

/** One frame. The first state is h, which is the output too. `activations` are saved for its gradient. */
export type FrameForward = (
  projected: Tensor,
  before: readonly Tensor[],
) => { readonly states: readonly Tensor[]; readonly activations: readonly Tensor[] };

/** Its gradient, from those w.r.t. the states after the frame. */
export type FrameBackward = (grads: readonly Tensor[], frame: Frame, before: readonly Tensor[]) => FrameGradients;

type FrameGradients = {
  readonly projected: Tensor;
  /** W.r.t. the recurrent pre-activations, where it differs from that w.r.t. the projected input. */
  readonly recurrent?: Tensor;
  /** W.r.t. the states before the frame. */
  readonly states: readonly Tensor[];
};

/** Saved of a frame: the states after it, the activations for its gradient, and with a mask which rows are real: [batch, 1]. */
export type Frame = {
  readonly states: readonly Tensor[];
  readonly activations: readonly Tensor[];
  readonly real?: Tensor | undefined;
};

/** The order of frames and the initial states. */
type Loop = { readonly ops: TensorflowOps; readonly start: readonly Tensor[]; readonly reverse: boolean };

/** Runs projected [batch, time, width] frame by frame. Where the mask [batch, time] is 0 states are held. */
export function runFrames(
  { ops, start, reverse }: Loop,
  step: FrameForward,
  projected: Tensor,
  mask: Tensor | undefined,
): { readonly outputs: Tensor; readonly last: readonly Tensor[]; readonly frames: readonly Frame[] } {
  const real = mask && notEqual(expandDims(mask, 2), 0);
  const reals = real && ops.unstack(real);
  const inputs = ops.unstack(real ? where(real, projected, zerosLike(projected)) : projected);
  const recorded = engine().state.gradientDepth > 0;
  const frames: Frame[] = new Array(inputs.length);
  let last = start;
  for (const { t } of framesOf(inputs.length, reverse)) {
    const before = last;
    const frame = tidy(() => {
      const { states, activations } = step(inputs[t] as Tensor, before);
      return { states: hold(ops, reals?.[t], states, before), activations: recorded ? [...activations] : [] };
    });
    frames[t] = { ...frame, real: reals?.[t] };
    last = frame.states;
  }
  const outputs = ops.stack(frames.map(({ states }) => states[0] as Tensor));
  return { outputs: real ? where(real, outputs, zerosLike(outputs)) : outputs, last, frames };
}

/**
 * Backpropagates through frames from gradients w.r.t. outputs [batch, time, hidden] and the last states. Returns those of every frame,
 * those w.r.t. the initial states, and the states before every frame.
 */
export function runBack(
  { ops, start, reverse }: Loop,
  step: FrameBackward,
  frames: readonly Frame[],
  outputs: Tensor,
  last: readonly Tensor[],
): {
  readonly projected: readonly Tensor[];
  readonly recurrent: readonly Tensor[];
  readonly before: readonly (readonly Tensor[])[];
  readonly start: readonly Tensor[];
} {
  const nothing = zeros([1, 1]);
  const [projected, recurrent] = [[], []] as [Tensor[], Tensor[]];
  const befores: (readonly Tensor[])[] = [];
  const slopes = ops.unstack(outputs);
  let grads = last;
  for (const { t, previous } of framesOf(frames.length, reverse).reverse()) {
    const frame = frames[t] as Frame;
    const { real } = frame;
    const before = previous < 0 ? start : (frames[previous] as Frame).states;
    const after = grads;
    const back = tidy(() => {
      const slope = real ? ops.select(real, slopes[t] as Tensor, nothing) : (slopes[t] as Tensor);
      const all = [ops.add(after[0] as Tensor, slope), ...after.slice(1)];
      const live = real ? all.map((grad) => ops.select(real, grad, nothing)) : all;
      const { states, ...gates } = step(live, frame, before);
      return { ...gates, states: hold(ops, real, states, all) };
    });
    projected[t] = back.projected;
    recurrent[t] = back.recurrent ?? back.projected;
    befores[t] = before;
    grads = back.states;
  }
  return { projected, recurrent, before: befores, start: grads };
}

/** The next states, or the previous ones in rows that are not real. */
function hold(
  ops: TensorflowOps,
  real: Tensor | undefined,
  next: readonly Tensor[],
  before: readonly Tensor[],
): Tensor[] {
  return next.map((state, i) => (real ? ops.select(real, state, before[i] as Tensor) : state));
}
