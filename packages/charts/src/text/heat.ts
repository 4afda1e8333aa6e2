import { rangeFormat } from '../numbers.ts';
import { oneLine } from '../one-line.ts';
import { heatRange, pooled, shareOf } from '../pool.ts';
import type { HeatMap } from '../types.ts';
import { columnNames } from './column-names.ts';
import { padded, type Style, shortened, titleLines, widthOf } from './style.ts';

/** Lines in addition to the map: labels of rows and columns, an empty one, the legend. */
const BESIDE = 3;

/**
 * A heat map in a terminal: a few characters for each value, as wide as fits. If the values do not fit, a cell is the
 * mean of several, with a note.
 */
export function heatText(chart: HeatMap, width: number, height: number, style: Style): string[] {
  const { rows, columns, labels } = chart;
  const title = titleLines(chart.title, width, style);
  const left = Math.min(Math.floor(width / 3), Math.max(...rows.map((row) => widthOf(oneLine(row))))) + 1;
  const across = Math.ceil(columns.length / (width - left));
  const shown = Math.ceil(columns.length / across);
  const widest = Math.max(...columns.map((column) => widthOf(oneLine(column))));
  const room = Math.floor((width - left) / shown);
  const cell = widest < Math.min(room, 8) ? Math.max(2, widest + 1) : Math.min(room, 2);
  const names = columnNames(columns.map(oneLine), { across, cell, width: width - left }, style);
  const down = Math.ceil(rows.length / Math.max(1, height - title.length - names.length - BESIDE));

  const values = pooled(chart.values, down, across);
  const range = heatRange(values, chart);
  const map = values.map((numbers, i) => {
    const name = shortened(oneLine(rows[i * down] as string), left - 1, style);
    const cells = numbers.map((value) => style.shade(value === null ? null : shareOf(value, range), cell));
    return `${padded(name, left - 1, 'left')} ${cells.join('')}`;
  });
  const write = rangeFormat(range, chart.format);
  const blocks = [
    across > 1 || down > 1 ? `a cell is the mean of ${count(down, 'row')} by ${count(across, 'column')}` : [],
  ];
  const what = shortened([oneLine(labels.values), ...blocks.flat()].join('; '), width, style);
  const scale = Array.from({ length: 10 }, (_, i) => style.shade(i / 9, 1)).join('');
  const key = `${write(range[0])} ${scale} ${write(range[1])}`;
  const keyWidth = write(range[0]).length + write(range[1]).length + 12;
  const isBeside = keyWidth + 2 + widthOf(what) <= width;
  const dim = (text: string): string => style.paint(text, 'dim');
  return [
    ...title,
    dim(shortened(`${oneLine(labels.rows)} ${style.ascii ? 'by' : '×'} ${oneLine(labels.columns)}`, width, style)),
    ...names.map((line) => dim(' '.repeat(left) + line)),
    ...map,
    ...(isBeside ? [`${key}  ${dim(what)}`] : [key, dim(what)]),
  ];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
