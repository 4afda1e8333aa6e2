import {
  expectAxis,
  expectMarks,
  expectNames,
  expectOnAxis,
  expectSome,
  expectTexts,
  finiteOrGap,
  refuse,
} from './check.ts';
import type { LineChart, Point } from './types.ts';

/**
 * A line chart:
 *
 *   lineChart({
 *     title: 'Adding, 200 frames',
 *     x: { label: 'update' },
 *     y: { label: 'mean squared error', log: true },
 *     series: [{ name: 'gru', points: [[0, 0.17], [500, 0.02], [1000, 0.0009]] }],
 *     marks: [{ label: 'input-blind', value: 1 / 6 }],
 *   })
 *
 * Points are joined in the order in which they come. A y that is `null`, NaN or infinite is a gap in the line, and `null` in the
 * chart, which is JSON; a series without any finite y is named, not drawn. What lies outside `from` and `to` of an axis is
 * cut off at its edge.
 *
 * @throws {OptionError} without series or points, for series of the same name, where an x is not finite or no y is, and for
 * numbers that are not above 0 on a log axis.
 */
export function lineChart(chart: Omit<LineChart, 'kind'>): LineChart {
  const where = 'lineChart';
  const { title, x, y, series, marks = [], bands = [] } = chart;
  expectTexts(where, { title });
  expectAxis(`${where}: x`, x);
  expectAxis(`${where}: y`, y);
  expectNames(`${where}: series`, series);
  expectMarks(where, marks, y.log);
  for (const { label, from, to } of bands) {
    expectTexts(`${where}: bands`, { label });
    expectAxis(`${where}: bands: ${label}`, { label, from, to, log: x.log });
  }
  const checked = series.map(({ name, points }) => {
    const at = `${where}: series: ${name}`;
    expectSome(`${at}: points`, points);
    const finite = points.map(([px, value]): Point => {
      expectOnAxis(`${at}: x`, px, x.log);
      const py = finiteOrGap(`${at}: y`, value);
      if (py !== null) expectOnAxis(`${at}: y`, py, y.log);
      return [px, py];
    });
    return { name, points: finite };
  });
  if (checked.every(({ points }) => points.every(([, py]) => py === null))) {
    refuse(`${where}: series`, 'expected a finite number, got none.');
  }
  return { kind: 'line', title, x, y, series: checked, ...present({ marks, bands }) };
}

/** Only the lists that are not empty. */
function present<T extends { readonly [name: string]: readonly unknown[] }>(lists: T): Partial<T> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}
