import { OptionError, Rng } from '@elman/core';
import type { Example } from '../example.ts';

/** The order in which the pixels of an image are presented. */
export type PixelOrder = {
  /** The seed of a permutation, one for all images; default: row after row from the top left. */
  readonly permutation?: number | string | undefined;
};

/** An image of greys, black 0 to white 1, as a row: one pixel per frame, and the class as the target of the last. */
export type PixelRow = (image: ArrayLike<number>, white: number, label: number) => Example;

/**
 * Rows of pixels in an order.
 * @throws {OptionError} if the seed is not a whole number or a string.
 */
export function pixelRows(where: string, { permutation }: PixelOrder): PixelRow {
  const known = new Map<number, Uint32Array>();
  if (permutation !== undefined && typeof permutation !== 'string' && !Number.isSafeInteger(permutation)) {
    throw new OptionError(`${where}: permutation: expected a whole number or a string, a seed, got ${permutation}.`);
  }
  const orderOf = (pixels: number): Uint32Array => {
    const order =
      known.get(pixels) ??
      (permutation === undefined
        ? Uint32Array.from({ length: pixels }, (_, i) => i)
        : Rng.seeded(permutation).permutation(pixels));
    known.set(pixels, order);
    return order;
  };
  return (image, white, label) => {
    const order = orderOf(image.length);
    const last = order.length - 1;
    return {
      inputs: Array.from(order, (pixel) => [(image[pixel] as number) / white]),
      targets: Array.from(order, (_, t) => (t === last ? label : 0)),
      mask: Array.from(order, (_, t) => (t === last ? 1 : 0)),
    };
  };
}
