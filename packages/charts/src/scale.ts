import { extent, nice, ticks as roundTicks } from 'd3-array';
import { numberFormat } from './numbers.ts';
import type { Axis } from './types.ts';

/** A tick of an axis. */
export type Tick = { readonly value: number; readonly label: string };

/** Maps the numbers of an axis to positions: 0 is its start, 1 its end. */
export type Scale = {
  readonly domain: readonly [from: number, to: number];
  readonly ticks: readonly Tick[];
  at(value: number): number;
  /** The number at a position: `invert(at(value))` is `value`. */
  invert(place: number): number;
};

/** Layout options of an axis. */
export type ScaleOptions = {
  /** The maximum number of ticks. */
  readonly room: number;
  /** Extends the axis to round numbers. */
  readonly rounded: boolean;
};

/** Makes the scale of these values, at least one. */
export function scaleOf(axis: Axis, values: readonly number[], { room, rounded }: ScaleOptions): Scale {
  const { log = false, from, to, format } = axis;
  const [low, high] = ends(axis, values, rounded);
  const [start, end] = !rounded ? [low, high] : log ? roundLog(low, high) : nice(low, high, room);
  const domain = [from ?? start, to ?? end] as const;
  const [a, b] = log ? [Math.log(domain[0]), Math.log(domain[1])] : domain;
  const chosen = axis.ticks ?? (log ? logTicks(domain, room) : roundTicks(domain[0], domain[1], room));
  const inside = chosen.filter((value) => value >= domain[0] && value <= domain[1]);
  const write = numberFormat(inside, format);
  return {
    domain,
    ticks: inside.map((value) => ({ value, label: write(value) })),
    at: (value) => ((log ? Math.log(value) : value) - a) / (b - a),
    invert: (place) => (log ? Math.exp(a + place * (b - a)) : a + place * (b - a)),
  };
}

/** The least and the largest number of the axis, never the same. */
function ends({ log = false, from, to, format }: Axis, values: readonly number[], rounded: boolean): [number, number] {
  const all = [...values, from, to].filter((value) => value !== undefined);
  const [least, most] = extent(all) as [number, number];
  let [low, high] = [from ?? least, to ?? most];
  const isShare = format === 'percent' && !log && low >= 0 && high <= 1 && (from ?? 0) < (to ?? 1);
  if (isShare) [low, high] = [0, 1];
  else if (low === high && log) [low, high] = [low / 2, high * 2];
  else if (low === high) [low, high] = [low - (Math.abs(low) / 2 || 1), high + (Math.abs(high) / 2 || 1)];
  else if (rounded && !log && low > 0 && low < high / 2) low = 0;
  return [from ?? low, to ?? high];
}

const STEPS = [1, 2, 5, 10] as const;

/** The nearest 1, 2 or 5 times a power of ten, outwards. */
function roundLog(low: number, high: number): [number, number] {
  const [under, over] = [powerBelow(low), powerBelow(high)];
  const start = STEPS.findLast((step) => times(step, under) <= low * (1 + 1e-9)) ?? 1;
  const end = STEPS.find((step) => times(step, over) >= high * (1 - 1e-9)) ?? 10;
  return [times(start, under), times(end, over)];
}

/** Powers of ten, as many as fit; over less than two decades also 2 and 5 times them. */
function logTicks([low, high]: readonly [number, number], room: number): number[] {
  const powers = range(powerBelow(low), powerBelow(high));
  const inside = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const tens = powers.map((power) => times(1, power)).filter(inside);
  if (tens.length >= 3) {
    const stride = Math.ceil(tens.length / room);
    return tens.filter((_, i) => i % stride === 0);
  }
  const steps = powers.flatMap((power) => [1, 2, 5].map((step) => times(step, power))).filter(inside);
  return steps.length >= 3 ? steps : roundTicks(low, high, room);
}

const powerBelow = (value: number): number => Math.floor(Math.log10(value) + 1e-9);
const times = (step: number, power: number): number => Number(`${step}e${power}`);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
