import { drawnLines, labelOf, marksOn, valuesOf } from '../lines.ts';
import { oneLine } from '../one-line.ts';
import { seriesColor } from '../palette.ts';
import { scaleOf } from '../scale.ts';
import { spread } from '../spread.ts';
import type { LineChart } from '../types.ts';
import { belowAxis, EDGE, heading, LABEL, picture, type Size, type Spec, textAt } from './frame.ts';
import { colorKey } from './key.ts';
import { lineLayers } from './line-layers.ts';
import { shortened, textWidth } from './measure.ts';

/** Line spacing of names at the ends of lines, in pixels. */
const NAME_LINE = 16;

/** Pixels below a plot: numbers and axis label. */
const BOTTOM = EDGE + 44;

/** A line chart as Vega-Lite. Names are at the ends of lines, or above the plot if they do not fit. */
export function lineSpec(chart: LineChart, size: Size): Spec {
  const marks = marksOn(chart.y, chart.marks);
  const values = valuesOf(chart);
  const head = heading(chart.title, chart.y.label, size);
  const names = [
    ...chart.series.map((series, i) => ({ name: labelOf(series), color: seriesColor(i)[0] as string })),
    ...marks.map(({ label }) => ({ name: oneLine(label), color: LABEL.color })),
  ];
  const isBeside = names.length * NAME_LINE <= size.height - head.height - BOTTOM - EDGE - 14;
  const key = colorKey(isBeside ? [] : names, EDGE + head.height + 8, size);
  const top = EDGE + head.height + key.height + 14;
  const height = size.height - top - BOTTOM;

  const y = scaleOf(chart.y, values.y, { room: Math.max(2, Math.round(height / 55)), rounded: true });
  const left = Math.ceil(EDGE + Math.max(0, ...y.ticks.map(({ label }) => textWidth(label, LABEL.fontSize))) + 8);
  const widest = Math.min(size.width / 4, Math.max(...names.map(({ name }) => textWidth(name, LABEL.fontSize))));
  const right = Math.ceil(EDGE + (isBeside ? widest : 0) + 12);
  const width = size.width - left - right;
  const x = scaleOf(chart.x, values.x, { room: Math.max(2, Math.floor(width / 80)), rounded: false });

  const drawn = drawnLines(chart, x, y);
  const heights = [...drawn.map(({ last }) => last?.[1] ?? 0), ...marks.map(({ value }) => y.at(value))];
  const wanted = heights.map((up) => (1 - up) * height);
  const placed = isBeside ? (spread(wanted, NAME_LINE, 0, height) ?? []) : [];
  const margins = { left, right, top, bottom: BOTTOM };
  return picture(chart.title, size, margins, [
    ...lineLayers({ ...chart, marks }, drawn, { x, y, width, height }),
    ...head.layers(margins),
    ...key.layers(margins),
    ...placed.map((at, i) => {
      const { name, color } = names[i] as (typeof names)[number];
      return textAt(shortened(name, widest, LABEL.fontSize), width + 10, at, { color });
    }),
    belowAxis(chart.x.label, { width, height }, 38, margins),
  ]);
}
