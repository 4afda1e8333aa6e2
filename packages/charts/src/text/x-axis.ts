import { oneLine } from '../one-line.ts';
import type { Scale, Tick } from '../scale.ts';
import { withoutOverlap } from '../spread.ts';
import type { Band } from '../types.ts';
import { type Style, shortened, widthOf } from './style.ts';

/** Position and length of the axis, and the width of the chart, in columns. */
type Frame = { readonly left: number; readonly columns: number; readonly width: number };

const UNICODE = { corner: '└', line: '─', tick: '┬', band: '━', bandTick: '┯' };
const ASCII = { corner: '+', line: '-', tick: '+', band: '=', bandTick: '+' };

/** The axis below a plot: a line with ticks, their numbers, its label and highlighted bands. */
export function xAxis(
  { label, bands = [] }: { readonly label: string; readonly bands?: readonly Band[] | undefined },
  scale: Scale,
  { left, columns, width }: Frame,
  style: Style,
): string[] {
  const signs = style.ascii ? ASCII : UNICODE;
  const columnOf = (value: number): number => Math.round(Math.min(Math.max(scale.at(value), 0), 1) * (columns - 1));
  const ticks = withoutOverlap(
    scale.ticks,
    ({ value }) => columnOf(value),
    (tick) => tick.label.length,
    2,
  );
  const isTick = new Set(ticks.map(({ value }) => columnOf(value)));
  const line = Array.from({ length: columns }, (_, column) => {
    const isBand = bands.some(({ from, to }) => column >= columnOf(from) && column <= columnOf(to));
    if (isTick.has(column)) return isBand ? signs.bandTick : signs.tick;
    return isBand ? signs.band : signs.line;
  });
  const known = bands.map((band) => `   ${signs.band.repeat(2)} ${oneLine(band.label)}`).join('');
  const caption = shortened(oneLine(label) + known, width, style);
  const middle = left + 1 + Math.floor((columns - widthOf(caption)) / 2);
  const indent = Math.max(0, Math.min(middle, width - widthOf(caption)));
  return [
    `${' '.repeat(left)}${style.paint(signs.corner + line.join(''), 'dim')}`,
    numbers(ticks, (tick) => left + 1 + columnOf(tick.value), width),
    `${' '.repeat(indent)}${style.paint(caption, 'dim')}`,
  ];
}

/** The numbers of ticks in a line, each centred at its column as far as it fits. */
function numbers(ticks: readonly Tick[], columnOf: (tick: Tick) => number, width: number): string {
  let line = '';
  for (const tick of ticks) {
    const { length } = tick.label;
    const start = Math.max(0, Math.min(columnOf(tick) - Math.floor(length / 2), width - length));
    line = line.padEnd(start) + tick.label;
  }
  return line;
}
