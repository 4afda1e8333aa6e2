import { DataError } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { hasValuesHere, placeOf, valuesHere } from './values-here.ts';

/**
 * Throws unless all numbers of a mask are 0 or 1, on the backends cpu and wasm; elsewhere nothing is checked, as
 * reading would stall the device, and all but 0 counts as 1, NaN too.
 *
 * @throws {DataError} `lstm: mask: expected 0 or 1, got 0.5 at [0, 3]; …`
 */
export function expectMask(where: string, name: string, mask: Tensor): void {
  if (!hasValuesHere() || mask.size === 0) return;
  const values = valuesHere(mask);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === 0 || value === 1) continue;
    const place = placeOf(i, mask.shape).join(', ');
    throw new DataError(`${where}: ${name}: expected 0 or 1, got ${value} at [${place}]; 1 is for what is real.`);
  }
}
