import type { ClassBounds } from './class-cross-entropy.ts';

/** Rows sorted by the class of their target, without those of weight 0: n of them. */
export type RowsOfClasses = {
  /** [classes + 1]: the rows of class c are starts[c] to before starts[c + 1]. */
  readonly starts: Int32Array;
  /** [n]: which row each is. */
  readonly order: Int32Array;
  /** [rows]: at which place in that order each row is, n for one that is left out. */
  readonly back: Int32Array;
  /** [n]: the target, from the first word of its class on. */
  readonly local: Int32Array;
  /** [n] */
  readonly weights: Float32Array;
};

/** Sorts rows by the class of their target. Weights are one number, or one for each row. */
export function rowsOfClasses(
  { bounds, classOf }: ClassBounds,
  places: Int32Array,
  weights: Float32Array,
): RowsOfClasses {
  const weightOf = (row: number): number => weights[weights.length === 1 ? 0 : row] as number;
  const starts = new Int32Array(bounds.length);
  const classes = new Int32Array(places.length).fill(-1);
  for (let row = 0; row < places.length; row++) {
    const of = classOf[places[row] as number];
    if (of === undefined || weightOf(row) === 0) continue;
    classes[row] = of;
    starts[of + 1] = (starts[of + 1] as number) + 1;
  }
  for (let c = 1; c < starts.length; c++) starts[c] = (starts[c] as number) + (starts[c - 1] as number);
  const n = starts.at(-1) as number;
  const order = new Int32Array(n);
  const back = new Int32Array(places.length).fill(n);
  const local = new Int32Array(n);
  const sorted = new Float32Array(n);
  const next = starts.slice();
  for (let row = 0; row < places.length; row++) {
    const of = classes[row] as number;
    if (of < 0) continue;
    const at = next[of] as number;
    next[of] = at + 1;
    order[at] = row;
    back[row] = at;
    local[at] = (places[row] as number) - (bounds[of] as number);
    sorted[at] = weightOf(row);
  }
  return { starts, order, back, local, weights: sorted };
}
