import { type Drawn, drawnLines, labelOf, marksOn, valuesOf } from '../lines.ts';
import { oneLine } from '../one-line.ts';
import { scaleOf } from '../scale.ts';
import { spread } from '../spread.ts';
import type { LineChart } from '../types.ts';
import { type Canvas, canvas } from './canvas.ts';
import { type Entry, entryText, entryWidth, keyLines } from './key.ts';
import { marker, padded, type Style, shortened, titleLines } from './style.ts';
import { xAxis } from './x-axis.ts';

/** A line chart in a terminal. Names are at the ends of lines, or below if they do not fit. */
export function lineText(chart: LineChart, width: number, height: number, style: Style): string[] {
  const { series } = chart;
  const marks = marksOn(chart.y, chart.marks);
  const values = valuesOf(chart);
  const title = titleLines(chart.title, width, style);
  const free = height - title.length - 4;
  const isBeside = series.length + marks.length <= free;
  const known = [
    ...series.map((one, i): Entry => ({ mark: marker(i, style), name: labelOf(one), ink: i })),
    ...marks.map((mark) => markEntry(mark, style)),
  ];
  const below = isBeside ? [] : keyLines(known, width, style);
  const rows = Math.max(4, free - below.length);

  const y = scaleOf(chart.y, values.y, { room: Math.max(2, Math.round(rows / 3)), rounded: true });
  const left = Math.max(1, ...y.ticks.map(({ label }) => label.length)) + 1;
  const beside = isBeside ? Math.min(Math.floor(width / 3), Math.max(...known.map(entryWidth)) + 1) : 0;
  const columns = width - left - 1 - beside;
  const x = scaleOf(chart.x, values.x, { room: Math.max(2, Math.floor(columns / 10)), rounded: false });

  const plot = canvas(columns, rows, style);
  for (const { value } of marks) plot.dashes(y.at(value));
  const drawn = drawnLines(chart, x, y);
  for (const [index, line] of drawn.entries()) draw(plot, line, index, { columns, count: drawn.length }, style);

  const rowOf = (up: number): number => plot.cellOf([0, up]).row;
  const wanted = [...drawn.map(({ last }) => rowOf(last?.[1] ?? 0)), ...marks.map(({ value }) => rowOf(y.at(value)))];
  const placed = isBeside ? spread(wanted, 1, 0, rows - 1) : undefined;
  const [plain, ticked] = style.ascii ? ['|', '+'] : ['│', '┤'];
  const lines = Array.from({ length: rows }, (_, row) => {
    const tick = y.ticks.find(({ value }) => rowOf(y.at(value)) === row);
    const entry = known[placed?.indexOf(row) ?? -1];
    const axis = style.paint(tick === undefined ? plain : ticked, 'dim');
    const name = entry === undefined ? '' : ` ${entryText(entry, beside - 1, style)}`;
    return `${padded(tick?.label ?? '', left - 1, 'left')} ${axis}${plot.row(row)}${name}`;
  });
  const label = style.paint(shortened(oneLine(chart.y.label), width, style), 'dim');
  const axis = xAxis({ ...chart.x, bands: chart.bands }, x, { left, columns, width }, style);
  return [...title, label, ...lines, ...axis, ...below];
}

const markEntry = ({ label }: { readonly label: string }, { ascii }: Style): Entry => ({
  mark: ascii ? '-' : '╌',
  name: oneLine(label),
  ink: 'dim',
});

/** Lines of dots; marks at the points if they are few, else at intervals that differ between series. */
function draw(
  plot: Canvas,
  { lines, last }: Drawn,
  index: number,
  { columns, count }: { readonly columns: number; readonly count: number },
  style: Style,
): void {
  for (const line of lines) for (const [i, place] of line.entries()) plot.line(line[i - 1] ?? place, place, index);
  const points = lines.flat();
  const mark = marker(index, style);
  if (points.length <= columns / 6) {
    for (const place of points) plot.stamp(place, mark, index);
    return;
  }
  const step = Math.max(8, Math.floor(columns / 5));
  let next = Math.floor((step * (index + 0.5)) / count);
  for (const place of points) {
    const { column } = plot.cellOf(place);
    if (column < next) continue;
    plot.stamp(place, mark, index);
    next = column + step;
  }
  if (last !== undefined) plot.stamp(last, mark, index);
}
