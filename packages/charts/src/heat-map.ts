import { expectAxis, expectSome, expectTexts, finiteOrGap, refuse } from './check.ts';
import type { HeatMap } from './types.ts';

/**
 * A heat map, such as an alignment:
 *
 *   heatMap({
 *     title: 'Alignment',
 *     rows: ['le', 'chat'],
 *     columns: ['the', 'cat'],
 *     values: [[0.9, 0.1], [0.2, 0.8]],
 *     labels: { rows: 'output', columns: 'input', values: 'weight' },
 *   })
 *
 * The first row is at the top. A value that is `null`, NaN or infinite has no colour, and is `null` in the chart, which is JSON.
 *
 * @throws {OptionError} without rows or columns, where `values` is not [row][column], or none is finite.
 */
export function heatMap(chart: Omit<HeatMap, 'kind'>): HeatMap {
  const where = 'heatMap';
  const { title, rows, columns, values, labels, from, to, format } = chart;
  expectTexts(where, { title, 'labels: rows': labels.rows, 'labels: columns': labels.columns });
  expectAxis(where, { label: labels.values, from, to, format });
  for (const [name, list] of Object.entries({ rows, columns, values })) expectSome(`${where}: ${name}`, list);
  for (const label of [...rows, ...columns]) expectTexts(where, { 'a row or column': label });
  if (values.length !== rows.length) refuse(where, `values: expected ${rows.length} rows, got ${values.length}.`);
  const checked = values.map((row, i) => {
    if (row.length === columns.length) return Array.from(row, (value) => finiteOrGap(where, value));
    return refuse(where, `values: row ${i}: expected ${columns.length} columns, got ${row.length}.`);
  });
  if (checked.every((row) => row.every((value) => value === null))) {
    refuse(where, 'values: expected a finite number, got none.');
  }
  const given = Object.entries({ from, to, format }).filter(([, value]) => value !== undefined);
  return { kind: 'heat', title, rows, columns, values: checked, labels, ...Object.fromEntries(given) };
}
