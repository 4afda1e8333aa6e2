import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Storage } from '../storage.ts';
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
      const { real, ...given } = inputs;
      const isThere = real && Array.from(read(real), (value) => value !== 0);
      const isReal = (row: number): boolean => isThere?.[row] ?? true;
      const results: DncResults<TensorInfo> = { ...like(inputs, links), read: zeros([batch, reads * width]) };
      const size = dncTraceOf(sizes).size;
      const rows = new Float32Array(batch * size);
      const [from, to] = [arraysOf(given, read), arraysOf(results, read)];
      for (let row = 0; row < batch; row++) {
        const [before, after] = [rowOf(from, row, batch), rowOf(to, row, batch)];
        if (isReal(row)) dncForward(sizes, before, after, rows.subarray(row * size, (row + 1) * size));
        else hold(dncLeaves(links), before, after);
      }
      return { results, trace: { rows, isReal } };
    },
    backward(sizes, inputs, { rows, isReal }, grads) {
      const { batch, links } = sizes;
      const command = zeros([batch, dncCommandOf(sizes).size]);
      const made: DncInputs<TensorInfo> = { ...like(inputs, links), command };
      const size = rows.length / batch;
      const [from, slopes, to] = [arraysOf(inputs, read), arraysOf(grads, read), arraysOf(made, read)];
      for (let row = 0; row < batch; row++) {
        const [before, of, by] = [rowOf(from, row, batch), rowOf(slopes, row, batch), rowOf(to, row, batch)];
        if (isReal(row)) dncBackward(sizes, before, rows.subarray(row * size, (row + 1) * size), of, by);
        else hold(dncLeaves(links), of, by);
      }
      return made;
    },
  };
}

/** Numbers of a row as they are. */
function hold(
  leaves: readonly (keyof DncState<unknown>)[],
  from: DncState<Float32Array>,
  to: DncState<Float32Array>,
): void {
  for (const name of leaves) to[name]?.set(from[name] as Float32Array);
}

/** Views of the data of tensors: taken after all allocations, as new tensors may move them. */
function arraysOf<T extends object>(tensors: T, read: Storage['read']): { [Name in keyof T]: Float32Array } {
  return Object.fromEntries(
    Object.entries<TensorInfo | undefined>(tensors as never).map(([name, tensor]) => [name, tensor && read(tensor)]),
  ) as { [Name in keyof T]: Float32Array };
}

/** The parts of arrays that belong to a row of the batch. */
function rowOf<T extends { readonly [Name in keyof T]: Float32Array }>(arrays: T, row: number, batch: number): T {
  const own: { [name: string]: Float32Array } = {};
  for (const name in arrays) {
    const values = arrays[name];
    const size = values.length / batch;
    own[name] = values.subarray(row * size, (row + 1) * size);
  }
  return own as unknown as T;
}
