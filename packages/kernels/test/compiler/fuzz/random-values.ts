import { Rng } from '@elman/core';
import type { Arguments, Comparison, OpName } from './ops.ts';
import type { Kind, Leaf, Line } from './program.ts';

/** A value of a step and bounds of its numbers, which keep steps well conditioned: no exp of 50, no 1/x near 0. */
export type Value = Kind & { readonly name: string; readonly low: number; readonly high: number };

export type Interval = readonly [low: number, high: number];
const WIDTHS = [1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20];
export const LARGEST = 12;
export const COMPARISONS: readonly Comparison[] = ['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'notEqual'];

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);
export const isSame = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
export const rounded = (value: number): number => Math.round(100 * value) / 100;

/** What two values broadcast to; undefined if they don't, or rows would be mixed. */
export function broadcast(a: Kind, b: Kind): Kind | undefined {
  const whole = ({ perRow, shape }: Kind): (number | 'batch')[] => [...(perRow ? ['batch' as const] : []), ...shape];
  const [p, q] = [whole(a), whole(b)];
  const rank = Math.max(p.length, q.length);
  const made: (number | 'batch')[] = [];
  for (let i = 1; i <= rank; i++) {
    const [x, y] = [p.at(-i) ?? 1, q.at(-i) ?? 1];
    if (p.length < i || q.length < i || x === y || x === 1 || y === 1) made.unshift(x === 1 ? y : x);
    else return undefined;
  }
  const perRow = a.perRow || b.perRow;
  if (perRow && (made[0] !== 'batch' || made.indexOf('batch', 1) > 0)) return undefined;
  return { perRow, shape: made.slice(perRow ? 1 : 0) as number[] };
}

/** Whether values of more than two axes are of one shape, or single numbers: all that is compiled today. */
export const isPlain = (made: Kind, ...from: readonly Kind[]): boolean =>
  !made.perRow ||
  made.shape.length === 1 ||
  from.every(({ perRow, shape }) =>
    perRow ? isSame(shape, made.shape) || sizeOf(shape) === 1 : sizeOf(shape) === 1 || isSame(shape, made.shape),
  );

/** Random choices, and the lines of a step while it is made. */
export class RandomValues {
  protected readonly seed: number;
  protected readonly rng: Rng;
  protected readonly isRare: boolean;
  protected readonly widths: readonly number[];
  protected readonly pool: Value[] = [];
  protected readonly used = new Set<string>();
  protected readonly params: Leaf[] = [];
  protected readonly context: Leaf[] = [];
  protected readonly captured: Leaf[] = [];
  protected readonly lines: Line[] = [];
  protected readonly kinds: { [name: string]: Kind } = {};

  constructor(seed: number, rare: number) {
    this.seed = seed;
    this.rng = Rng.seeded(`fuzz ${seed}`);
    this.isRare = this.chance(rare);
    const count = 1 + this.below(3);
    this.widths = Array.from({ length: count }, () => this.of(WIDTHS));
  }

  protected chance(p: number): boolean {
    return this.rng.uniform() < p;
  }

  protected below(n: number): number {
    return this.rng.integer(n);
  }

  protected of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  protected width(): number {
    return this.of(this.widths);
  }

  /** A value, preferably a recent one, or one that is not used yet. */
  protected pick(is: (of: Value) => boolean): Value | undefined {
    const fitting = this.pool.filter(is);
    const fresh = fitting.filter(({ name }) => !this.used.has(name));
    const from = fresh.length > 0 && this.chance(0.5) ? fresh : fitting;
    return from[Math.floor(from.length * Math.sqrt(this.rng.uniform()))];
  }

  protected row(): Value | undefined {
    return this.pick((of) => of.perRow && of.shape.length === 1);
  }

  protected add(value: Value): Value {
    this.pool.push(value);
    this.kinds[value.name] = { perRow: value.perRow, shape: value.shape };
    return value;
  }

  protected several(
    op: OpName,
    from: readonly Value[],
    args: Arguments,
    kinds: readonly Kind[],
    [low, high]: Interval,
  ): Value[] {
    const at = this.lines.length;
    const to = kinds.map((_, i) => (kinds.length === 1 ? `v${at}` : `v${at}_${i}`));
    for (const { name } of from) this.used.add(name);
    this.lines.push({ to, op, from: from.map(({ name }) => name), args });
    return kinds.map((kind, i) =>
      this.add({ name: to[i] as string, perRow: kind.perRow, shape: kind.shape, low, high }),
    );
  }

  protected line(op: OpName, from: readonly Value[], args: Arguments, kind: Kind, interval: Interval): Value {
    return this.several(op, from, args, [kind], interval)[0] as Value;
  }

  protected param(shape: readonly number[], low: number, high: number): Value {
    const isCaptured = this.chance(0.06);
    const list = isCaptured ? this.captured : this.params;
    const leaf: Leaf = { name: `${isCaptured ? 'k' : 'p'}${list.length}`, perRow: false, shape, low, high };
    list.push(leaf);
    return this.add(leaf);
  }

  /** A row of parameters of this width, in one of the shapes that broadcast. */
  protected vector(width: number, low = -1, high = 1): Value {
    const known = this.pool.filter(
      (of) => !of.perRow && of.shape.length === 1 && of.shape[0] === width && of.low >= low && of.high <= high,
    );
    if (known.length > 0 && this.chance(0.3)) return this.of(known);
    return this.param(this.of([[width], [width], [width], [1, width], [1], []]), low, high);
  }
}
