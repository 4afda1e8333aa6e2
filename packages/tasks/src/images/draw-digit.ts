import { OptionError, type Rng } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { GRID, glyphs } from './glyphs.ts';
import { ink, type Point, through } from './pen.ts';

/** How a digit is drawn. */
export type DrawDigitOptions = {
  /** The width and height of the image in pixels, at least 8. */
  readonly side: number;
  /** Random variation of shape, size, slant, place and thickness, 0 to 1; default 1. */
  readonly variation?: number | undefined;
  /** Largest random change of a pixel, where white is 1; default 0.1. */
  readonly noise?: number | undefined;
};

/**
 * A digit drawn with a pen: greys of 0 (black) to 255, row after row.
 *
 * Its strokes go through points, each a little off its place, on a grid that is stretched and slanted and put somewhere
 * in the image, all of it in view. A pixel is as white as the pen, round and of some thickness, covers it. Only +, −,
 * ×, ÷ and √ are used, so that the same seed gives the same image on every machine.
 * @throws {OptionError} if the digit or an option is out of range.
 */
export function drawDigit(rng: Rng, digit: number, { side, variation = 1, noise = 0.1 }: DrawDigitOptions): Uint8Array {
  const name = 'drawDigit';
  const glyph = glyphs[digit];
  if (glyph === undefined) throw new OptionError(`${name}: digit: expected 0 to 9, got ${digit}.`);
  expectFrom(8, name, { side });
  expectFractions(name, { variation, noise });
  const around = (middle: number, reach: number): number => middle + rng.uniform(-1, 1) * reach * variation;

  const height = side * around(0.72, 0.1);
  const width = height * around(0.62, 0.1);
  const slant = around(0.1, 0.25);
  const pen = (0.5 + 0.07 * side) * around(1, 0.3);
  const lines = glyph.map((stroke) =>
    through({
      ...stroke,
      points: stroke.points.map(([x, y]) => {
        const [column, row] = [around(x, WOBBLE) / GRID.width, around(y, WOBBLE) / GRID.height];
        return [column * width + (1 - row) * height * slant, row * height] as const;
      }),
    }),
  );
  const room = side - pen - 1;
  const spans = [0, 1].map((axis) => {
    const values = lines.flat().map((point) => point[axis] as number);
    return { low: Math.min(...values), high: Math.max(...values) };
  });
  const shrink = Math.min(1, ...spans.map(({ low, high }) => room / (high - low)));
  const [shiftX, shiftY] = spans.map(({ low, high }) =>
    around((side - shrink * (high + low)) / 2, (room - shrink * (high - low)) / 2),
  ) as [number, number];
  const inPlace = ([x, y]: Point): Point => [shrink * x + shiftX, shrink * y + shiftY];

  const image = new Float64Array(side * side);
  for (const points of lines) {
    for (let i = 1; i < points.length; i++) {
      ink(image, side, inPlace(points[i - 1] as Point), inPlace(points[i] as Point), pen / 2);
    }
  }
  return Uint8Array.from(image, (grey) => {
    const noisy = noise === 0 ? grey : grey + rng.uniform(-noise, noise);
    return Math.round(255 * Math.min(1, Math.max(0, noisy)));
  });
}

/** Largest displacement of a point of a stroke, in grid units. */
const WOBBLE = 0.25;

/** Throws unless every option is from 0 to 1. */
export function expectFractions(where: string, options: { readonly [option: string]: number }): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value >= 0 && value <= 1)) {
      throw new OptionError(`${where}: ${option}: expected a number from 0 to 1, got ${value}.`);
    }
  }
}
