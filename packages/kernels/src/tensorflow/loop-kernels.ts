import { gather, type NamedTensorMap, reshape, type Tensor, transpose } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { type Frame, type FrameStep, runBack, runFrames } from './frame-loop.ts';
import { type TensorflowOps, tensorflowOps } from './ops.ts';

/** What distinguishes a recurrent layer from others. */
export type LoopLayer<Options> = {
  /** The names of its inputs that are states, h before all. */
  readonly states: readonly string[];
  /** The names of its weights, recurrentKernel before all. */
  readonly weights: readonly string[];
  /** The step of a sequence with these weights. */
  step(ops: TensorflowOps, weights: readonly Tensor[], batch: number, options: Options): FrameStep;
  /** How many activations a step leaves. */
  readonly activations: number;
  /** The places of the gates in gradients, if they are others than in the inputs: swaps, so that twice is none. */
  readonly swaps?: readonly number[];
  /** Gradients by the other weights, of those by all products [batch·time, width]. */
  otherGradients?(products: Tensor): NamedTensorMap;
};

/** A layer as one op: a loop of ops of TensorFlow without a tape, and another one back. */
export function loopKernels<Options extends { readonly reverse: boolean }>(
  layer: LoopLayer<Options>,
): DeviceKernels<Options> {
  const { states, weights, activations, swaps } = layer;
  return {
    forward(inputs, options) {
      const ops = tensorflowOps();
      const named = (names: readonly string[]) => names.map((name) => inputs[name] as Tensor);
      const [start, all] = [named(states), named(weights)];
      const batch = start[0]?.shape[0] as number;
      const loop = { ops, step: layer.step(ops, all, batch, options), start, reverse: options.reverse };
      const [recurrentKernel, projected] = [all[0] as Tensor, inputs.projected as Tensor];
      const { outputs, last, frames } = runFrames(loop, recurrentKernel, projected, inputs.mask);
      return { results: [outputs, ...last], saved: [...start, ...all, ...frames.flatMap(toList)] };
    },
    backward([outputs, ...last], saved, options) {
      const ops = tensorflowOps();
      const start = saved.slice(0, states.length);
      const all = saved.slice(states.length, states.length + weights.length);
      const [batch, time, hidden] = (outputs as Tensor).shape as [number, number, number];
      const frames = fromList(saved.slice(states.length + weights.length), time, states.length, activations);
      const loop = { ops, step: layer.step(ops, all, batch, options), start, reverse: options.reverse };
      const transposed = transpose(swapped(all[0] as Tensor, hidden, swaps));
      const grads = runBack(loop, transposed, frames, outputs as Tensor, last);
      const projected = swapped(ops.stack(grads.projected), hidden, swaps);
      const products =
        grads.product[0] === grads.projected[0] ? projected : swapped(ops.stack(grads.product), hidden, swaps);
      const flat = reshape(products, [batch * time, -1]);
      return {
        projected,
        recurrentKernel: ops.matMul(reshape(ops.stack(grads.h), [batch * time, hidden]), flat, true),
        ...layer.otherGradients?.(flat),
        ...Object.fromEntries(states.map((name, i) => [name, grads.start[i] as Tensor])),
      };
    },
  };
}

function toList({ states, activations, real }: Frame): Tensor[] {
  return [...states, ...activations, ...(real ? [real] : [])];
}

/** The frames of a list of all that `toList` has made of each. */
function fromList(list: readonly Tensor[], time: number, states: number, activations: number): Frame[] {
  const size = list.length / time;
  return Array.from({ length: time }, (_, t) => {
    const frame = list.slice(t * size, (t + 1) * size);
    return {
      states: frame.slice(0, states),
      activations: frame.slice(states, states + activations),
      real: frame[states + activations],
    };
  });
}

/** A tensor whose last axis is gates of `hidden` numbers, with the gates at other places. */
function swapped(x: Tensor, hidden: number, swaps: readonly number[] | undefined): Tensor {
  if (swaps === undefined) return x;
  return reshape(gather(reshape(x, [-1, swaps.length, hidden]), [...swaps], 1), x.shape);
}
