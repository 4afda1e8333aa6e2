import { rangeFormat } from '../numbers.ts';
import { oneLine } from '../one-line.ts';
import { heatRange, pooled } from '../pool.ts';
import type { HeatMap } from '../types.ts';
import { CAPTION, EDGE, heading, LABEL, picture, type Size, type Spec, textAt } from './frame.ts';
import { cellLayer, keyLayer, type Names } from './heat-layers.ts';
import { shortened, textWidth } from './measure.ts';

/** Maximum length of names, absolute and as a fraction of the picture; minimum size of cells. */
const LONGEST = 240;
const PART = 0.25;

/** Minimum pixels for the label of the colour scale. */
const LEAST_WORDS = 40;
const LEAST = 3;

/** A heat map as Vega-Lite. If the values do not fit, a cell is the mean of several, with a note. */
export function heatSpec(chart: HeatMap, size: Size): Spec {
  const { labels } = chart;
  const head = heading(chart.title, '', size);
  const rowWidth = widest(named(chart.rows, 1, size.width));
  const left = Math.ceil(EDGE + 22 + rowWidth + 8);
  const width = size.width - left - EDGE;
  const across = Math.ceil((chart.columns.length * LEAST) / width);
  const columns = layOut(named(chart.columns, across, size.height), width);
  const above = columns.isTurned ? widest(columns.names) + 8 : 18;
  const margins = { left, right: EDGE, top: Math.ceil(EDGE + head.height + 30 + above), bottom: EDGE + 34 };
  const height = size.height - margins.top - margins.bottom;
  const down = Math.ceil((chart.rows.length * LEAST) / height);
  const names = named(chart.rows, down, size.width);
  const rows = { names, isTurned: false, every: Math.ceil((LABEL.fontSize + 2) / (height / names.length)) };

  const values = pooled(chart.values, down, across);
  const range = heatRange(values, chart);
  const [least, most] = range.map(rangeFormat(range, chart.format)) as [string, string];
  const said = across * down > 1 ? `; a cell is the mean of ${count(down, 'row')} by ${count(across, 'column')}` : '';
  const keyAt = { x: textWidth(least, LABEL.fontSize) + 8, y: height + 26, width: Math.min(120, width / 4) };
  const end = keyAt.x + keyAt.width + 8;
  const after = end + textWidth(most, LABEL.fontSize) + 12;
  const turned = { ...CAPTION, angle: 270, align: 'center' };
  const words = shortened(oneLine(labels.values) + said, width - after, CAPTION.fontSize);
  const what = textAt(words, after, keyAt.y, CAPTION);
  return picture(chart.title, size, margins, [
    cellLayer(values, range, { width, height, rows, columns }),
    keyLayer(keyAt, { width, height, rows, columns }),
    ...head.layers(margins),
    textAt(shortened(oneLine(labels.columns), width, CAPTION.fontSize), 0, -above - 16, CAPTION),
    textAt(shortened(oneLine(labels.rows), height, CAPTION.fontSize), EDGE + 6 - left, height / 2, turned),
    textAt(least, 0, keyAt.y),
    textAt(most, end, keyAt.y),
    ...(width - after < LEAST_WORDS ? [] : [what]),
  ]);
}

/** The names of the first of every `by` rows or columns. */
const named = (all: readonly string[], by: number, room: number): string[] =>
  all
    .filter((_, i) => i % by === 0)
    .map((name) => shortened(oneLine(name), Math.min(LONGEST, PART * room), LABEL.fontSize));

const widest = (names: readonly string[]): number =>
  names.reduce((most, name) => Math.max(most, textWidth(name, LABEL.fontSize)), 0);

/** Names above columns: horizontal if all fit or too many do not; else rotated. */
function layOut(names: readonly string[], width: number): Names {
  const step = width / names.length;
  const needed = widest(names) + 8;
  const isTurned = needed > step && (step > LABEL.fontSize + 2 || needed > 60);
  return { names, isTurned, every: Math.ceil((isTurned ? LABEL.fontSize + 2 : needed) / step) };
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
