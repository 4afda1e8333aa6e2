/** log(exp a + exp b). */
export function logAdd(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}

/** log(exp a + exp b + exp c). */
export function logAdd3(a: number, b: number, c: number): number {
  let high = Math.max(a, b);
  if (c > high) high = c;
  if (high === Number.NEGATIVE_INFINITY) return high;
  return high + Math.log(Math.exp(a - high) + Math.exp(b - high) + Math.exp(c - high));
}

/** log Σ exp of `size` numbers from `start`. NaN if one is NaN or +∞, or all are −∞. */
export function logSumExp(values: ArrayLike<number>, start: number, size: number): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + size; i++) if ((values[i] as number) > high) high = values[i] as number;
  let sum = 0;
  for (let i = start; i < start + size; i++) sum += Math.exp((values[i] as number) - high);
  return high + Math.log(sum);
}
