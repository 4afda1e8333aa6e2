import type { NumberFormat } from './types.ts';

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/**
 * Formats the numbers of one axis in the fewest characters: `0.25`, `1e-5`, `25%`; in thousands from 1k on if the
 * largest has five digits to fifteen before the point.
 */
export function numberFormat(values: readonly number[], format: NumberFormat = 'number'): (value: number) => string {
  if (format === 'percent') return (value) => `${short(100 * value)}%`;
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const isLarge = most >= 1e4 && most < 1e15;
  return (value) => {
    const size = Math.abs(value);
    const unit = isLarge ? UNITS.find(([least]) => size >= least) : undefined;
    return unit === undefined ? short(value) : `${short(value / unit[0])}${unit[1]}`;
  };
}

/** The ends of a range, where an end that is negligible against the other is 0. */
export function rangeFormat([from, to]: readonly [number, number], format?: NumberFormat): (value: number) => string {
  const least = 1e-4 * Math.max(Math.abs(from), Math.abs(to));
  const write = numberFormat([from, to], format);
  return (value) => write(Math.abs(value) < least ? 0 : value);
}

/** Four digits, without trailing zeros; very small and very large with an exponent. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  if (rounded === 0) return '0';
  if (size >= 1e-3 && size < 1e6) return String(rounded);
  return rounded.toExponential().replace('e+', 'e');
}
