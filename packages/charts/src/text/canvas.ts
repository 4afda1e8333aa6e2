import type { Place } from '../lines.ts';
import type { Ink, Style } from './style.ts';

/** Dots of a character: across and down, the bit of each in reading order, and the glyphs. */
const BRAILLE = { across: 2, down: 4, bits: [1, 8, 2, 16, 4, 32, 64, 128], show: (mask: number) => braille(mask) };
const ASCII = { across: 1, down: 2, bits: [1, 2], show: (mask: number) => " '.:"[mask] as string };
const braille = (mask: number): string => (mask === 0 ? ' ' : String.fromCodePoint(0x2800 + mask));

/** A character of a canvas: dots, or a stamp instead. */
type Cell = { mask: number; stamp: string; ink: Ink };

/** A grid of characters on which dots finer than a character are set; later ink covers earlier ink. */
export type Canvas = {
  /** The character at a position of the plot. */
  cellOf(place: Place): { readonly column: number; readonly row: number };
  /** A line of dots between two positions. */
  line(from: Place, to: Place, ink: Ink): void;
  /** A dashed line across at this height, behind everything. */
  dashes(up: number): void;
  /** A character in place of the dots. */
  stamp(place: Place, character: string, ink: Ink): void;
  /** A row from the top, painted. */
  row(index: number): string;
};

/** An empty canvas. */
export function canvas(columns: number, rows: number, style: Style): Canvas {
  const { across, down, bits, show } = style.ascii ? ASCII : BRAILLE;
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (): Cell => ({ mask: 0, stamp: '', ink: 'dim' })),
  );

  /** The dot at a position, in dots from the upper left. */
  const dotOf = ([x, y]: Place): readonly [number, number] => [
    Math.min(Math.max(x, 0), 1) * (columns * across - 1),
    (1 - Math.min(Math.max(y, 0), 1)) * (rows * down - 1),
  ];
  const cellAt = (x: number, y: number): Cell =>
    (cells[Math.floor(y / down)] as Cell[])[Math.floor(x / across)] as Cell;

  function dot(x: number, y: number, ink: Ink): void {
    const cell = cellAt(x, y);
    if (ink === 'dim' && cell.ink !== 'dim') return;
    if (ink !== 'dim' && cell.ink === 'dim') cell.mask = 0;
    if (ink !== cell.ink) cell.stamp = '';
    cell.mask |= bits[(y % down) * across + (x % across)] as number;
    cell.ink = ink;
  }

  function cellOf(place: Place): { column: number; row: number } {
    const [x, y] = dotOf(place).map(Math.round) as [number, number];
    return { column: Math.floor(x / across), row: Math.floor(y / down) };
  }

  return {
    cellOf,
    line(from, to, ink) {
      const [start, end] = [dotOf(from), dotOf(to)];
      const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
      for (let step = 0; step <= steps; step++) {
        dot(Math.round(start[0] + (dx * step) / steps), Math.round(start[1] + (dy * step) / steps), ink);
      }
    },
    dashes(up) {
      const y = Math.round(dotOf([0, up])[1]);
      for (let column = 0; column < columns; column += 2) {
        if (style.ascii) Object.assign(cellAt(column, y), { stamp: '-', ink: 'dim' });
        else for (let x = 0; x < across; x++) dot(column * across + x, y, 'dim');
      }
    },
    stamp(place, character, ink) {
      const { column, row } = cellOf(place);
      Object.assign((cells[row] as Cell[])[column] as Cell, { stamp: character, ink });
    },
    row(index) {
      const row = cells[index] as Cell[];
      let painted = '';
      for (let start = 0, end = 0; start < columns; start = end) {
        const { ink } = row[start] as Cell;
        while (end < columns && row[end]?.ink === ink) end++;
        const text = row.slice(start, end).map(({ mask, stamp }) => stamp || show(mask));
        painted += style.paint(text.join(''), ink);
      }
      return painted;
    },
  };
}
