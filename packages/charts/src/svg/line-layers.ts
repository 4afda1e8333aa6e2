import type { Drawn } from '../lines.ts';
import { oneLine } from '../one-line.ts';
import { seriesColor, seriesDash } from '../palette.ts';
import type { Scale } from '../scale.ts';
import { withoutOverlap } from '../spread.ts';
import { thinned } from '../thin.ts';
import type { Axis, LineChart } from '../types.ts';
import { axisOf, LABEL, type Size, type Spec, shape, textAt } from './frame.ts';
import { shortened, textWidth } from './measure.ts';

/** Positions in a plot. */
type Plot = Size & { readonly x: Scale; readonly y: Scale };

/** Lines of at most this many points have a dot at each. */
const FEW = 24;

/** Layers of the plot, from back to front: bands, lines to compare with, the lines, their points. */
export function lineLayers(chart: LineChart, drawn: readonly Drawn[], { x, y, width, height }: Plot): Spec[] {
  const { series, marks = [], bands = [] } = chart;
  const middleOf = ({ value }: { readonly value: number }): number => x.at(value) * width;
  const xTicks = withoutOverlap(x.ticks, middleOf, ({ label }) => textWidth(label, LABEL.fontSize), 8);
  const encoding = {
    x: { field: 'x', type: 'quantitative', scale: scaleSpec(x, chart.x), axis: axisOf(xTicks) },
    y: { field: 'y', type: 'quantitative', scale: scaleSpec(y, chart.y), axis: axisOf(y.ticks) },
  };
  const lines = drawn.map(({ name, lines }, index): Spec => {
    const values = lines.flatMap((places, line) =>
      thinned(places, width).map(([across, up]) => ({
        series: name,
        line,
        x: short(x.invert(across)),
        y: short(y.invert(up)),
      })),
    );
    const [color] = seriesColor(index);
    const isFew = (series[index]?.points.length ?? 0) <= FEW;
    return {
      data: { values },
      layer: [
        {
          mark: {
            ...{ type: 'line', color, strokeWidth: 2.25, strokeDash: seriesDash(index) },
            ...{ strokeJoin: 'round', strokeCap: 'round', interpolate: 'linear' },
          },
          encoding: { ...encoding, detail: { field: 'line', type: 'nominal' } },
        },
        ...(isFew ? [{ mark: { type: 'point', color, filled: true, opacity: 1, size: 36 }, encoding }] : []),
      ],
    };
  });
  return [
    ...bands.flatMap(({ label, from, to }) =>
      band(oneLine(label), inside(x, from) * width, inside(x, to) * width, height),
    ),
    ...marks.map(({ value }) => dashed(height * (1 - y.at(value)), width)),
    ...lines,
  ];
}

const inside = (scale: Scale, value: number): number => Math.min(1, Math.max(0, scale.at(value)));

/** Removes the rounding errors of a round trip through positions. */
const short = (value: number): number => Number(value.toPrecision(12));

const scaleSpec = ({ domain }: Scale, { log = false }: Axis): Spec => ({
  type: log ? 'log' : 'linear',
  domain,
  nice: false,
  zero: false,
});

/** A line across a plot to compare with. */
export function dashed(y: number, width: number): Spec {
  const mark = { type: 'rule', color: '#767676', strokeDash: [4, 4] };
  return shape(mark, { x: { value: 0 }, x2: { value: width }, y: { value: y } });
}

function band(label: string, from: number, to: number, height: number): Spec[] {
  const area = { type: 'rect', x: from, x2: to, y: 0, y2: height, color: '#5a7ca6', opacity: 0.1 };
  const text = shortened(label, to - from - 12, LABEL.fontSize);
  return [shape(area), textAt(text, from + 6, height - 12, { color: '#767676' })];
}
