/** Summary statistics of the times of steps. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Median, minimum and maximum. Throws for no numbers. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('summarize: expected one number or more, got none.');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number): number => sorted[i] as number;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { count: sorted.length, median, least: at(0), most: at(sorted.length - 1) };
}

/**
 * The exponent k of the power law y = a·xᵏ through points, by least squares of log y on log x. 1 is linear growth.
 * Needs two or more points with different x, all above 0.
 */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (i: 0 | 1): number => logs.reduce((sum, point) => sum + point[i], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let above = 0;
  let below = 0;
  for (const [x, y] of logs) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  if (!(below > 0)) throw new RangeError('exponent: expected points at two or more different x.');
  return above / below;
}
