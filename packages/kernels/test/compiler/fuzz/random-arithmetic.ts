import type { Arguments, OpName } from './ops.ts';
import type { Kind } from './program.ts';
import {
  broadcast,
  COMPARISONS,
  type Interval,
  isPlain,
  isSame,
  LARGEST,
  RandomValues,
  rounded,
  type Value,
} from './random-values.ts';

/** Random lines: ops of single numbers, products, what is made of parameters alone, constants. */
export class RandomArithmetic extends RandomValues {
  protected unary(x: Value | undefined): Value | undefined {
    if (x === undefined) return undefined;
    const { low, high } = x;
    const far = Math.max(Math.abs(low), Math.abs(high));
    const near = low > 0 ? low : high < 0 ? -high : 0;
    const bounds = (f: (value: number) => number): Interval => [f(low), f(high)];
    const scale = rounded(this.rng.uniform(0.3, 1.5));
    const all: (readonly [OpName, boolean, Interval, Arguments?])[] = [
      ['tanh', true, bounds(Math.tanh)],
      ['tanh', true, bounds(Math.tanh)],
      ['sigmoid', true, bounds((v) => 1 / (1 + Math.exp(-v)))],
      ['sigmoid', true, bounds((v) => 1 / (1 + Math.exp(-v)))],
      ['relu', true, bounds((v) => Math.max(v, 0))],
      ['relu6', true, bounds((v) => Math.min(Math.max(v, 0), 6))],
      ['elu', true, bounds((v) => (v > 0 ? v : Math.expm1(v)))],
      ['leakyRelu', true, bounds((v) => (v > 0 ? v : 0.2 * v))],
      ['leakyRelu', true, bounds((v) => (v > 0 ? v : 0.1 * v)), [0.1]],
      ['softplus', true, bounds((v) => Math.log1p(Math.exp(v)))],
      ['square', far < 3.3, [near * near, far * far]],
      ['abs', true, [near, far]],
      ['neg', true, [-high, -low]],
      ['exp', high < 2.2, bounds(Math.exp)],
      ['expm1', high < 2.2, bounds(Math.expm1)],
      ['log', low > 0.1, bounds(Math.log)],
      ['log1p', low > -0.7, bounds(Math.log1p)],
      ['sqrt', low > 0.05, bounds(Math.sqrt)],
      ['rsqrt', low > 0.05, [1 / Math.sqrt(high), 1 / Math.sqrt(low)]],
      ['reciprocal', near > 0.2, [1 / high, 1 / low]],
      ['sign', this.chance(0.4), [-1, 1]],
      ['step', this.chance(0.4), [0, 1], this.chance(0.5) ? [] : [0.3]],
      ['clipByValue', true, [-0.5, scale], [-0.5, scale]],
    ];
    const able = all.filter(([, is]) => is);
    // Where more ops are allowed than of any number, those.
    const special = able.filter(([op]) => ['log', 'sqrt', 'rsqrt', 'reciprocal', 'exp'].includes(op));
    const [op, , interval, args = []] = this.of(special.length > 0 && this.chance(0.35) ? special : able);
    return this.line(op, [x], args, x, interval);
  }

  protected binary(): Value | undefined {
    const a = this.pick(() => true) as Value;
    if (this.chance(0.2)) return this.withNumber(a);
    const b = this.partner(a);
    if (b === undefined) return undefined;
    return this.chance(0.5) ? this.pair(a, b) : this.pair(b, a);
  }

  /** Another value that broadcasts with this one; or a new row of parameters. */
  protected partner(a: Value): Value | undefined {
    const fits = (of: Value): boolean => {
      const made = broadcast(a, of);
      return made !== undefined && (this.isRare || isPlain(made, a, of)) && (a.perRow || of.perRow || this.chance(0.3));
    };
    if (a.perRow && a.shape.length === 1 && this.chance(0.3)) return this.vector(a.shape[0] as number);
    return this.pick((of) => of !== a && fits(of)) ?? (this.chance(0.3) ? a : undefined);
  }

