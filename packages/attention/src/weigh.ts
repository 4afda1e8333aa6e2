import { expectShape, type Frame, type Source } from '@elman/core';
import { expectMask } from '@elman/kernels';
import {
  add,
  cast,
  div,
  exp,
  expandDims,
  matMul,
  max,
  maximum,
  mul,
  notEqual,
  reshape,
  sub,
  sum,
  type Tensor2D,
  type Tensor3D,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** 1 for the real frames of a source, or undefined if all are. */
export function realFrames({ mask }: Source): Tensor2D | undefined {
  return mask && cast(notEqual(mask, 0), 'float32');
}

/**
 * Softmax over the frames that are real: scores [batch, length] → weights [batch, length] that are 0 elsewhere and sum
 * to 1, or to 0 in a row without any frame.
 */
export function maskedSoftmax(scores: Tensor2D, real: Tensor2D | undefined): Tensor2D {
  if (real === undefined) {
    const exps = exp(sub(scores, max(scores, 1, true)));
    return div(exps, sum(exps, 1, true));
  }
  const seen = add(where(cast(real, 'bool'), scores, zerosLike(scores)), mul(sub(real, 1), LOW));
  const exps = mul(exp(sub(seen, max(seen, 1, true))), real);
  return div(exps, maximum(sum(exps, 1, true), SOME)) as Tensor2D;
}

/** Above any score. */
const LOW = 1e30;
/** Below any sum of exponentials whose largest is 1; its square, by which the gradient divides, does not underflow. */
const SOME = 0.5;

/** Σ weightsⱼ · valuesⱼ: [batch, length] and [batch, length, size] → [batch, size]. */
export function meanUnder(weights: Tensor2D, values: Tensor3D): Frame {
  const [batch, , size] = values.shape;
  return reshape(matMul(expandDims(weights, 1) as Tensor3D, values), [batch, size]);
}

/** Inner products of each row of a query with each frame: [batch, size] and [batch, length, size] → [batch, length]. */
export function dots(query: Frame, keys: Tensor3D): Tensor2D {
  const [batch, length] = keys.shape;
  return reshape(matMul(expandDims(query, 1) as Tensor3D, keys, false, true), [batch, length]);
}

/** [batch, length, inputSize]·[inputSize, outputSize] as one product. */
export function throughKernel(frames: Tensor3D, kernel: Tensor2D): Tensor3D {
  const [batch, length, inputSize] = frames.shape;
  return reshape(matMul(reshape(frames, [batch * length, inputSize]), kernel), [batch, length, kernel.shape[1]]);
}

/**
 * @throws {ShapeError} unless query and source match each other and the mechanism. {DataError} for a mask with other
 * numbers than 0 and 1, on the backends cpu and wasm.
 */
export function expectSource(name: string, query: Frame, source: Source, sizes: { query: number; keys: number }): void {
  expectShape(name, 'query', query, { batch: undefined, querySize: sizes.query });
  const [batch, length] = source.memory.shape;
  expectShape(name, 'query', query, { batch, querySize: sizes.query });
  expectShape(name, 'keys', source.keys, { batch, length, size: sizes.keys });
  if (source.mask !== undefined) {
    expectShape(name, 'mask', source.mask, { batch, length });
    expectMask(name, 'mask', source.mask);
  }
}
