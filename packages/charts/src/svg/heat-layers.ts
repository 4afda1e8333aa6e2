import { type Grid, shareOf } from '../pool.ts';
import type { Size, Spec } from './frame.ts';

/** Names of rows or columns: `every` second, third … name is drawn, possibly rotated. */
export type Names = { readonly names: readonly string[]; readonly isTurned: boolean; readonly every: number };

type Plot = Size & { readonly rows: Names; readonly columns: Names };

/** A rectangle in rows and columns, and its position on the colour scale from 0 to 1. */
type Cell = {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly share: number;
};

/** Cells of at least this many pixels have gaps between them. */
const LINED = 10;

/** Smaller ones overlap by this many pixels to hide antialiasing seams. */
const OVERLAP = 1;

/** Indistinguishable positions are made equal, so that cells can be merged. */
const SHADES = 255;

/** The values of a heat map as rectangles; small neighbours of one colour are merged. */
export function cellLayer(values: Grid, range: readonly [number, number], plot: Plot): Spec {
  const { width, height, rows, columns } = plot;
  const [perX, perY] = [columns.names.length / width, rows.names.length / height];
  const isLined = Math.max(perX, perY) <= 1 / LINED;
  const [moreX, moreY] = isLined ? [0, 0] : [OVERLAP * perX, OVERLAP * perY];
  const cells: Cell[] = [];
  for (const [y, row] of values.entries()) {
    let last: Cell | undefined;
    for (const [x, value] of row.entries()) {
      const share = value === null ? undefined : Math.round(shareOf(value, range) * SHADES) / SHADES;
      if (last?.share === share && !isLined) cells.pop();
      const start = last?.share === share && !isLined ? (last?.x ?? x) : x;
      last = share === undefined ? undefined : { x: start, x2: x + 1 + moreX, y, y2: y + 1 + moreY, share };
      if (last !== undefined) cells.push(last);
    }
  }
  const mark = { type: 'rect', ...(isLined ? { stroke: '#ffffff', strokeWidth: 1 } : {}) };
  return { data: { values: cells }, mark, encoding: encodingOf(plot) };
}

/** The scale of colours from its start to its end, as rectangles at pixels of the plot. */
export function keyLayer(at: { readonly x: number; readonly y: number; readonly width: number }, plot: Plot): Spec {
  const [perX, perY] = [plot.columns.names.length / plot.width, plot.rows.names.length / plot.height];
  const steps = 60;
  const values = Array.from({ length: steps }, (_, i): Cell => {
    const x = at.x + (i * at.width) / steps;
    const x2 = at.x + ((i + 1.25) * at.width) / steps;
    return { x: x * perX, x2: x2 * perX, y: (at.y - 6) * perY, y2: (at.y + 6) * perY, share: i / (steps - 1) };
  });
  return { data: { values }, mark: { type: 'rect' }, encoding: encodingOf(plot) };
}

function encodingOf({ rows, columns }: Plot): Spec {
  return {
    x: { ...axis('x', columns), axis: named(columns, { orient: 'top' }) },
    x2: { field: 'x2' },
    y: { ...axis('y', rows, 'descending'), axis: named(rows, { orient: 'left' }) },
    y2: { field: 'y2' },
    color: {
      ...{ field: 'share', type: 'quantitative', legend: null },
      scale: { scheme: 'viridis', domain: [0, 1], clamp: true },
    },
  };
}

function axis(field: 'x' | 'y', { names }: Names, sort: 'ascending' | 'descending' = 'ascending'): Spec {
  return { field, type: 'quantitative', sort, scale: { domain: [0, names.length], nice: false, zero: false } };
}

/** Names are centred on their rows or columns. */
function named({ names, isTurned, every }: Names, style: Spec): Spec {
  const values = names.flatMap((_, i) => (i % every === 0 ? [i + 0.5] : []));
  const turned: Spec = isTurned ? { labelAngle: -90, labelAlign: 'left' } : {};
  const labelExpr = `(${JSON.stringify(names)})[floor(datum.value)]`;
  return { title: null, domain: false, ticks: false, grid: false, values, labelExpr, ...turned, ...style };
}
