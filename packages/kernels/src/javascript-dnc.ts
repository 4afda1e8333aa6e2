import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  type DncEngine,
  type DncInputs,
  type DncResults,
  type DncState,
  dncCommandOf,
  dncLeaves,
  dncTraceOf,
} from './dnc-engine.ts';
import { dncBackward } from './javascript-dnc-backward.ts';
import { dncForward } from './javascript-dnc-forward.ts';
import type { Storage } from './storage.ts';

/** A differentiable neural computer's memory in plain JavaScript, on any storage. */
export function javascriptDnc({ read, make }: Storage): DncEngine {
  const zeros = (shape: number[]): TensorInfo => make(shape, (values) => values.fill(0));
  /** Tensors of the shapes of a state's. */
  const like = (state: DncState<TensorInfo>, links: boolean): DncState<TensorInfo> =>
    Object.fromEntries(
      dncLeaves(links).map((name) => [name, zeros((state[name] as TensorInfo).shape)]),
    ) as unknown as DncState<TensorInfo>;
  return {
    name: 'javascript',
    forward(sizes, inputs) {
      const { batch, reads, width, links } = sizes;
      const results: DncResults<TensorInfo> = { ...like(inputs, links), read: zeros([batch, reads * width]) };
      const size = dncTraceOf(sizes).size;
      const trace = new Float32Array(batch * size);
      const [from, to] = [arraysOf(inputs, read), arraysOf(results, read)];
      for (let row = 0; row < batch; row++) {
        dncForward(sizes, rowOf(from, row, batch), rowOf(to, row, batch), trace.subarray(row * size, (row + 1) * size));
      }
      return { results, trace };
    },
    backward(sizes, inputs, trace, grads) {
      const { batch, links } = sizes;
      const command = zeros([batch, dncCommandOf(sizes).size]);
      const made: DncInputs<TensorInfo> = { ...like(inputs, links), command };
      const size = trace.length / batch;
      const [before, slopes, to] = [arraysOf(inputs, read), arraysOf(grads, read), arraysOf(made, read)];
      for (let row = 0; row < batch; row++) {
        const own = trace.subarray(row * size, (row + 1) * size);
        dncBackward(sizes, rowOf(before, row, batch), own, rowOf(slopes, row, batch), rowOf(to, row, batch));
      }
      return made;
    },
  };
}

/** The numbers of tensors where they stand: read once all room is there, as new tensors may move them. */
function arraysOf<T extends object>(tensors: T, read: Storage['read']): { [Name in keyof T]: Float32Array } {
  return Object.fromEntries(
    Object.entries<TensorInfo | undefined>(tensors as never).map(([name, tensor]) => [name, tensor && read(tensor)]),
  ) as { [Name in keyof T]: Float32Array };
}

/** What of arrays belongs to a row of the batch. */
function rowOf<T extends object>(arrays: T, row: number, batch: number): T {
  return Object.fromEntries(
    Object.entries<Float32Array | undefined>(arrays as never).map(([name, values]) => {
      const size = (values?.length ?? 0) / batch;
      return [name, values?.subarray(row * size, (row + 1) * size)];
    }),
  ) as T;
}
