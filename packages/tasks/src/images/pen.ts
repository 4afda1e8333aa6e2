import type { Stroke } from './glyphs.ts';

export type Point = readonly [x: number, y: number];

/** The points of a stroke; of a curve, those of a Catmull–Rom spline through them. */
export function through({ points, isCurve }: Stroke): readonly Point[] {
  if (!isCurve) return points;
  const at = (i: number): Point => points[Math.min(points.length - 1, Math.max(0, i))] as Point;
  const first = points[0] as Point;
  return points.slice(1).reduce<Point[]>(
    (line, _, i) => {
      const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
      for (let piece = 1; piece <= PIECES; piece++) {
        const t = piece / PIECES;
        const along = (axis: 0 | 1): number => spline(a[axis], b[axis], c[axis], d[axis], t);
        line.push([along(0), along(1)]);
      }
      return line;
    },
    [first],
  );
}

/** Straight pieces between two points of a curve. */
const PIECES = 6;

/** From b at t = 0 to c at t = 1, with the tangents a → c and b → d. */
function spline(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Whitens the pixels that a pen of this radius covers from one point to another. */
export function ink(image: Float64Array, side: number, [x, y]: Point, [x2, y2]: Point, radius: number): void {
  const [dx, dy] = [x2 - x, y2 - y];
  const square = dx * dx + dy * dy;
  const bounds = (a: number, b: number): [number, number] => [
    Math.max(0, Math.floor(Math.min(a, b) - radius - 1)),
    Math.min(side - 1, Math.ceil(Math.max(a, b) + radius + 1)),
  ];
  const [top, bottom] = bounds(y, y2);
  const [left, right] = bounds(x, x2);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [px, py] = [column + 0.5 - x, row + 0.5 - y];
      const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
      const [offX, offY] = [px - along * dx, py - along * dy];
      const covered = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(offX * offX + offY * offY)));
      const at = row * side + column;
      if (covered > (image[at] as number)) image[at] = covered;
    }
  }
}
