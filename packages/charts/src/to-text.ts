import { checked, expectSize } from './checked.ts';
import { barText } from './text/bar.ts';
import { heatText } from './text/heat.ts';
import { lineText } from './text/line.ts';
import { styleOf } from './text/style.ts';
import type { Chart } from './types.ts';

/** Options of `toText`. */
export type TextOptions = {
  /** Maximum line length in columns; at least 40. Default 80. */
  readonly width?: number | undefined;
  /**
   * Lines of text, at least 8. Line charts take them all (default 20), heat maps at most this many (default 40),
   * bar charts as many as they need.
   */
  readonly height?: number | undefined;
  /** Whether to write codes for 256 colours. Default false. */
  readonly color?: boolean | undefined;
  /** Only ASCII, except in names. Default false. */
  readonly ascii?: boolean | undefined;
};

/**
 * A chart as text for a terminal, without a line feed at its end. It is the same on all platforms.
 *
 * Lines are drawn in Braille dots, 2 × 4 to a character, bars in eighths of one. Without colours series differ by their marks.
 * @throws {OptionError} for an invalid chart or sizes that are too small.
 */
export function toText(chart: Chart, options: TextOptions = {}): string {
  const { width = 80, color = false, ascii = false } = options;
  expectSize('toText', 'width', width, 40);
  if (options.height !== undefined) expectSize('toText', 'height', options.height, 8);
  const style = styleOf({ ascii, color });
  return linesOf(checked('toText', chart))
    .map((line) => line.trimEnd())
    .join('\n');

  function linesOf(chart: Chart): string[] {
    if (chart.kind === 'line') return lineText(chart, width, options.height ?? 20, style);
    if (chart.kind === 'bar') return barText(chart, width, style);
    return heatText(chart, width, options.height ?? 40, style);
  }
}
