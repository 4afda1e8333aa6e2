/** log(exp a + exp b). */
export function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log(1 + Math.exp(Math.min(a, b) - high));
}

/** log(exp a + exp b + exp c). */
export function logAdd3(a: number, b: number, c: number): number {
  if (c === Number.NEGATIVE_INFINITY) return logAdd(a, b);
  const larger = Math.max(a, b);
  const high = Math.max(larger, c);
  return high + Math.log(1 + Math.exp(Math.min(a, b) - high) + Math.exp(Math.min(larger, c) - high));
}

/** log Σ exp of `size` numbers from `start`. NaN if one is NaN or +∞, or all are −∞. */
export function logSumExp(values: ArrayLike<number>, start: number, size: number): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let i = start; i < start + size; i++) if ((values[i] as number) > high) high = values[i] as number;
  let sum = 0;
  for (let i = start; i < start + size; i++) sum += Math.exp((values[i] as number) - high);
  return high + Math.log(sum);
}
