/**
 * Colours of series that most colour-blind people can tell apart, after Okabe and Ito (2008), without yellow and black, which
 * vanish on one background or the other; as hexadecimal for SVG and as the nearest of the 256 colours of terminals.
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

/** Terminal colours from least to most, ever lighter, near the map viridis. */
const SHADES = [53, 54, 24, 30, 36, 72, 77, 113, 149, 220] as const;

/** The colour of a series, of a terminal or of SVG. */
export const seriesColor = (index: number): (typeof SERIES)[number] =>
  SERIES[index % SERIES.length] as (typeof SERIES)[number];

/** The same colour comes again with another dash. */
export const seriesDash = (index: number): readonly number[] =>
  [[], [6, 3], [2, 3], [8, 3, 2, 3]][Math.floor(index / SERIES.length) % 4] as number[];

/** The terminal colour of a share from 0 to 1. */
export function heatColor(share: number): number {
  return SHADES[Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))] as number;
}
