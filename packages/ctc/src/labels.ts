/**
 * Labels with blanks around each: the states of an alignment.
 *
 *   extendLabels([a, b, b], ∅)   // ∅ a ∅ b ∅ b ∅
 */
export function extendLabels(labels: ArrayLike<number>, blank: number): Int32Array {
  const extended = new Int32Array(2 * labels.length + 1).fill(blank);
  for (let i = 0; i < labels.length; i++) extended[2 * i + 1] = labels[i] as number;
  return extended;
}

/**
 * The labels of a path: repeats merged, blanks removed.
 *
 *   collapsePath([a, a, ∅, b, ∅, b], ∅)   // a b b
 */
export function collapsePath(path: ArrayLike<number>, blank: number): number[] {
  return spansOf(path, blank).map(({ label }) => label);
}

/** The least number of frames for these labels: one for each, and one for the blank between two equal neighbours. */
export function framesNeeded(labels: ArrayLike<number>): number {
  let needed = labels.length;
  for (let i = 1; i < labels.length; i++) if (labels[i] === labels[i - 1]) needed++;
  return needed;
}

/** A label and its frames, from `start` to before `end`. */
export interface CtcSpan {
  readonly label: number;
  readonly start: number;
  readonly end: number;
}

/** The labels of a path with their frames. `frames` are the indices of its steps; by default 0, 1, 2, … */
export function spansOf(path: ArrayLike<number>, blank: number, frames?: ArrayLike<number>): CtcSpan[] {
  const spans: CtcSpan[] = [];
  const frame = (step: number): number => frames?.[step] ?? step;
  for (let step = 0, next = 0; step < path.length; step = next) {
    const label = path[step] as number;
    for (next = step + 1; next < path.length && path[next] === label; ) next++;
    if (label !== blank) spans.push({ label, start: frame(step), end: frame(next - 1) + 1 });
  }
  return spans;
}
