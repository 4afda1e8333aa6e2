import { concat1d, getBackend, memory, reshape, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * The change of the number of tensors by `f`; negative if it disposed of some. 0 means that `f` leaks nothing.
 *
 *   countTensors(() => tidy(() => add(a, b)));             // 1: the sum
 *   await countTensors(async () => { await train(…); });   // what a loop leaks
 */
export function countTensors(f: () => Promise<unknown>): Promise<number>;
export function countTensors(f: () => unknown): number;
export function countTensors(f: () => unknown): number | Promise<number> {
  const before = memory().numTensors;
  const count = (): number => memory().numTensors - before;
  const result = f();
  return result instanceof Promise ? result.then(count) : count();
}

/** Whether the backend computes on a GPU, whose tanh and exp are less accurate. */
export function onGraphicsDevice(): boolean {
  return getBackend() === 'webgl' || getBackend() === 'webgpu';
}

/** The values of many tensors as one vector, with one read from the device. */
export function flatten(leaves: readonly Tensor[]): Tensor1D {
  return concat1d(leaves.map((leaf) => reshape(leaf, [leaf.size]) as Tensor1D));
}
