import { OptionError, type Sequence, ShapeError } from '@elman/core';
import { expectMask } from '@elman/kernels';
import { Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/** Options for logits [batch, time, classes]. */
export type CtcOptions = {
  /** The class of the blank; 0 by default. */
  readonly blank?: number | undefined;
  /** The number of real frames of each row, the first ones, [batch]; default: all. */
  readonly inputLengths?: ArrayLike<number> | Tensor1D | undefined;
  /** The same as a mask, [batch, time], 1 = real; frames in which it is 0 are skipped, at any position. */
  readonly mask?: Tensor2D | undefined;
};

/** The labels of each row, or int32 [batch, length] with `targetLengths`. */
export type CtcTargets = readonly ArrayLike<number>[] | Tensor2D;

/** Options for targets. */
export type CtcTargetOptions = CtcOptions & {
  /** The number of real labels of each row, the first ones, [batch]; default: all. */
  readonly targetLengths?: ArrayLike<number> | Tensor1D | undefined;
};

/** The sizes of logits, and their blank. */
export interface CtcSizes {
  readonly batch: number;
  readonly time: number;
  readonly classes: number;
  readonly blank: number;
}

/** Checks what can be checked without reading a tensor. */
export function sizesOf(where: string, logits: Sequence, options: CtcOptions): CtcSizes {
  const { blank = 0, inputLengths, mask } = options;
  const [batch, time, classes] = logits.shape;
  const found = `[${logits.shape.join(', ')}]`;
  if (logits.rank !== 3 || Math.min(batch, time, classes) === 0) {
    throw new ShapeError(`${where}: logits: expected [batch, time, classes], each 1 or more, got ${found}.`);
  }
  if (logits.dtype !== 'float32') throw new ShapeError(`${where}: logits: expected float32, got ${logits.dtype}.`);
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes) {
    throw new OptionError(`${where}: blank: expected a class from 0 to ${classes - 1}, got ${blank}.`);
  }
  if (inputLengths !== undefined && mask !== undefined) {
    throw new OptionError(`${where}: expected inputLengths or mask, got both; leave one out.`);
  }
  if (inputLengths !== undefined) expectCount(where, 'inputLengths', inputLengths, batch);
  if (mask !== undefined && mask.shape.join() !== `${batch},${time}`) {
    throw new ShapeError(`${where}: mask: expected [batch=${batch}, time=${time}], got [${mask.shape.join(', ')}].`);
  }
  if (mask !== undefined) expectMask(where, 'mask', mask);
  return { batch, time, classes, blank };
}

/** The same of targets. */
export function expectTargets(where: string, targets: CtcTargets, options: CtcTargetOptions, batch: number): void {
  if (options.targetLengths !== undefined) expectCount(where, 'targetLengths', options.targetLengths, batch);
  if (targets instanceof Tensor) {
    if (targets.rank !== 2 || targets.shape[0] !== batch) {
      const found = `[${targets.shape.join(', ')}]`;
      throw new ShapeError(`${where}: targets: expected [batch=${batch}, length], got ${found}.`);
    }
    if (targets.dtype !== 'int32') throw new ShapeError(`${where}: targets: expected int32, got ${targets.dtype}.`);
  } else if (targets.length !== batch) {
    throw new ShapeError(`${where}: targets: expected ${batch} rows, as logits have, got ${targets.length}.`);
  }
}

function expectCount(where: string, name: string, given: ArrayLike<number> | Tensor, batch: number): void {
  if (given instanceof Tensor) {
    if (given.rank === 1 && given.shape[0] === batch) return;
    throw new ShapeError(`${where}: ${name}: expected [batch=${batch}], got [${given.shape.join(', ')}].`);
  }
  if (given.length === batch) return;
  throw new ShapeError(`${where}: ${name}: expected ${batch} numbers, one for each row, got ${given.length}.`);
}
