/** A line from point to point on a grid 4 wide and 6 high, y downwards; a curve goes through its points smoothly. */
export interface Stroke {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isCurve: boolean;
}

export const GRID = { width: 4, height: 6 } as const;

type Points = Stroke['points'];

const line = (...points: Points): Stroke => ({ points, isCurve: false });
const curve = (...points: Points): Stroke => ({ points, isCurve: true });

/** A nine is a six upside down. */
const hook: Points = [
  [3.4, 0.3],
  [1.9, 0.4],
  [0.7, 1.8],
  [0.1, 3.8],
  [0.6, 5.4],
  [2, 6],
  [3.4, 5.4],
  [3.8, 4.2],
  [3.1, 3],
  [1.8, 2.8],
  [0.5, 3.6],
];

/** The strokes of 0 to 9. */
export const glyphs: readonly (readonly Stroke[])[] = [
  [curve([2, 0], [3.5, 1], [4, 3], [3.5, 5], [2, 6], [0.5, 5], [0, 3], [0.5, 1], [2, 0])],
  [line([0.9, 1.5], [2.3, 0], [2.3, 6])],
  [curve([0.2, 1.4], [0.9, 0.3], [2.2, 0], [3.5, 0.6], [3.6, 1.9], [2.6, 3.5], [1, 5.1], [0, 6]), line([0, 6], [4, 6])],
  [
    curve([0.3, 0.8], [1.5, 0], [3, 0.2], [3.6, 1.4], [2.9, 2.5], [1.5, 2.9]),
    curve([1.5, 2.9], [3.2, 3.2], [4, 4.4], [3.3, 5.6], [1.6, 6], [0, 5.2]),
  ],
  [line([4, 4.2], [0, 4.2], [3, 0], [3, 6])],
  [
    line([3.7, 0], [0.8, 0], [0.4, 2.7]),
    curve([0.4, 2.7], [1.8, 2.2], [3.4, 2.7], [4, 4.1], [3.2, 5.6], [1.6, 6], [0, 5.3]),
  ],
  [curve(...hook)],
  [line([0, 0], [4, 0], [1.4, 6])],
  [
    curve([2, 2.8], [0.6, 1.9], [0.7, 0.6], [2, 0], [3.3, 0.6], [3.4, 1.9], [2, 2.8]),
    curve([2, 2.8], [0.4, 4], [0.5, 5.4], [2, 6], [3.5, 5.4], [3.6, 4], [2, 2.8]),
  ],
  [curve(...hook.map(([x, y]) => [GRID.width - x, GRID.height - y] as const))],
];
