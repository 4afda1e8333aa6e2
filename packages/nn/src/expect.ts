import { ShapeError } from '@elman/core';
import { expectMask } from '@elman/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectRange } from './range.ts';

const list = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Throws unless the last axis of `tensor` has this size: `dense: input: expected […, inputSize=3], got [2, 4].` */
export function expectLastAxis(where: string, name: string, tensor: Tensor, axis: string, size: number): void {
  if (tensor.rank >= 1 && tensor.shape.at(-1) === size) return;
  throw new ShapeError(`${where}: ${name}: expected […, ${axis}=${size}], got ${list(tensor.shape)}.`);
}

/** Throws unless `tensor` has exactly this shape. */
export function expectSameShape(where: string, name: string, tensor: Tensor, shape: readonly number[]): void {
  if (tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i])) return;
  throw new ShapeError(`${where}: ${name}: expected ${list(shape)}, got ${list(tensor.shape)}.`);
}

/** Throws unless the shape of a mask is the beginning of `shape`, and, on cpu and wasm, its numbers are 0 and 1. */
export function expectLeadingMask(where: string, mask: Tensor, shape: readonly number[]): void {
  if (mask.rank > shape.length || mask.shape.some((size, i) => size !== shape[i])) {
    throw new ShapeError(`${where}: mask: expected ${list(shape)} or its first axes alone, got ${list(mask.shape)}.`);
  }
  expectMask(where, 'mask', mask);
}

/** Throws unless `tensor` holds whole numbers: ids are int32. */
function expectInt32(where: string, name: string, tensor: Tensor): void {
  if (tensor.dtype !== 'int32') {
    throw new ShapeError(
      `${where}: ${name}: expected int32, got ${tensor.dtype}; cast with tf.cast(${name}, 'int32').`,
    );
  }
}

/** Throws if a tensor to be averaged is empty. */
export function expectSome(where: string, name: string, tensor: Tensor): void {
  if (tensor.size > 0) return;
  throw new ShapeError(
    `${where}: ${name}: expected one number or more, got ${list(tensor.shape)}; leave empty batches out.`,
  );
}

/**
 * Throws for an id outside of 0 … size − 1, on the backends cpu and wasm; elsewhere nothing is checked, as reading
 * would stall the device.
 *
 * @throws {ShapeError} if the ids are not int32. {DataError} `embedding: ids: expected 0 to 3, got 9 at [0, 1]; …`
 */
export function expectIds(where: string, name: string, ids: Tensor, size: number): void {
  expectInt32(where, name, ids);
  const advice = `the vocabulary has ${size} ids; encode with the tokenizer that the model was made for`;
  expectRange(where, name, ids, [0, size - 1], { advice });
}

/**
 * Throws unless ids int32 […] and a mask […] match logits […, V] and are not empty; on cpu and wasm, unless unmasked
 * ids are from 0 to V − 1 and the mask has 0 and 1 alone.
 */
export function expectTargets(where: string, logits: Tensor, ids: Tensor, mask: Tensor | undefined): void {
  if (logits.rank === 0) throw new ShapeError(`${where}: logits: expected […, V], got a scalar.`);
  const vocabSize = logits.shape.at(-1) as number;
  const shape = logits.shape.slice(0, -1);
  expectTargetIds(where, shape, { ids, mask, vocabSize, name: 'logits', advice: `there are ${vocabSize} logits` });
}

/** The same for ids and a mask of x […, inputSize]. */
export function expectTargetsOf(
  where: string,
  x: Tensor,
  inputSize: number,
  targets: { readonly ids: Tensor; readonly mask: Tensor | undefined; readonly vocabSize: number },
): void {
  expectLastAxis(where, 'x', x, 'inputSize', inputSize);
  const advice = `the vocabulary has ${targets.vocabSize} ids`;
  expectTargetIds(where, x.shape.slice(0, -1), { ...targets, name: 'x', advice });
}

function expectTargetIds(
  where: string,
  shape: number[],
  given: {
    readonly ids: Tensor;
    readonly mask: Tensor | undefined;
    readonly vocabSize: number;
    readonly name: string;
    readonly advice: string;
  },
): void {
  const { ids, mask, vocabSize, name, advice } = given;
  expectSameShape(where, 'ids', ids, shape);
  expectInt32(where, 'ids', ids);
  if (mask !== undefined) {
    expectSameShape(where, 'mask', mask, shape);
    expectMask(where, 'mask', mask);
  }
  if (ids.size === 0 || vocabSize === 0) {
    const found = list([...shape, vocabSize]);
    throw new ShapeError(`${where}: ${name}: expected one number or more, got ${found}; leave empty batches out.`);
  }
  const range = [0, vocabSize - 1] as const;
  expectRange(where, 'ids', ids, range, { mask, advice: `${advice}; mask targets that do not count` });
}
