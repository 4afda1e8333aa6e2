import { type Frame, withoutGradient } from '@elman/core';
import {
  add,
  argMin,
  cast,
  div,
  expandDims,
  greater,
  matMul,
  max,
  mean,
  mul,
  oneHot,
  reshape,
  sigmoid,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
  topk,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { SOFTENING, type SparseAccessMemoryState, type SparseSizes, USED } from './options.ts';

/** The numbers of a command after their activation functions. */
export function commandOf(command: Frame, { reads, width }: SparseSizes) {
  const [keys, strengths, word, write, mix] = split(command, [reads * width, reads, width, 1, 1], 1) as [
    Frame,
    Frame,
    Frame,
    Frame,
    Frame,
  ];
  return {
    /** [batch, reads, width] */
    keys: reshape(tanh(keys), [-1, reads, width]) as Tensor3D,
    /** [batch, reads, 1] */
    strengths: expandDims(add(softplus(strengths), 1), 2) as Tensor3D,
    word: tanh(word) as Frame,
    /** [batch, 1] */
    write: sigmoid(write) as Frame,
    /** [batch, 1] */
    mix: sigmoid(mix) as Frame,
  };
}

/** An access in ops of any backend, over all slots. */
export function accessAll(
  { memory, readWeights, lastAccess }: SparseAccessMemoryState,
  command: Frame,
  sizes: SparseSizes,
): { read: Frame; state: SparseAccessMemoryState } {
  const { slots, width, reads, nearest } = sizes;
  const { keys, strengths, word, write, mix } = commandOf(command, sizes);
  const oldest = withoutGradient(() => oneHot(argMin(lastAccess, 1), slots, 1, 0, 'float32')) as Tensor2D;
  const before = mean(readWeights, 1) as Tensor2D;
  const written = mul(write, add(mul(mix, before), mul(sub(1, mix), oldest))) as Tensor2D;
  const next = add(
    mul(memory, expandDims(sub(1, oldest), 2)),
    mul(expandDims(written, 2), expandDims(word, 1)),
  ) as Tensor3D;
  const scores = mul(strengths, likeness(keys, next)) as Tensor3D;
  const outside = withoutGradient(() => {
    const { indices } = topk(scores, nearest);
    const chosen = sum(oneHot(indices as Tensor3D, slots, 1, 0, 'float32') as Tensor4D, 2);
    return mul(sub(1, chosen), -1e9);
  });
  const weights = softmax(add(scores, outside)) as Tensor3D;
  const read = reshape(matMul(weights, next), [-1, reads * width]) as Frame;
  const used = withoutGradient(() => {
    const times = cast(lastAccess, 'float32');
    const now = add(max(times, 1, true), 1);
    return cast(where(greater(add(sum(weights, 1), written), USED), now, times), 'int32') as Tensor2D;
  });
  return { read, state: { memory: next, readWeights: weights, lastAccess: used } };
}

/** Cosines of keys [batch, reads, width] and slots [batch, slots, width]: [batch, reads, slots]. */
function likeness(keys: Tensor3D, memory: Tensor3D): Tensor3D {
  const dots = matMul(keys, transpose(memory, [0, 2, 1]));
  const ofKeys = add(sum(square(keys), 2, true), SOFTENING);
  const ofSlots = expandDims(add(sum(square(memory), 2), SOFTENING), 1);
  return div(dots, sqrt(mul(ofKeys, ofSlots)));
}
