import { marksOn } from '../lines.ts';
import { numberFormat } from '../numbers.ts';
import { oneLine } from '../one-line.ts';
import { type Scale, scaleOf } from '../scale.ts';
import type { BarChart } from '../types.ts';
import { keyLines } from './key.ts';
import { padded, type Style, shortened, titleLines, widthOf } from './style.ts';
import { xAxis } from './x-axis.ts';

/** Parts of a character, in eighths from the left. */
const EIGHTHS = [...' ▏▎▍▌▋▊▉█'];

/** A bar chart in a terminal: horizontal bars by group, each with its number. */
export function barText(chart: BarChart, width: number, style: Style): string[] {
  const { groups, series } = chart;
  const marks = marksOn(chart.y, chart.marks);
  const all = series.flatMap(({ values }) => values).filter((value) => value !== null);
  const write = numberFormat(all, chart.y.format);
  const groupWidth = nameWidth(groups, width);
  const nameOf = series.length > 1 ? ({ name }: { readonly name: string }) => oneLine(name) : () => '';
  const seriesWidth = nameWidth(series.map(nameOf), width);
  const left = groupWidth + (seriesWidth > 0 ? seriesWidth + 1 : 0) + 1;
  const columns = width - left - 1 - Math.max(...all.map((value) => write(value).length + 1));
  const room = Math.max(2, Math.floor(columns / 10));
  const y = scaleOf(chart.y, [0, ...all, ...marks.map(({ value }) => value)], { room, rounded: true });

  const marked = new Set(marks.map(({ value }) => Math.round(y.at(value) * (columns - 1))));
  const dash = style.ascii ? ':' : '┊';
  const axis = style.paint(style.ascii ? '|' : '│', 'dim');
  /** The rest of a row after this many columns: a text, and the marks after it. */
  const rest = (from: number, text = ''): string => {
    const start = from + text.length;
    const dashes = Array.from({ length: Math.max(0, columns - start) }, (_, i) => (marked.has(start + i) ? dash : ' '));
    return `${text}${style.paint(dashes.join(''), 'dim')}`;
  };
  const lines = groups.flatMap((group, g) => {
    const bars = series.map(({ name, values }, s) => {
      const head = [padded(s === 0 ? shortened(oneLine(group), groupWidth, style) : '', groupWidth)];
      if (seriesWidth > 0) head.push(padded(shortened(nameOf({ name }), seriesWidth, style), seriesWidth));
      const value = values[g] ?? null;
      const bar = value === null ? '' : barOf(value, y, columns, style);
      const label = value === null ? ` ${style.ascii ? '-' : '–'}` : ` ${write(value)}`;
      return `${head.join(' ')} ${axis}${style.paint(bar, s)}${rest(bar.length, label)}`;
    });
    const gap = `${' '.repeat(left)}${axis}${rest(0)}`;
    return series.length > 1 && g > 0 ? [gap, ...bars] : bars;
  });
  const known = marks.map(({ label }) => ({ mark: dash, name: oneLine(label), ink: 'dim' as const }));
  return [
    ...titleLines(chart.title, width, style),
    style.paint(shortened(oneLine(chart.x.label), width, style), 'dim'),
    ...lines,
    ...xAxis(chart.y, y, { left, columns, width }, style),
    ...(known.length > 0 ? keyLines(known, width, style) : []),
  ];
}

/** Columns for names: at most a quarter of the chart. */
function nameWidth(names: readonly string[], width: number): number {
  return Math.min(Math.floor(width / 4), Math.max(...names.map((name) => widthOf(oneLine(name)))));
}

/** A bar from 0 to the value, on either side, in characters and eighths. */
function barOf(value: number, y: Scale, columns: number, { ascii }: Style): string {
  const ends = [edge(y.at(0), columns), edge(y.at(value), columns)] as const;
  const [start, end] = [Math.min(...ends), Math.max(...ends)];
  let bar = '';
  for (let column = 0; column < Math.ceil(end); column++) {
    const covered = Math.min(end, column + 1) - Math.max(start, column);
    if (ascii) bar += covered >= 0.5 ? '#' : ' ';
    else if (start > column) bar += covered >= 0.5 ? '▐' : ' ';
    else bar += EIGHTHS[Math.round(covered * 8)];
  }
  return bar.trimEnd();
}

/** A bar ends in the middle of the column where the axis has a tick for its value. */
function edge(at: number, columns: number): number {
  if (at <= 0) return 0;
  return at >= 1 ? columns : at * (columns - 1) + 0.5;
}
