import { marksOn } from '../lines.ts';
import { numberFormat } from '../numbers.ts';
import { oneLine } from '../one-line.ts';
import { seriesColor } from '../palette.ts';
import { type Scale, scaleOf } from '../scale.ts';
import type { BarChart } from '../types.ts';
import { axisOf, belowAxis, EDGE, heading, LABEL, picture, type Size, type Spec, shape, textAt } from './frame.ts';
import { colorKey } from './key.ts';
import { dashed } from './line-layers.ts';
import { shortened, textWidth } from './measure.ts';

/** Empty fractions of the width: between groups, and between the bars of a group. */
const BETWEEN_GROUPS = 0.28;
const BETWEEN_BARS = 0.08;

/** Maximum width of a bar in pixels. */
const WIDEST = 60;

/** Names of groups that do not fit are rotated; their maximum length, and the minimum height left to the bars. */
const LONGEST = 200;
const LEAST = 60;

/** Font size of the numbers at bars. */
const NUMBER = 11;

/** A bar chart as Vega-Lite: vertical bars, with their numbers where they are wide enough. */
export function barSpec(chart: BarChart, size: Size): Spec {
  const { series } = chart;
  const marks = marksOn(chart.y, chart.marks);
  const values = series.flatMap((one) => one.values).filter((value) => value !== null);
  const head = heading(chart.title, chart.y.label, size);
  const names = series.map(({ name }, i) => ({ name: oneLine(name), color: seriesColor(i)[0] as string }));
  const key = colorKey(series.length > 1 ? names : [], EDGE + head.height + 8, size);
  const top = EDGE + head.height + key.height + 22;

  const y = scaleOf(chart.y, [0, ...values, ...marks.map(({ value }) => value)], {
    room: Math.max(2, Math.round((size.height - top - 60) / 55)),
    rounded: true,
  });
  const left = Math.ceil(EDGE + Math.max(0, ...y.ticks.map(({ label }) => textWidth(label, LABEL.fontSize))) + 8);
  const widestMark = Math.max(0, ...marks.map(({ label }) => textWidth(oneLine(label), LABEL.fontSize)));
  const right = Math.ceil(EDGE + (widestMark > 0 ? Math.min(size.width / 4, widestMark) + 10 : 0));
  const width = size.width - left - right;

  const longest = Math.min(LONGEST, Math.max(20, size.height - top - LEAST - EDGE - 40) / Math.sin(Math.PI / 4));
  const groups = chart.groups.map((group) => shortened(oneLine(group), longest, LABEL.fontSize));
  const widest = Math.max(...groups.map((group) => textWidth(group, LABEL.fontSize)));
  const isTurned = widest + 8 > width / groups.length;
  const forNames = isTurned ? widest * Math.sin(Math.PI / 4) + 12 : 16;
  const margins = { left, right, top, bottom: Math.ceil(EDGE + 28 + forNames) };
  const height = size.height - top - margins.bottom;
  return picture(chart.title, size, margins, [
    ...barLayers(chart, y, { groups, isTurned, width }),
    ...(y.domain[0] < 0 ? [zeroLine(height * (1 - y.at(0)), width)] : []),
    ...marks.flatMap(({ label, value }) => [
      dashed(height * (1 - y.at(value)), width),
      textAt(shortened(oneLine(label), right - EDGE - 8, LABEL.fontSize), width + 8, height * (1 - y.at(value))),
    ]),
    ...head.layers(margins),
    ...key.layers(margins),
    belowAxis(chart.x.label, { width, height }, forNames + 22, margins),
  ]);
}

/** The zero line of a chart with negative values. */
function zeroLine(y: number, width: number): Spec {
  return shape({ type: 'rule', color: '#8c8c8c' }, { x: { value: 0 }, x2: { value: width }, y: { value: y } });
}

/** Layout of the plot for bars. */
type Plot = { readonly groups: readonly string[]; readonly isTurned: boolean; readonly width: number };

/** The bars, and the numbers at their ends. */
function barLayers({ series, y: axis }: BarChart, y: Scale, { groups, isTurned, width }: Plot): Spec[] {
  const values = series.flatMap(({ name, values }, s) =>
    values.flatMap((value, group) => (value === null ? [] : [{ group, series: name, s, value }])),
  );
  const write = numberFormat(
    values.map(({ value }) => value),
    axis.format,
  );
  const [low, high] = y.domain;
  const data = values.map((bar) => ({
    ...bar,
    end: Math.min(high, Math.max(low, bar.value)),
    label: write(bar.value),
  }));
  const group = width / groups.length;
  const padding = Math.max(BETWEEN_GROUPS, 1 - (WIDEST * series.length) / group);
  const bar = (group * (1 - padding)) / series.length;
  const hasNumbers = data.every(({ label }) => textWidth(label, NUMBER) <= bar + 2);
  const colors = series.map((_, i) => seriesColor(i)[0] as string);
  const turned: Spec = isTurned ? { labelAngle: -45, labelAlign: 'right', labelBaseline: 'middle' } : { labelAngle: 0 };
  const encoding: Spec = {
    x: {
      ...{ field: 'group', type: 'ordinal', sort: null },
      scale: { domain: groups.map((_, i) => i), paddingInner: padding, paddingOuter: padding / 2 },
      axis: {
        title: null,
        ticks: false,
        domain: low >= 0,
        labelExpr: `(${JSON.stringify(groups)})[datum.value]`,
        ...turned,
      },
    },
    xOffset: { field: 's', type: 'ordinal', scale: { domain: colors.map((_, i) => i), paddingInner: BETWEEN_BARS } },
    y: {
      ...{ field: 'end', type: 'quantitative', axis: axisOf(y.ticks), stack: null },
      scale: { domain: y.domain, nice: false, zero: true },
    },
  };
  const color = {
    field: 's',
    type: 'ordinal',
    scale: { domain: colors.map((_, i) => i), range: colors },
    legend: null,
  };
  const numbers = (isBelow: boolean): Spec => ({
    transform: [{ filter: isBelow ? 'datum.end < 0' : 'datum.end >= 0' }],
    mark: {
      type: 'text',
      baseline: isBelow ? 'top' : 'bottom',
      dy: isBelow ? 4 : -4,
      fontSize: NUMBER,
      color: LABEL.color,
    },
    encoding: { text: { field: 'label' } },
  });
  const layer: Spec[] = [{ mark: { type: 'bar', cornerRadiusEnd: 2 }, encoding: { color } }];
  if (hasNumbers) layer.push(numbers(false));
  if (hasNumbers && low < 0) layer.push(numbers(true));
  return [{ data: { values: data }, encoding, layer }];
}