  protected pair(a: Value, b: Value): Value | undefined {
    const kind = broadcast(a, b) as Kind;
    const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
    const near = b.low > 0 ? b.low : b.high < 0 ? -b.high : 0;
    const far = Math.max(Math.abs(a.low), Math.abs(a.high));
    const apart = Math.max(Math.abs(a.high - b.low), Math.abs(b.high - a.low));
    const all: (readonly [OpName, boolean, Interval])[] = [
      ['add', true, [a.low + b.low, a.high + b.high]],
      ['add', true, [a.low + b.low, a.high + b.high]],
      ['sub', true, [a.low - b.high, a.high - b.low]],
      ['mul', true, [Math.min(...corners), Math.max(...corners)]],
      ['mul', true, [Math.min(...corners), Math.max(...corners)]],
      ['div', near > 0.25, [-far / near, far / near]],
      ['maximum', true, [Math.max(a.low, b.low), Math.max(a.high, b.high)]],
      ['minimum', true, [Math.min(a.low, b.low), Math.min(a.high, b.high)]],
      ['squaredDifference', apart < 3.3, [0, apart * apart]],
    ];
    const isBounded = ([low, high]: Interval): boolean => Math.max(Math.abs(low), Math.abs(high)) <= LARGEST;
    const [op, , interval] = this.of(
      all
        .filter(([, is, range]) => is && isBounded(range))
        .concat([['minimum', true, [Math.min(a.low, b.low), Math.min(a.high, b.high)]]]),
    );
    return this.line(op, [a, b], [], kind, interval);
  }

  protected withNumber(a: Value): Value {
    const number = this.of([0.5, 2, -1, 1, 0, 0.25, -0.7, 1.5, 0.3]);
    const scalar = this.line('scalar', [], [number], { perRow: false, shape: [] }, [number, number]);
    const sides = this.chance(0.5) ? ([a, scalar] as const) : ([scalar, a] as const);
    return this.pair(...sides) as Value;
  }

  protected product(x: Value | undefined): Value | undefined {
    if (x === undefined || x.shape.length !== 1 || !x.perRow) return undefined;
    const [depth] = x.shape as [number];
    const isTransposed = this.chance(0.25);
    const known = this.pick(
      ({ perRow, shape }) => !perRow && shape.length === 2 && shape[isTransposed ? 1 : 0] === depth,
    );
    return this.times(x, this.chance(0.3) ? known : undefined, this.width(), isTransposed);
  }

