import type { Json } from '@elman/core';
import { checked, expectSize } from './checked.ts';
import { barSpec } from './svg/bar.ts';
import { heatSpec } from './svg/heat.ts';
import { lineSpec } from './svg/line.ts';
import type { Chart } from './types.ts';

/** Size of a picture. */
export type PictureOptions = {
  /** Pixels, at least 320. Default 720. */
  readonly width?: number | undefined;
  /** Pixels, at least 240. Default 420. */
  readonly height?: number | undefined;
};

/**
 * A chart as a specification of Vega-Lite 6, with its data inline, to be edited by hand or shown with vega-embed or in a notebook.
 * @throws {OptionError} for an invalid chart or sizes that are too small.
 */
export function toVegaLite(chart: Chart, options: PictureOptions = {}): { readonly [property: string]: Json } {
  const where = 'toVegaLite';
  const { width = 720, height = 420 } = options;
  expectSize(where, 'width', width, 320);
  expectSize(where, 'height', height, 240);
  const good = checked(where, chart);
  if (good.kind === 'line') return lineSpec(good, { width, height });
  if (good.kind === 'bar') return barSpec(good, { width, height });
  return heatSpec(good, { width, height });
}
