import type { Rng, Sequence } from '@elman/core';
import { affine, dilatedConvolution } from '@elman/kernels';
import {
  add,
  concat,
  expandDims,
  gather,
  mul,
  range,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
} from '@tensorflow/tfjs-core';

/** Kernel [kernelSize, inputSize, outputSize], the last tap being the current frame, and bias [outputSize]. */
type Weights = { readonly kernel: Tensor3D; readonly bias: Tensor1D };

/**
 * The inputs before the current frame that a convolution reaches, [batch, reach, inputSize], the oldest first; none if
 * it reaches none.
 */
export type Earlier = { readonly earlier: Sequence } | Record<never, never>;

/**
 * How layers run, over one frame or over all frames of a sequence: in both, x has a row for each frame of each row of
 * the batch.
 */
export interface Run {
  /** In training only. */
  readonly rng: Rng | undefined;
  /** A causal convolution, and the inputs that the next frame reaches. */
  convolve(x: Tensor2D, weights: Weights, dilation: number, before: Earlier): { y: Tensor2D; next: Earlier };
  /** f(x, v), of a v like one frame of x, [batch, size], which is the same at all frames. */
  withRows(x: Tensor2D, v: (shape: [number, number]) => Tensor, f: (x: Tensor, v: Tensor) => Tensor): Tensor2D;
}

/** Over one frame: x [batch, size]. */
export const oneFrame = (rng: Rng | undefined): Run => ({
  rng,
  convolve(x, { kernel, bias }, dilation, before) {
    const [kernelSize, inputSize, outputSize] = kernel.shape;
    const flat: Tensor2D = reshape(kernel, [kernelSize * inputSize, outputSize]);
    if (!('earlier' in before)) return { y: affine({ x, kernel: flat, bias }), next: {} };
    const seen: Sequence = concat([before.earlier, expandDims(x, 1)], 1);
    const part = (from: number, count: number): Sequence => slice(seen, [0, from, 0], [-1, count, -1]);
    const taps = Array.from({ length: kernelSize }, (_, k) => part(k * dilation, 1));
    const read = reshape(dilation === 1 ? seen : concat(taps, 1), [-1, kernelSize * inputSize]);
    return { y: affine({ x: read, kernel: flat, bias }), next: { earlier: part(1, (kernelSize - 1) * dilation) } };
  },
  withRows: (x, v, f) => f(x, v(x.shape)) as Tensor2D,
});

/** The frames of a batch: of how many rows, and of each how many are real, which come first; all if undefined. */
export type Batch = { readonly rows: number; readonly real?: Tensor1D | undefined };

/** Over all frames, time first: x [time·batch, size]. */
export const allFrames = ({ rows: batch, real }: Batch, rng: Rng | undefined): Run => ({
  rng,
  convolve(x, { kernel, bias }, dilation, before) {
    const inputSize = kernel.shape[1];
    if (!('earlier' in before)) return { y: dilatedConvolution({ x, kernel, bias, dilation }), next: {} };
    const reach = before.earlier.shape[1];
    const first: Tensor2D = reshape(transpose(before.earlier, [1, 0, 2]), [reach * batch, inputSize]);
    const seen = concat([first, x], 0);
    const y = dilatedConvolution({ x: seen, kernel, bias, dilation: dilation * batch });
    return { y, next: { earlier: real === undefined ? lastOf(seen, batch, reach) : lastReal(seen, real, reach) } };
  },
  withRows(x, v, f) {
    const size = x.shape[1];
    return reshape(f(reshape(x, [-1, batch, size]), v([batch, size])), x.shape);
  },
});

/** The last frames, as [batch, count, size]. */
function lastOf(seen: Tensor2D, batch: number, count: number): Sequence {
  const last = slice(seen, [seen.shape[0] - count * batch, 0], [count * batch, -1]);
  return transpose(reshape(last, [count, batch, -1]) as Sequence, [1, 0, 2]);
}

/**
 * The last real frames of each row of the batch, as [batch, count, size]: those after `real` of them, of which `count`
 * are before x.
 */
function lastReal(seen: Tensor2D, real: Tensor1D, count: number): Sequence {
  const [batch] = real.shape;
  const frames = add(expandDims(real, 1), range(0, count, 1, 'int32'));
  const places: Tensor1D = add(mul(frames, scalar(batch, 'int32')), expandDims(range(0, batch, 1, 'int32'), 1));
  return gather(seen, places) as Tensor as Sequence;
}
