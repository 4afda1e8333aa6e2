/**
 * Colours of series, safe for most colour-blind people, after Okabe and Ito (2008), without yellow and black, which
 * have too little contrast on a light or dark background; as hexadecimal for SVG and as the nearest of the 256 colours of terminals.
 */
const SERIES = [
  ['#0072b2', 32],
  ['#d55e00', 166],
  ['#009e73', 36],
  ['#cc79a7', 175],
  ['#e69f00', 214],
  ['#56b4e9', 74],
  ['#666666', 246],
] as const;

/** Terminal colours of increasing lightness, close to the colour map viridis. */
const SHADES = [53, 54, 24, 30, 36, 72, 77, 113, 149, 220] as const;

/** The colour of a series, of a terminal or of SVG. */
export const seriesColor = (index: number): (typeof SERIES)[number] =>
  SERIES[index % SERIES.length] as (typeof SERIES)[number];

/** The dash pattern, which distinguishes series of the same colour. */
export const seriesDash = (index: number): readonly number[] =>
  [[], [6, 3], [2, 3], [8, 3, 2, 3]][Math.floor(index / SERIES.length) % 4] as number[];

/** The terminal colour of a fraction from 0 to 1. */
export function heatColor(share: number): number {
  return SHADES[Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))] as number;
}
