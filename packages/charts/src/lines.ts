import { oneLine } from './one-line.ts';
import type { Scale } from './scale.ts';
import type { Axis, LineChart, Mark, Point, Series } from './types.ts';

/** A position in the plot: [0, 0] is the lower left corner, [1, 1] the upper right one. */
export type Place = readonly [across: number, up: number];

/** A series as drawn: polylines; a point without neighbours is a line of one. */
export type Drawn = {
  readonly name: string;
  readonly lines: readonly (readonly Place[])[];
  readonly last: Place | undefined;
};

/** The drawn lines of each series: broken at gaps, clipped at the edges of the plot. */
export function drawnLines({ series }: Pick<LineChart, 'series'>, x: Scale, y: Scale): Drawn[] {
  return series.map(({ name, points }) => {
    const lines = unbroken(points)
      .map((line) => line.map(([px, py]): Place => [x.at(px), y.at(py)]))
      .flatMap(cutOff);
    return { name, lines, last: lines.at(-1)?.at(-1) };
  });
}

/** The name of a series in the chart, with a note if there is nothing to draw. */
export function labelOf({ name, points }: Series): string {
  return oneLine(points.some(([, y]) => y !== null) ? name : `${name}: not finite`);
}

/** The marks that the axis reaches. */
export function marksOn({ from, to }: Axis, marks: readonly Mark[] = []): readonly Mark[] {
  return marks.filter(({ value }) => value >= (from ?? value) && value <= (to ?? value));
}

/** All values that the axes must contain. */
export function valuesOf({ series, marks = [], bands = [] }: LineChart): { x: number[]; y: number[] } {
  const points = series.flatMap(({ points }) => points);
  return {
    x: [...points.map(([x]) => x), ...bands.flatMap(({ from, to }) => [from, to])],
    y: [...points.flatMap(([, y]) => (y === null ? [] : [y])), ...marks.map(({ value }) => value)],
  };
}

function unbroken(points: readonly Point[]): (readonly [number, number])[][] {
  const lines: (readonly [number, number])[][] = [[]];
  for (const [x, y] of points) {
    if (y === null) lines.push([]);
    else lines.at(-1)?.push([x, y]);
  }
  return lines.filter((line) => line.length > 0);
}

/** The parts of a line in the plot, clipped at its edges. */
function cutOff(line: readonly Place[]): Place[][] {
  const [first] = line as [Place];
  const parts: Place[][] = isInside(first) ? [[first]] : [];
  for (let i = 1; i < line.length; i++) {
    const [start, end] = [line[i - 1], line[i]] as [Place, Place];
    const [enter, leave] = insidePart(start, end);
    if (enter > leave) continue;
    if (enter > 0 || !isInside(start)) parts.push([between(start, end, enter)]);
    if (leave > enter) parts.at(-1)?.push(between(start, end, leave));
  }
  return parts;
}

/** The interval of a segment in the plot, as fractions of its length (Liang and Barsky); [1, 0] if empty. */
function insidePart(start: Place, end: Place): readonly [number, number] {
  let [enter, leave] = [0, 1];
  for (const axis of [0, 1] as const) {
    const delta = end[axis] - start[axis];
    for (const [toEdge, direction] of [
      [start[axis] - LOW, -delta],
      [HIGH - start[axis], delta],
    ] as const) {
      if (direction === 0 && toEdge < 0) return [1, 0];
      if (direction < 0) enter = Math.max(enter, toEdge / direction);
      if (direction > 0) leave = Math.min(leave, toEdge / direction);
    }
  }
  return [enter, leave];
}

/** Keeps rounding from moving a point at an edge outside. */
const [LOW, HIGH] = [-1e-9, 1 + 1e-9];
const isInside = (place: Place): boolean => place.every((part) => part >= LOW && part <= HIGH);

function between(start: Place, end: Place, part: number): Place {
  if (part === 0) return start;
  if (part === 1) return end;
  return [start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])];
}
