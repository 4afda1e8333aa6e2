import { type NamedTensorMap, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { DeviceKernels } from '../device-kernels.ts';
import { type Frame, type FrameBackward, type FrameForward, runBack, runFrames } from './frame-loop.ts';
import { swapGates } from './gates.ts';
import { type TensorflowOps, tensorflowOps } from './ops.ts';

/** The definition of a recurrent layer. `weights` are in the order of their names. */
export type LoopLayer<Options> = {
  /** The names of its inputs that are states, h first. */
  readonly states: readonly string[];
  /** The names of its weights, recurrentKernel first. */
  readonly weights: readonly string[];
  forward(ops: TensorflowOps, weights: readonly Tensor[], options: Options): FrameForward;
  backward(ops: TensorflowOps, weights: readonly Tensor[], batch: number, options: Options): FrameBackward;
  /** The number of activations saved of a frame. */
  readonly activations: number;
  /** The order of the gates in gradients, if it differs from that in the inputs: swaps, so an involution. */
  readonly swaps?: readonly number[];
  /** The gradients w.r.t. the weights, by name. */
  weightGradients(ops: TensorflowOps, all: AllFrames): NamedTensorMap;
};

/** Results of all frames, flattened: a row for every row of the batch of every frame. */
export type AllFrames = {
  /** [batch·time, gates·hidden]: the gradients w.r.t. the pre-activations: of the projected input and of the recurrent part. */
  readonly projected: Tensor;
  readonly recurrent: Tensor;
  /** [batch·time, hidden]: a state before each frame and after it, h being the first; an activation. */
  before(state: number): Tensor;
  after(state: number): Tensor;
  activation(index: number): Tensor;
};

/** A layer as one op: a loop of TensorFlow ops without a tape, and another one backward. */
export function loopKernels<Options extends { readonly reverse: boolean }>(
  layer: LoopLayer<Options>,
): DeviceKernels<Options> {
  const { states, weights, activations, swaps } = layer;
  return {
    forward(inputs, options) {
      const ops = tensorflowOps();
      const named = (names: readonly string[]) => names.map((name) => inputs[name] as Tensor);
      const [start, all] = [named(states), named(weights)];
      const loop = { ops, start, reverse: options.reverse };
      const step = layer.forward(ops, all, options);
      const { outputs, last, frames } = runFrames(loop, step, inputs.projected as Tensor, inputs.mask);
      return { results: [outputs, ...last], saved: [...start, ...all, ...frames.flatMap(toList)] };
    },
    backward([outputs, ...last], saved, options) {
      const ops = tensorflowOps();
      const start = saved.slice(0, states.length);
      const all = saved.slice(states.length, states.length + weights.length);
      const [batch, time] = (outputs as Tensor).shape as [number, number];
      const frames = fromList(saved.slice(states.length + weights.length), time, states.length, activations);
      const loop = { ops, start, reverse: options.reverse };
      const grads = runBack(loop, layer.backward(ops, all, batch, options), frames, outputs as Tensor, last);

      const rows = (of: readonly Tensor[]): Tensor => reshape(ops.stack(of), [batch * time, -1]);
      const gates = (of: readonly Tensor[]): Tensor => swapGates(rows(of), swaps);
      const projected = gates(grads.projected);
      const isSame = grads.recurrent[0] === grads.projected[0];
      return {
        projected: reshape(projected, [batch, time, -1]),
        ...layer.weightGradients(ops, {
          projected,
          recurrent: isSame ? projected : gates(grads.recurrent),
          before: (state) => rows(grads.before.map((of) => of[state] as Tensor)),
          after: (state) => rows(frames.map((of) => of.states[state] as Tensor)),
          activation: (index) => rows(frames.map((of) => of.activations[index] as Tensor)),
        }),
        ...Object.fromEntries(states.map((name, i) => [name, grads.start[i] as Tensor])),
      };
    },
  };
}

function toList({ states, activations, real }: Frame): Tensor[] {
  return [...states, ...activations, ...(real ? [real] : [])];
}

/** Stacks the frames of lists made by `toList`. */
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
