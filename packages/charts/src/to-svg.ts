import type { TopLevelSpec } from 'vega-lite';
import { oneLine } from './one-line.ts';
import { type PictureOptions, toVegaLite } from './to-vega-lite.ts';
import type { Chart } from './types.ts';

/**
 * A chart as SVG, of exactly the given size, drawn by Vega, which is loaded at first use. The same chart is the
 * same text on every machine: nothing in it is random, dated or depends on installed fonts.
 * @throws {OptionError} for an invalid chart or sizes that are too small.
 */
export async function toSvg(chart: Chart, options: PictureOptions = {}): Promise<string> {
  const spec = toVegaLite(chart, options) as unknown as TopLevelSpec;
  const [{ logger, None, parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const silent = logger(None);
  const view = new View(parse(compile(spec, { logger: silent }).spec), { renderer: 'none', logger: silent });
  try {
    return `${titled(rounded(await view.toSVG()), oneLine(chart.title))}\n`;
  } finally {
    view.finalize();
  }
}

/** Coordinates with three decimals: the last digits of a logarithm differ between platforms. */
function rounded(svg: string): string {
  return svg.replaceAll(/ (?:d|transform|x|y|x2|y2|width|height)="[^"]*"/g, (attribute) =>
    attribute.replaceAll(/-?\d+\.\d{4,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(3)))),
  );
}

/** Adds the title that screen readers read. */
function titled(svg: string, title: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return svg.replace(/^<svg[^>]*/, (tag) => `${tag} role="img"`).replace('>', () => `><title>${escaped}</title>`);
}
