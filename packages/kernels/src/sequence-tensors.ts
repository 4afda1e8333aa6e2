import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SequenceSizes } from './sequence.ts';
import type { Storage } from './storage.ts';
import { scratch, swapAxes, swapped } from './swap-axes.ts';

/** A mask [batch, time] of any dtype as zeros and ones [time, batch]. */
export function readMask(storage: Storage, mask: TensorInfo | undefined): Float32Array | undefined {
  if (mask === undefined) return undefined;
  const [batch, time] = mask.shape as [number, number];
  return swapped(
    storage.read(mask).map((value) => (value === 0 ? 0 : 1)),
    [batch, time, 1],
  );
}

/** A tensor [batch, time, width] as [time, batch, width], valid until the next call; zeros where `real` [time, batch] is 0. */
export function readFrames(storage: Storage, tensor: TensorInfo, real?: Float32Array | undefined): Float32Array {
  if (real === undefined) return storage.readSwapped(tensor);
  const axes = tensor.shape as [number, number, number];
  return swapped(storage.read(tensor), axes, scratch(axes), real);
}

/** A fresh tensor [batch, time, width] of frames [time, batch, width]; zeros where the tensor `mask` [batch, time] is 0. */
export function makeSequence(
  storage: Storage,
  frames: Float32Array,
  { time, batch }: SequenceSizes,
  mask?: TensorInfo | undefined,
): TensorInfo {
  const width = frames.length / (time * batch);
  if (mask === undefined) return storage.makeSwapped([batch, time, width], frames);
  return storage.make([batch, time, width], (values) =>
    swapAxes(frames, values, [time, batch, width], mask && storage.read(mask)),
  );
}

/** The state [batch, hidden] after the frame that is run last, from the states after all frames. */
export function makeLast(
  storage: Storage,
  states: Float32Array,
  { time, batch, hidden }: SequenceSizes,
  reverse: boolean,
): TensorInfo {
  const start = reverse ? 0 : (time - 1) * batch * hidden;
  return make(storage, [batch, hidden], states.subarray(start, start + batch * hidden));
}

/** A fresh tensor of these values. */
export function make(storage: Storage, shape: number[], source: Float32Array): TensorInfo {
  return storage.make(shape, (values) => values.set(source));
}
