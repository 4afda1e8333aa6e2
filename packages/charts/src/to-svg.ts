import type { TopLevelSpec } from 'vega-lite';
import { type PictureOptions, toVegaLite } from './to-vega-lite.ts';
import type { Chart } from './types.ts';

/**
 * A chart as SVG, of exactly the size that is asked for, drawn by Vega, which is loaded when it is first needed. The same chart is the
 * same text on every machine: nothing in it is random, dated or measured with the fonts that happen to be there.
 * @throws {OptionError} for what is not a chart, and sizes that are too small.
 */
export async function toSvg(chart: Chart, options: PictureOptions = {}): Promise<string> {
  const spec = toVegaLite(chart, options) as unknown as TopLevelSpec;
  const [{ logger, None, parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const silent = logger(None);
  const view = new View(parse(compile(spec, { logger: silent }).spec), { renderer: 'none', logger: silent });
  try {
    return `${rounded(await view.toSVG())}\n`;
  } finally {
    view.finalize();
  }
}

/** Coordinates with three decimals: the last digits of a logarithm are not the same everywhere. */
function rounded(svg: string): string {
  return svg.replaceAll(/ (?:d|transform|x|y|x2|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replaceAll(/-?\d+\.\d{4,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(3)))),
  );
}
