import { DataError } from '@elman/core';
import { hasValuesHere, placeOf, valuesHere } from '@elman/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Throws for a number below `least`, above `most` or NaN where the mask, over the first axes, is not 0. It reads
 * tensors only on the backends cpu and wasm, where they are in main memory; elsewhere nothing is checked, as reading
 * would stall the device.
 *
 * @throws {DataError} `softmaxCrossEntropy: ids: expected 0 to 1, got 5 at [0, 3]; …`
 */
export function expectRange(
  where: string,
  name: string,
  tensor: Tensor,
  [least, most]: readonly [number, number],
  { mask, advice }: { readonly mask?: Tensor | undefined; readonly advice: string },
): void {
  if (!hasValuesHere() || tensor.size === 0) return;
  const values = valuesHere(tensor);
  const real = mask && valuesHere(mask);
  const each = tensor.size / (mask?.size ?? 1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value >= least && value <= most) continue;
    if (real !== undefined && real[Math.floor(i / each)] === 0) continue;
    const place = placeOf(i, tensor.shape);
    throw new DataError(
      `${where}: ${name}: expected ${least} to ${most}, got ${value} at [${place.join(', ')}]; ${advice}.`,
    );
  }
}
