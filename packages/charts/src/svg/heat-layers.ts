import { type Grid, shareOf } from '../pool.ts';
import type { Size, Spec } from './frame.ts';

/** What rows or columns are called: `every` second, third … name is written, maybe turned. */
export type Names = { readonly names: readonly string[]; readonly isTurned: boolean; readonly every: number };

type Plot = Size & { readonly rows: Names; readonly columns: Names };

/** A rectangle in rows and columns, and which share of the scale of colours it has. */
type Cell = {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly share: number;
};

/** Cells of so many pixels have lines between them. */
const LINED = 10;

/** Smaller ones overlap by so many pixels, or what is behind would shine through. */
const OVERLAP = 1;

/** Shares that no eye tells apart are the same, so that cells can be joined. */
const SHADES = 255;

/** The values of a heat map as rectangles; small ones of one colour side by side are joined. */
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

/** Names stand at the middles of their rows or columns. */
function named({ names, isTurned, every }: Names, style: Spec): Spec {
  const values = names.flatMap((_, i) => (i % every === 0 ? [i + 0.5] : []));
  const turned: Spec = isTurned ? { labelAngle: -90, labelAlign: 'left' } : {};
  const labelExpr = `(${JSON.stringify(names)})[floor(datum.value)]`;
  return { title: null, domain: false, ticks: false, grid: false, values, labelExpr, ...turned, ...style };
}
