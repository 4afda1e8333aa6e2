import { barChart, type Chart, heatMap, lineChart, toSvg, toText, toVegaLite } from '@elman/charts';
import { OptionError } from '@elman/core';
import { describe, expect, it } from 'vitest';
import { oddCharts } from './charts.ts';

const axes = { title: '', x: { label: 'x' }, y: { label: 'y' } };
const line = (points: [number, number][]) => ({ ...axes, series: [{ name: 'a', points }] });
const bars = { ...axes, groups: ['g', 'h'], series: [{ name: 'a', values: [1, 2] }] };
const map = {
  title: '',
  rows: ['r'],
  columns: ['c', 'd'],
  values: [[1, 2]],
  labels: { rows: '', columns: '', values: '' },
};

/** The message of what `make` throws. */
function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(OptionError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error('expected an error');
}

describe('a chart', () => {
  it('is plain JSON', () => {
    for (const chart of Object.values(oddCharts(1))) expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
  });

  it('is drawn the same after a round trip through JSON', () => {
    for (const chart of Object.values(oddCharts(2))) {
      const read = JSON.parse(JSON.stringify(chart)) as Chart;
      expect(toText(read)).toBe(toText(chart));
      expect(toVegaLite(read)).toEqual(toVegaLite(chart));
    }
  });

  it('has gaps at non-finite values', () => {
    const chart = lineChart(
      line([
        [0, 1],
        [1, Number.NaN],
        [2, Number.POSITIVE_INFINITY],
        [3, 2],
      ]),
    );
    expect(chart.series[0]?.points).toEqual([
      [0, 1],
      [1, null],
      [2, null],
      [3, 2],
    ]);
    expect(barChart({ ...bars, series: [{ name: 'a', values: [1, Number.NaN] }] }).series[0]?.values).toEqual([
      1,
      null,
    ]);
    expect(heatMap({ ...map, values: [[Number.NaN, 2]] }).values).toEqual([[null, 2]]);
  });

  it.each([
    ['lineChart: series: expected one or more, got none.', () => lineChart({ ...axes, series: [] })],
    ['lineChart: series: a: points: expected one or more, got none.', () => lineChart(line([]))],
    ['lineChart: series: expected a finite number, got none.', () => lineChart(line([[0, Number.NaN]]))],
    ['lineChart: series: a: x: expected a finite number, got NaN.', () => lineChart(line([[Number.NaN, 1]]))],
    [
      'lineChart: series: a: y: expected numbers above 0 on a log axis, got 0; leave out log.',
      () => lineChart({ ...line([[1, 0]]), y: { label: 'y', log: true } }),
    ],
    [
      'lineChart: series: a: x: expected numbers above 0 on a log axis, got -1; leave out log.',
      () => lineChart({ ...line([[-1, 1]]), x: { label: 'x', log: true } }),
    ],
    [
      'lineChart: marks: chance: expected numbers above 0 on a log axis, got 0; leave out log.',
      () => lineChart({ ...line([[1, 1]]), y: { label: 'y', log: true }, marks: [{ label: 'chance', value: 0 }] }),
    ],
    [
      'lineChart: y: expected from below to, got 2 and 1.',
      () => lineChart({ ...line([[1, 1]]), y: { label: 'y', from: 2, to: 1 } }),
    ],
    [
      'lineChart: series: expected names that differ, got "a" twice.',
      () => lineChart({ ...axes, series: [...line([[0, 0]]).series, ...line([[0, 0]]).series] }),
    ],
    ['barChart: groups: expected one or more, got none.', () => barChart({ ...bars, groups: [] })],
    [
      'barChart: series: a: expected 2 values, one for each group, got 1.',
      () => barChart({ ...bars, series: [{ name: 'a', values: [1] }] }),
    ],
    [
      'barChart: y: expected 0 between from and to, where bars begin.',
      () => barChart({ ...bars, y: { label: 'y', from: 1 } }),
    ],
    [
      'heatMap: values: expected 1 rows, got 2.',
      () =>
        heatMap({
          ...map,
          values: [
            [1, 2],
            [3, 4],
          ],
        }),
    ],
    ['heatMap: values: row 0: expected 2 columns, got 1.', () => heatMap({ ...map, values: [[1]] })],
    [
      'heatMap: values: expected a finite number, got none.',
      () => heatMap({ ...map, values: [[Number.NaN, Number.NaN]] }),
    ],
    ['toText: width: expected a whole number from 40, got 39.', () => toText(barChart(bars), { width: 39 })],
    [
      'toVegaLite: height: expected a whole number from 240, got NaN.',
      () => toVegaLite(heatMap(map), { height: Number.NaN }),
    ],
    ['toText: kind: expected line, bar or heat, got pie.', () => toText({ kind: 'pie' } as unknown as Chart)],
  ])('is refused in one line: %s', (message, make) => {
    expect(messageOf(make)).toBe(message);
  });

  it('makes toSvg reject', async () => {
    await expect(toSvg({ kind: 'pie' } as unknown as Chart)).rejects.toThrow(
      'kind: expected line, bar or heat, got pie.',
    );
  });
});
