import { expectAxis, expectMarks, expectNames, expectSome, expectTexts, finiteOrGap, refuse } from './check.ts';
import type { BarChart } from './types.ts';

/**
 * A grouped bar chart:
 *
 *   barChart({
 *     title: 'Memorization',
 *     x: { label: 'digits' },
 *     y: { label: 'accuracy', format: 'percent' },
 *     groups: ['8', '16'],
 *     series: [{ name: 'as it is', values: [0.9, 0.6] }, { name: 'reversed', values: [1, 0.8] }],
 *   })
 *
 * Bars begin at 0, which the axis always contains. A value that is `null`, NaN or infinite has no bar, and is `null` in the chart,
 * which is JSON.
 *
 * @throws {OptionError} without groups or series, for series of the same name, if a series has not one value for each group,
 * or none is finite.
 */
export function barChart(chart: Omit<BarChart, 'kind'>): BarChart {
  const where = 'barChart';
  const { title, x, y, groups, series, marks = [] } = chart;
  expectTexts(where, { title, 'x: label': x.label });
  expectAxis(`${where}: y`, y);
  if ((y.from ?? 0) > 0 || (y.to ?? 0) < 0) refuse(`${where}: y`, 'expected 0 between from and to, where bars begin.');
  if ((y as { log?: boolean }).log)
    refuse(`${where}: y`, 'log: bars begin at 0, which is not on a log axis; leave it out.');
  expectSome(`${where}: groups`, groups);
  for (const group of groups) expectTexts(`${where}: groups`, { name: group });
  expectNames(`${where}: series`, series);
  expectMarks(where, marks);
  const checked = series.map(({ name, values }) => {
    const at = `${where}: series: ${name}`;
    expectSome(at, values);
    if (values.length !== groups.length) {
      refuse(at, `expected ${groups.length} values, one for each group, got ${values.length}.`);
    }
    return { name, values: values.map((value) => finiteOrGap(at, value)) };
  });
  if (checked.every(({ values }) => values.every((value) => value === null))) {
    refuse(`${where}: series`, 'expected a finite number, got none.');
  }
  return { kind: 'bar', title, x, y, groups, series: checked, ...(marks.length > 0 ? { marks } : {}) };
}
