import type { Tensor } from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from './errors.ts';

/**
 * Throws unless `tensor` has the named axes: a number is a size that must match, `undefined` is any size.
 *
 *   expectShape('minGru', 'input', input, { batch: undefined, inputSize: 3 });
 *   // minGru: input: expected [batch, inputSize=3], got [2, 4].
 *
 * Reads the shape only: nothing is synchronised with a device.
 * @throws {ShapeError}
 */
export function expectShape(
  where: string,
  name: string,
  tensor: Tensor,
  axes: { readonly [axis: string]: number | undefined },
): void {
  const wanted = Object.entries(axes);
  const { shape } = tensor;
  if (shape.length === wanted.length && wanted.every(([, size], i) => size === undefined || size === shape[i])) return;
  const expected = wanted.map(([axis, size]) => (size === undefined ? axis : `${axis}=${size}`)).join(', ');
  throw new ShapeError(`${where}: ${name}: expected [${expected}], got [${shape.join(', ')}].`);
}

/**
 * Throws if a sequence [batch, time, …] has no row or no frame: there is nothing to run over.
 *
 *   expectFrames('lstm', 'inputs', inputs);
 *   // lstm: inputs: expected one row or more, got [0, 4, 3].
 *
 * @throws {ShapeError}
 */
export function expectFrames(where: string, name: string, { shape }: Tensor): void {
  const empty = ['row', 'frame'].find((_, axis) => shape[axis] === 0);
  if (empty === undefined) return;
  throw new ShapeError(`${where}: ${name}: expected one ${empty} or more, got [${shape.join(', ')}].`);
}

/**
 * Throws unless every option is a positive whole number: sizes of layers, batches and vocabularies.
 * @throws {OptionError} `lstm: hiddenSize: expected a positive whole number, got 0.`
 */
export function expectSizes(where: string, sizes: { readonly [name: string]: number }): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new OptionError(`${where}: ${name}: expected a positive whole number, got ${size}.`);
    }
  }
}
