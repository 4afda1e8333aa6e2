import { DataError } from '@elman/core';

/**
 * An image as text: two characters per pixel, from ` ` for the least grey to `@` for the most.
 * @throws {DataError} if the pixels are no whole number of rows.
 */
export function showImage(pixels: ArrayLike<number>, width: number = Math.sqrt(pixels.length)): string {
  if (!Number.isSafeInteger(width) || width < 1 || pixels.length % width !== 0) {
    throw new DataError(
      `showImage: expected rows of ${width} pixels, got ${pixels.length}; give the width of the image.`,
    );
  }
  const greys = Array.from(pixels);
  const low = greys.reduce((least, grey) => Math.min(least, grey), Number.POSITIVE_INFINITY);
  const high = greys.reduce((most, grey) => Math.max(most, grey), Number.NEGATIVE_INFINITY);
  const shade = (grey: number): string =>
    SHADES[Math.round(((grey - low) / (high - low || 1)) * (SHADES.length - 1))] ?? '?';
  const rows = Array.from({ length: pixels.length / width }, (_, row) => greys.slice(row * width, (row + 1) * width));
  return rows
    .map((row) =>
      row
        .map((grey) => shade(grey).repeat(2))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

const SHADES = ' .:-=+*#%@';