  protected times(x: Value, known: Value | undefined, columns: number, isTransposed = false): Value {
    const [depth] = x.shape as [number];
    const scale = rounded(1.4 / Math.sqrt(depth) + 0.05);
    const w = known ?? this.param(isTransposed ? [columns, depth] : [depth, columns], -scale, scale);
    const width = w.shape[isTransposed ? 0 : 1] as number;
    const [p, q] = [x, w].map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))) as [number, number];
    const far = p * q * depth;
    const made = this.line(
      'matMul',
      [x, w],
      isTransposed ? [false, true] : [],
      { perRow: true, shape: [width] },
      // The largest possible sum is hardly ever reached.
      [-Math.max(p * q, 0.6 * far), Math.max(p * q, 0.6 * far)],
    );
    return Math.abs(made.high) > LARGEST ? this.line('tanh', [made], [], made, [-1, 1]) : made;
  }

  /** Something of parameters alone. */
  protected ofParameters(): Value | undefined {
    const a =
      this.pick(({ perRow, shape }) => !perRow && shape.length === 2) ??
      this.param([this.width(), this.width()], -0.6, 0.6);
    const [rows, columns] = a.shape as [number, number];
    const kind = (shape: readonly number[]): Kind => ({ perRow: false, shape });
    const bounds: Interval = [a.low, a.high];
    switch (this.below(7)) {
      case 0:
        return this.line('transpose', [a], [], kind([columns, rows]), bounds);
      case 1: {
        const count = this.width();
        const scale = rounded(1 / Math.sqrt(columns));
        const b = this.param([columns, count], -scale, scale);
        const far = scale * columns * Math.max(-a.low, a.high);
        const made = this.line('matMul', [a, b], [], kind([rows, count]), [-far, far]);
        return far > LARGEST ? this.line('tanh', [made], [], made, [-1, 1]) : made;
      }
      case 2:
        return this.line(this.of(['softmax', 'tanh', 'sigmoid']), [a], [], a, [-1, 1]);
      case 3: {
        const from = this.below(columns);
        const size = 1 + this.below(columns - from);
        return this.line(
          'slice',
          [a],
          [
            [0, from],
            [rows, size],
          ],
          kind([rows, size]),
          bounds,
        );
      }
      case 4: {
        const other = this.pick(({ perRow, shape }) => !perRow && shape.length === 2 && shape[0] === rows) as Value;
        const wide = columns + (other.shape[1] as number);
        if (wide > 40) return undefined;
        return this.line('concat', [a, other], [1], kind([rows, wide]), [
          Math.min(a.low, other.low),
          Math.max(a.high, other.high),
        ]);
      }
      case 5: {
        const axis = this.below(2);
        return this.line('mean', [a], [axis], kind(a.shape.toSpliced(axis, 1)), bounds);
      }
      default:
        return this.line('reshape', [a], [[rows * columns]], kind([rows * columns]), bounds);
    }
  }

  protected constant(): Value {
    const width = this.width();
    const shape = this.chance(0.85) ? [width] : this.of([[], [2, width]]);
    const rows: Kind = { perRow: true, shape };
    switch (this.below(5)) {
      case 0:
        return this.line('zerosOf', [], [shape], rows, [0, 0]);
      case 1:
        return this.line('onesOf', [], [shape], rows, [1, 1]);
      case 2: {
        const value = this.of([0.5, -1.25, 3]);
        return this.line('fillOf', [], [shape, value], rows, [value, value]);
      }
      case 3: {
        const values = Array.from({ length: width }, () => rounded(this.rng.uniform(-1, 1)));
        return this.line('tensor1d', [], [values], { perRow: false, shape: [width] }, [-1, 1]);
      }
      default: {
        const row = this.vector(width);
        const made = broadcast(row, { perRow: true, shape: [width] });
        return row.shape.length > 1 || row.shape[0] !== width || made === undefined
          ? row
          : this.line('broadcastOf', [row], [[width]], { perRow: true, shape: [width] }, [row.low, row.high]);
      }
    }
  }

  protected select(): Value | undefined {
    const a = this.pick(({ perRow }) => perRow) as Value;
    const like = (of: Value): boolean => of.perRow === a.perRow && isSame(of.shape, a.shape);
    const wide = (of: Value): boolean => {
      const made = broadcast(a, of);
      return made !== undefined && isSame(made.shape, a.shape) && isPlain(made, a, of);
    };
    const b = this.pick((of) => wide(of) && of !== a);
    if (b === undefined) return undefined;
    const name = this.of(COMPARISONS);
    const x = this.pick(wide) as Value;
    if (this.chance(0.3)) {
      if (!like(x)) return undefined;
      return this.line('gated', [x, a, b], [name], x, [Math.min(x.low, 0), Math.max(x.high, 0)]);
    }
    const y = this.pick(this.chance(0.5) ? like : wide) as Value;
    const range: Interval = [Math.min(x.low, y.low), Math.max(x.high, y.high)];
    if (this.chance(0.3)) {
      const args = [name, this.of(COMPARISONS.slice(0, 4)), 0.21, this.of(['and', 'or'])];
      return this.line('whereBoth', [a, b, x, y], args, a, range);
    }
    return this.line('whereOf', [a, b, x, y], [name], a, range);
  }
}
