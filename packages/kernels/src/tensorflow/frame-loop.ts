import { engine, expandDims, notEqual, type Tensor, tidy, where, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { framesOf } from '../sequence.ts';
import type { TensorflowOps } from './ops.ts';

/** A recurrent layer's frame and its gradient. The first of its states is h, which is its output too. */
export type FrameStep = {
  /** `product` is h·recurrentKernel, of h before the frame. `activations` are what `backward` is given again. */
  forward(
    projected: Tensor,
    product: Tensor,
    before: readonly Tensor[],
  ): { readonly states: readonly Tensor[]; readonly activations: readonly Tensor[] };
  /** From gradients by the states after the frame. That by h leaves out what comes through the product. */
  backward(grads: readonly Tensor[], frame: Frame, before: readonly Tensor[]): FrameGradients;
};

type FrameGradients = {
  readonly projected: Tensor;
  readonly product: Tensor;
  readonly states: readonly (Tensor | undefined)[];
};

/** What a frame leaves: the states after it, what `backward` wants, and with a mask which rows are real: [batch, 1]. */
export type Frame = {
  readonly states: readonly Tensor[];
  readonly activations: readonly Tensor[];
  readonly real?: Tensor | undefined;
};

type Layer = {
  readonly ops: TensorflowOps;
  readonly step: FrameStep;
  readonly start: readonly Tensor[];
  readonly reverse: boolean;
};

/** Runs projected [batch, time, width] frame by frame. Where the mask [batch, time] is 0 states are held. */
export function runFrames(
  { ops, step, start, reverse }: Layer,
  recurrentKernel: Tensor,
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
      const product = ops.matMul(before[0] as Tensor, recurrentKernel);
      const { states, activations } = step.forward(inputs[t] as Tensor, product, before);
      return { states: hold(ops, reals?.[t], states, before), activations: recorded ? [...activations] : [] };
    });
    frames[t] = { ...frame, real: reals?.[t] };
    last = frame.states;
  }
  const outputs = ops.stack(frames.map(({ states }) => states[0] as Tensor));
  return { outputs: real ? where(real, outputs, zerosLike(outputs)) : outputs, last, frames };
}

/**
 * Runs frames back from gradients by outputs [batch, time, hidden] and by the last states. Returns those by `projected`, by
 * the products and by the states at the start, and h before every frame. `transposed`: recurrentKernel.
 */
export function runBack(
  { ops, step, start, reverse }: Layer,
  transposed: Tensor,
  frames: readonly Frame[],
  outputs: Tensor,
  last: readonly Tensor[],
): { readonly [name in 'projected' | 'product' | 'h']: readonly Tensor[] } & { readonly start: readonly Tensor[] } {
  const nothing = zeros([1, 1]);
  const [projected, product, h] = [[], [], []] as [Tensor[], Tensor[], Tensor[]];
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
      const { states, ...gates } = step.backward(live, frame, before);
      const [beside, ...others] = states;
      const through = ops.matMul(gates.product, transposed);
      const next = [beside ? ops.add(through, beside) : through, ...(others as Tensor[])];
      return { ...gates, states: hold(ops, real, next, all) };
    });
    projected[t] = back.projected;
    product[t] = back.product;
    h[t] = before[0] as Tensor;
    grads = back.states;
  }
  return { projected, product, h, start: grads };
}

/** Of every state the next, or the one before in rows that are not real. */
function hold(
  ops: TensorflowOps,
  real: Tensor | undefined,
  next: readonly Tensor[],
  before: readonly Tensor[],
): Tensor[] {
  return next.map((state, i) => (real ? ops.select(real, state, before[i] as Tensor) : state));
}
