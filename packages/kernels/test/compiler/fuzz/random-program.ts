import { Rng } from '@elman/core';
import type { Arguments, Comparison, OpName } from './ops.ts';
import { INPUT, type Kind, type Leaf, type Line, type Program, pruned, type Run } from './program.ts';

/** A value of a step and bounds of its numbers, which keep steps well conditioned: no exp of 50, no 1/x near 0. */
type Value = Kind & { readonly name: string; readonly low: number; readonly high: number };

type Interval = readonly [low: number, high: number];
const WIDTHS = [1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20];
const LARGEST = 12;
const COMPARISONS: readonly Comparison[] = ['greater', 'greaterEqual', 'less', 'lessEqual', 'equal', 'notEqual'];

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, axis) => size * axis, 1);
const isSame = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
const rounded = (value: number): number => Math.round(100 * value) / 100;

/** What two values broadcast to; undefined if they don't, or rows would be mixed. */
function broadcast(a: Kind, b: Kind): Kind | undefined {
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
const isPlain = (made: Kind, ...from: readonly Kind[]): boolean =>
  !made.perRow ||
  made.shape.length === 1 ||
  from.every(({ perRow, shape }) =>
    perRow ? isSame(shape, made.shape) || sizeOf(shape) === 1 : sizeOf(shape) === 1 || isSame(shape, made.shape),
  );

/** A random program; the same for the same seed. */
export function randomProgram(seed: number, { rare = 0.04 }: { readonly rare?: number } = {}): Program {
  return new Generator(seed, rare).program();
}

class Generator {
  readonly #seed: number;
  readonly #rng: Rng;
  readonly #isRare: boolean;
  readonly #widths: readonly number[];
  readonly #pool: Value[] = [];
  readonly #used = new Set<string>();
  readonly #params: Leaf[] = [];
  readonly #context: Leaf[] = [];
  readonly #captured: Leaf[] = [];
  readonly #lines: Line[] = [];
  readonly #kinds: { [name: string]: Kind } = {};

  constructor(seed: number, rare: number) {
    this.#seed = seed;
    this.#rng = Rng.seeded(`fuzz ${seed}`);
    this.#isRare = this.#chance(rare);
    const count = 1 + this.#below(3);
    this.#widths = Array.from({ length: count }, () => this.#of(WIDTHS));
  }

  program(): Program {
    const inputSize = this.#width();
    this.#add({ name: INPUT, perRow: true, shape: [inputSize], low: -1, high: 1 });
    const state = Array.from({ length: this.#of([1, 1, 1, 2, 2, 3, 4]) }, (_, i) => this.#state(i));
    for (const leaf of state) this.#add(leaf);
    const run = this.#run();
    if (this.#chance(0.3)) this.#contexts(run.batch);
    const count = 2 + this.#below(this.#chance(0.2) ? 24 : 11);
    const target = this.#lines.length + count;
    for (let tries = 0; this.#lines.length < target && tries < 20 * count; tries++) this.#emit(run.isNoisy);
    const next = state.map((leaf) => this.#next(leaf, state));
    const output = this.#output();
    const { inputSize: _, ...rest } = { inputSize, run, next, output };
    return pruned({
      seed: this.#seed,
      inputSize,
      params: this.#params,
      state,
      context: this.#context,
      captured: this.#captured,
      lines: this.#lines,
      kinds: this.#kinds,
      ...rest,
    });
  }

  // What is given.

  #state(i: number): Leaf {
    const kind = this.#rng.uniform();
    const shape = kind < 0.1 ? [] : kind < 0.2 ? [this.#of([1, 2, 3]), this.#of([1, 2, 4, 5])] : [this.#width()];
    const [low, high] = this.#of([
      [-1, 1],
      [-1, 1],
      [-1, 1],
      [0, 1],
      [-4, 4],
    ] as const);
    return { name: `s${i}`, perRow: true, shape, low, high };
  }

  #contexts(batch: number): void {
    const count = 1 + this.#below(2);
    for (let i = 0; i < count; i++) {
      const [rows, width] = [this.#width(), this.#width()];
      const shape = this.#of([[width], [1, width], [rows, width]]);
      // One whose first axis is as long as the batch is per row.
      const perRow = this.#chance(0.6) || shape[0] === batch;
      const leaf = { name: `c${i}`, perRow, shape: perRow ? [width] : shape, low: -1, high: 1 };
      this.#context.push(leaf);
      this.#add(leaf);
    }
  }

  #run(): Run {
    const small = this.#chance(0.94);
    return {
      batch: small ? 1 + this.#below(6) : this.#of([50, 97]),
      time: small && this.#chance(0.04) ? 30 : 1 + this.#below(6),
      mask: this.#of(['none', 'none', 'none', 'none', 'ones', 'zeros', 'random', 'random', 'ragged', 'leading']),
      reverse: this.#chance(0.3),
      isNoisy: this.#chance(0.3),
      isStarted: this.#chance(0.85),
    };
  }

  #param(shape: readonly number[], low: number, high: number): Value {
    const isCaptured = this.#chance(0.06);
    const list = isCaptured ? this.#captured : this.#params;
    const leaf: Leaf = { name: `${isCaptured ? 'k' : 'p'}${list.length}`, perRow: false, shape, low, high };
    list.push(leaf);
    return this.#add(leaf);
  }

  /** A row of parameters of this width, in one of the shapes that broadcast. */
  #vector(width: number, low = -1, high = 1): Value {
    const known = this.#pool.filter(
      (of) => !of.perRow && of.shape.length === 1 && of.shape[0] === width && of.low >= low && of.high <= high,
    );
    if (known.length > 0 && this.#chance(0.3)) return this.#of(known);
    return this.#param(this.#of([[width], [width], [width], [1, width], [1], []]), low, high);
  }

  // Random choices.

  #chance(p: number): boolean {
    return this.#rng.uniform() < p;
  }

  #below(n: number): number {
    return this.#rng.integer(n);
  }

  #of<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #width(): number {
    return this.#of(this.#widths);
  }

  /** A value, preferably a recent one, or one that is not used yet. */
  #pick(is: (of: Value) => boolean): Value | undefined {
    const fitting = this.#pool.filter(is);
    const fresh = fitting.filter(({ name }) => !this.#used.has(name));
    const from = fresh.length > 0 && this.#chance(0.5) ? fresh : fitting;
    return from[Math.floor(from.length * Math.sqrt(this.#rng.uniform()))];
  }

  #row(): Value | undefined {
    return this.#pick((of) => of.perRow && of.shape.length === 1);
  }

  // Lines.

  #add(value: Value): Value {
    this.#pool.push(value);
    this.#kinds[value.name] = { perRow: value.perRow, shape: value.shape };
    return value;
  }

  #several(
    op: OpName,
    from: readonly Value[],
    args: Arguments,
    kinds: readonly Kind[],
    [low, high]: Interval,
  ): Value[] {
    const at = this.#lines.length;
    const to = kinds.map((_, i) => (kinds.length === 1 ? `v${at}` : `v${at}_${i}`));
    for (const { name } of from) this.#used.add(name);
    this.#lines.push({ to, op, from: from.map(({ name }) => name), args });
    return kinds.map((kind, i) =>
      this.#add({ name: to[i] as string, perRow: kind.perRow, shape: kind.shape, low, high }),
    );
  }

  #line(op: OpName, from: readonly Value[], args: Arguments, kind: Kind, interval: Interval): Value {
    return this.#several(op, from, args, [kind], interval)[0] as Value;
  }

  #emit(isNoisy: boolean): void {
    const kind = this.#rng.uniform();
    if (this.#isRare && kind < 0.15) this.#rareOp();
    else if (kind < 0.26) this.#unary(this.#pick(() => true));
    else if (kind < 0.46) this.#binary();
    else if (kind < 0.56) this.#product(this.#row());
    else if (kind < 0.62) this.#ofParameters();
    else if (kind < 0.67) this.#constant();
    else if (kind < 0.73) this.#select();
    else if (kind < 0.8) this.#reduce();
    else if (kind < 0.84) this.#norm();
    else if (kind < 0.94) this.#view();
    else if (kind < 0.97) this.#gate();
    else if (isNoisy) this.#noise();
    else this.#join();
  }

  #unary(x: Value | undefined): Value | undefined {
    if (x === undefined) return undefined;
    const { low, high } = x;
    const far = Math.max(Math.abs(low), Math.abs(high));
    const near = low > 0 ? low : high < 0 ? -high : 0;
    const bounds = (f: (value: number) => number): Interval => [f(low), f(high)];
    const scale = rounded(this.#rng.uniform(0.3, 1.5));
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
      ['sign', this.#chance(0.4), [-1, 1]],
      ['step', this.#chance(0.4), [0, 1], this.#chance(0.5) ? [] : [0.3]],
      ['clipByValue', true, [-0.5, scale], [-0.5, scale]],
    ];
    const able = all.filter(([, is]) => is);
    // Where more ops are allowed than of any number, those.
    const special = able.filter(([op]) => ['log', 'sqrt', 'rsqrt', 'reciprocal', 'exp'].includes(op));
    const [op, , interval, args = []] = this.#of(special.length > 0 && this.#chance(0.35) ? special : able);
    return this.#line(op, [x], args, x, interval);
  }

  #binary(): Value | undefined {
    const a = this.#pick(() => true) as Value;
    if (this.#chance(0.2)) return this.#withNumber(a);
    const b = this.#partner(a);
    if (b === undefined) return undefined;
    return this.#chance(0.5) ? this.#pair(a, b) : this.#pair(b, a);
  }

  /** Another value that broadcasts with this one; or a new row of parameters. */
  #partner(a: Value): Value | undefined {
    const fits = (of: Value): boolean => {
      const made = broadcast(a, of);
      return (
        made !== undefined && (this.#isRare || isPlain(made, a, of)) && (a.perRow || of.perRow || this.#chance(0.3))
      );
    };
    if (a.perRow && a.shape.length === 1 && this.#chance(0.3)) return this.#vector(a.shape[0] as number);
    return this.#pick((of) => of !== a && fits(of)) ?? (this.#chance(0.3) ? a : undefined);
  }

  #pair(a: Value, b: Value): Value | undefined {
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
    const [op, , interval] = this.#of(
      all
        .filter(([, is, range]) => is && isBounded(range))
        .concat([['minimum', true, [Math.min(a.low, b.low), Math.min(a.high, b.high)]]]),
    );
    return this.#line(op, [a, b], [], kind, interval);
  }

  #withNumber(a: Value): Value {
    const number = this.#of([0.5, 2, -1, 1, 0, 0.25, -0.7, 1.5, 0.3]);
    const scalar = this.#line('scalar', [], [number], { perRow: false, shape: [] }, [number, number]);
    const sides = this.#chance(0.5) ? ([a, scalar] as const) : ([scalar, a] as const);
    return this.#pair(...sides) as Value;
  }

  #product(x: Value | undefined): Value | undefined {
    if (x === undefined || x.shape.length !== 1 || !x.perRow) return undefined;
    const [depth] = x.shape as [number];
    const isTransposed = this.#chance(0.25);
    const known = this.#pick(
      ({ perRow, shape }) => !perRow && shape.length === 2 && shape[isTransposed ? 1 : 0] === depth,
    );
    return this.#times(x, this.#chance(0.3) ? known : undefined, this.#width(), isTransposed);
  }

  #times(x: Value, known: Value | undefined, columns: number, isTransposed = false): Value {
    const [depth] = x.shape as [number];
    const scale = rounded(1.4 / Math.sqrt(depth) + 0.05);
    const w = known ?? this.#param(isTransposed ? [columns, depth] : [depth, columns], -scale, scale);
    const width = w.shape[isTransposed ? 0 : 1] as number;
    const [p, q] = [x, w].map(({ low, high }) => Math.max(Math.abs(low), Math.abs(high))) as [number, number];
    const far = p * q * depth;
    const made = this.#line(
      'matMul',
      [x, w],
      isTransposed ? [false, true] : [],
      { perRow: true, shape: [width] },
      // The largest possible sum is hardly ever reached.
      [-Math.max(p * q, 0.6 * far), Math.max(p * q, 0.6 * far)],
    );
    return Math.abs(made.high) > LARGEST ? this.#line('tanh', [made], [], made, [-1, 1]) : made;
  }

  /** Something of parameters alone. */
  #ofParameters(): Value | undefined {
    const a =
      this.#pick(({ perRow, shape }) => !perRow && shape.length === 2) ??
      this.#param([this.#width(), this.#width()], -0.6, 0.6);
    const [rows, columns] = a.shape as [number, number];
    const kind = (shape: readonly number[]): Kind => ({ perRow: false, shape });
    const bounds: Interval = [a.low, a.high];
    switch (this.#below(7)) {
      case 0:
        return this.#line('transpose', [a], [], kind([columns, rows]), bounds);
      case 1: {
        const count = this.#width();
        const scale = rounded(1 / Math.sqrt(columns));
        const b = this.#param([columns, count], -scale, scale);
        const far = scale * columns * Math.max(-a.low, a.high);
        const made = this.#line('matMul', [a, b], [], kind([rows, count]), [-far, far]);
        return far > LARGEST ? this.#line('tanh', [made], [], made, [-1, 1]) : made;
      }
      case 2:
        return this.#line(this.#of(['softmax', 'tanh', 'sigmoid']), [a], [], a, [-1, 1]);
      case 3: {
        const from = this.#below(columns);
        const size = 1 + this.#below(columns - from);
        return this.#line(
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
        const other = this.#pick(({ perRow, shape }) => !perRow && shape.length === 2 && shape[0] === rows) as Value;
        const wide = columns + (other.shape[1] as number);
        if (wide > 40) return undefined;
        return this.#line('concat', [a, other], [1], kind([rows, wide]), [
          Math.min(a.low, other.low),
          Math.max(a.high, other.high),
        ]);
      }
      case 5:
        return this.#line('mean', [a], [this.#below(2)], kind([]), bounds) && this.#fixReduced(a, 'mean');
      default:
        return this.#line('reshape', [a], [[rows * columns]], kind([rows * columns]), bounds);
    }
  }

  /** The last line reduces a matrix: its shape depends on the axis. */
  #fixReduced(a: Value, _: string): Value {
    const last = this.#lines.at(-1) as Line;
    const made = this.#pool.pop() as Value;
    const shape = a.shape.toSpliced(last.args[0] as number, 1);
    return this.#add({ ...made, shape });
  }

  #constant(): Value {
    const width = this.#width();
    const shape = this.#chance(0.85) ? [width] : this.#of([[], [2, width]]);
    const rows: Kind = { perRow: true, shape };
    switch (this.#below(5)) {
      case 0:
        return this.#line('zerosOf', [], [shape], rows, [0, 0]);
      case 1:
        return this.#line('onesOf', [], [shape], rows, [1, 1]);
      case 2: {
        const value = this.#of([0.5, -1.25, 3]);
        return this.#line('fillOf', [], [shape, value], rows, [value, value]);
      }
      case 3: {
        const values = Array.from({ length: width }, () => rounded(this.#rng.uniform(-1, 1)));
        return this.#line('tensor1d', [], [values], { perRow: false, shape: [width] }, [-1, 1]);
      }
      default: {
        const row = this.#vector(width);
        const made = broadcast(row, { perRow: true, shape: [width] });
        return row.shape.length > 1 || row.shape[0] !== width || made === undefined
          ? row
          : this.#line('broadcastOf', [row], [[width]], { perRow: true, shape: [width] }, [row.low, row.high]);
      }
    }
  }

  #select(): Value | undefined {
    const a = this.#pick(({ perRow }) => perRow) as Value;
    const like = (of: Value): boolean => of.perRow === a.perRow && isSame(of.shape, a.shape);
    const wide = (of: Value): boolean => {
      const made = broadcast(a, of);
      return made !== undefined && isSame(made.shape, a.shape) && isPlain(made, a, of);
    };
    const b = this.#pick((of) => wide(of) && of !== a);
    if (b === undefined) return undefined;
    const name = this.#of(COMPARISONS);
    const x = this.#pick(wide) as Value;
    if (this.#chance(0.3)) {
      if (!like(x)) return undefined;
      return this.#line('gated', [x, a, b], [name], x, [Math.min(x.low, 0), Math.max(x.high, 0)]);
    }
    const y = this.#pick(this.#chance(0.5) ? like : wide) as Value;
    const range: Interval = [Math.min(x.low, y.low), Math.max(x.high, y.high)];
    if (this.#chance(0.3)) {
      const args = [name, this.#of(COMPARISONS.slice(0, 4)), 0.21, this.#of(['and', 'or'])];
      return this.#line('whereBoth', [a, b, x, y], args, a, range);
    }
    return this.#line('whereOf', [a, b, x, y], [name], a, range);
  }

  #reduce(): Value | undefined {
    const x = this.#pick(({ perRow, shape }) => perRow && shape.length > 0);
    if (x === undefined) return undefined;
    const keeps = this.#chance(0.5);
    const axes = x.shape.map((_, i) => i + 1);
    const kind: Kind = { perRow: true, shape: keeps ? x.shape.map(() => 1) : [] };
    const axis = axes.length === 1 ? this.#of([1, -1, [1]]) : axes;
    const count = sizeOf(x.shape);
    if (x.shape.length === 1 && this.#chance(0.35)) {
      const far = Math.max(Math.abs(x.low), Math.abs(x.high));
      if (this.#chance(0.6)) return this.#line('softmax', [x], [], x, [0, 1]);
      return this.#line('logSoftmax', [x], [], x, [-2 * far - Math.log(count), 0]);
    }
    const op = this.#of(['sum', 'mean', 'mean', 'max', 'min'] as const);
    const times = op === 'sum' ? count : 1;
    const made = this.#line(op, [x], [axis, keeps], kind, [
      Math.min(times * x.low, x.low),
      Math.max(times * x.high, x.high),
    ]);
    return made.high > LARGEST || made.low < -LARGEST
      ? this.#line(
          'mul',
          [made, this.#vector(1, -0.1, 0.1)].slice(0, 1).concat(this.#param([1], -0.1, 0.1)),
          [],
          made,
          [0.1 * Math.min(made.low, -made.high), 0.1 * Math.max(made.high, -made.low)],
        )
      : made;
  }

  #norm(): Value | undefined {
    const x = this.#row();
    if (x === undefined || x.high > 8 || x.low < -8) return undefined;
    const one: Kind = { perRow: true, shape: [1] };
    const far = Math.max(x.high, -x.low);
    const mean = this.#line('mean', [x], [1, true], one, [x.low, x.high]);
    const centred = this.#line('sub', [x, mean], [], x, [-2 * far, 2 * far]);
    const squares = this.#line('square', [centred], [], x, [0, 4 * far * far]);
    const variance = this.#line('mean', [squares], [1, true], one, [0, far * far]);
    const epsilon = this.#line('scalar', [], [this.#of([0.1, 0.01])], { perRow: false, shape: [] }, [0.01, 0.1]);
    const room = this.#line('add', [variance, epsilon], [], one, [0.01, far * far + 0.1]);
    const made = this.#chance(0.5)
      ? this.#line('div', [centred, this.#line('sqrt', [room], [], one, [0.1, far + 0.4])], [], x, [-4.5, 4.5])
      : this.#line('mul', [centred, this.#line('rsqrt', [room], [], one, [0.1, 10])], [], x, [-4.5, 4.5]);
    const gained = this.#line('mul', [made, this.#param([x.shape[0] as number], 0.5, 1.2)], [], x, [-5.4, 5.4]);
    return this.#chance(0.5)
      ? this.#line('add', [gained, this.#vector(x.shape[0] as number)], [], x, [-6.4, 6.4])
      : gained;
  }

  #gate(): Value | undefined {
    const h = this.#row();
    if (h === undefined) return undefined;
    const like = (of: Value): boolean => of.perRow && isSame(of.shape, h.shape);
    const [a, b] = [this.#pick(like) as Value, this.#pick(like) as Value];
    const z = this.#line('sigmoid', [a], [], h, [0, 1]);
    const one = this.#line('scalar', [], [1], { perRow: false, shape: [] }, [1, 1]);
    const rest = this.#line('sub', [one, z], [], h, [0, 1]);
    const n = this.#line('tanh', [b], [], h, [-1, 1]);
    const far = Math.max(1, h.high, -h.low);
    const [kept, made] = [this.#line('mul', [z, h], [], h, [-far, far]), this.#line('mul', [rest, n], [], h, [-1, 1])];
    return this.#line('add', [kept, made], [], h, [-far, far]);
  }

  #noise(): void {
    const shape = this.#chance(0.85) ? [this.#width()] : this.#of([[], [1]]);
    const args = [
      this.#of(['frame', 'frame', 'sequence']),
      this.#of(['a', 'b']),
      this.#of(['normal', 'dropped']),
      shape,
    ];
    const range: Interval = args[2] === 'normal' ? [-2.5, 2.5] : [0, 1.6];
    const rows: Kind = { perRow: true, shape };
    const kind = this.#rng.uniform();
    if (kind < 0.6) this.#line('noiseOf', [], args as Arguments, rows, range);
    else if (kind < 0.85) this.#line('noise', [], args as Arguments, { perRow: false, shape }, range);
    else this.#several('noises', [], args as Arguments, [rows, rows], range);
  }

  /** [x, h, …], often into one product. */
  #join(): Value | undefined {
    const isRow = (of: Value): boolean => of.perRow && of.shape.length === 1;
    const parts = Array.from({ length: 2 + this.#below(2) }, () => this.#pick(isRow) as Value);
    const width = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
    if (width > 48) return undefined;
    const range: Interval = [Math.min(...parts.map(({ low }) => low)), Math.max(...parts.map(({ high }) => high))];
    const whole = this.#line('concat', parts, [this.#of([1, -1])], { perRow: true, shape: [width] }, range);
    return this.#chance(0.6) ? this.#times(whole, undefined, this.#width()) : whole;
  }

  #view(): unknown {
    const x = this.#pick(({ perRow }) => perRow) as Value;
    const { shape, low, high } = x;
    const bounds: Interval = [low, high];
    const rows = (to: readonly number[]): Kind => ({ perRow: true, shape: to });
    const size = sizeOf(shape);
    if (shape.length === 0) return this.#line('expandDims', [x], [this.#of([1, -1])], rows([1]), bounds);
    if (shape.length === 2) {
      if (shape[0] === 1 && this.#chance(0.5))
        return this.#line('squeeze', [x], [[1]], rows([shape[1] as number]), bounds);
      return this.#line('reshape', [x], [[-1, size]], rows([size]), bounds);
    }
    const [width] = shape as [number];
    switch (this.#below(10)) {
      case 0: {
        const counts = [2, 3, 4, width].filter((n) => n > 1 && n < 5 && width % n === 0);
        if (counts.length === 0) return this.#join();
        const count = this.#of(counts);
        return this.#several('split', [x], [count, 1], Array<Kind>(count).fill(rows([width / count])), bounds);
      }
      case 1: {
        if (width < 3) return this.#join();
        const [a, b] = [1 + this.#below(width - 2), 1];
        return this.#several(
          'split',
          [x],
          [[a, b, width - a - b], 1],
          [rows([a]), rows([b]), rows([width - a - b])].filter((kind) => (kind.shape[0] as number) > 0).slice(0, 3),
          bounds,
        );
      }
      case 2:
      case 3: {
        const from = this.#below(width);
        const taken = 1 + this.#below(width - from);
        return this.#line(
          'slice',
          [x],
          [
            [0, from],
            [-1, taken],
          ],
          rows([taken]),
          bounds,
        );
      }
      case 4:
        if (width < 2 || width > 5) return this.#join();
        return this.#several('unstack', [x], [1], Array<Kind>(width).fill(rows([])), bounds);
      case 5: {
        const other = this.#pick(({ perRow, shape: of }) => perRow && isSame(of, shape)) as Value;
        const range: Interval = [Math.min(low, other.low), Math.max(high, other.high)];
        return width > 20 ? undefined : this.#line('stack', [x, other], [1], rows([2, width]), range);
      }
      case 6:
        return this.#line('expandDims', [x], [this.#of([1, 2, -1])], rows([1, 1]), bounds) && this.#fixExpanded(width);
      case 7: {
        const [before, after] = [this.#below(3), this.#below(3)];
        return this.#line(
          'pad',
          [x],
          [
            [
              [0, 0],
              [before, after],
            ],
          ],
          rows([width + before + after]),
          [Math.min(low, 0), Math.max(high, 0)],
        );
      }
      case 8: {
        const scalars = this.#pool.filter(({ perRow, shape: of }) => perRow && of.length === 0);
        if (scalars.length > 1) {
          const parts = [this.#of(scalars), this.#of(scalars), this.#of(scalars)].slice(0, 2 + this.#below(2));
          return this.#line('stack', parts, [1], rows([parts.length]), [-LARGEST, LARGEST]);
        }
        if (width === 1) return this.#line('tile', [x], [[1, 5]], rows([5]), bounds);
        return this.#join();
      }
      default:
        return this.#join();
    }
  }

  #fixExpanded(width: number): Value {
    const last = this.#lines.at(-1) as Line;
    const made = this.#pool.pop() as Value;
    return this.#add({ ...made, shape: last.args[0] === 1 ? [1, width] : [width, 1] });
  }

  /** Ops that may have no compiled form. */
  #rareOp(): unknown {
    const x = this.#row();
    if (x === undefined) return undefined;
    const bounds: Interval = [x.low, x.high];
    switch (this.#below(6)) {
      case 0:
        return this.#line('sin', [x], [], x, [-1, 1]);
      case 1:
        return this.#line('reverse', [x], [1], x, bounds);
      case 2:
        return this.#line('tile', [x], [[1, 2]], { perRow: true, shape: [2 * (x.shape[0] as number)] }, bounds);
      case 3: {
        const y = this.#pick(({ perRow, shape }) => perRow && shape.length === 2);
        return (
          y &&
          this.#line('transpose', [y], [[0, 2, 1]], { perRow: true, shape: [...y.shape].reverse() }, [y.low, y.high])
        );
      }
      case 4: {
        const y = this.#pick(({ perRow, shape }) => perRow && shape.length === 2);
        return y && this.#line('mean', [y], [1, false], { perRow: true, shape: y.shape.slice(1) }, [y.low, y.high]);
      }
      default:
        return (x.shape[0] as number) > 6
          ? undefined
          : this.#line('cumsum', [x], [1], x, [6 * Math.min(x.low, 0), 6 * Math.max(x.high, 0)]);
    }
  }

  // Results.

  #next(leaf: Leaf, all: readonly Leaf[]): string {
    const kind = this.#rng.uniform();
    const isWithin = (of: Value): boolean => of.low >= leaf.low && of.high <= leaf.high;
    const like = (of: Value): boolean => of.perRow && isSame(of.shape, leaf.shape);
    if (kind < 0.06) return leaf.name;
    if (kind < 0.12) {
      const other = this.#of(all);
      if (like(other) && isWithin(other)) return other.name;
    }
    if (kind < 0.16) return this.#line('onesOf', [], [leaf.shape], leaf, [1, 1]).name;
    const known = this.#pick((of) => like(of) && isWithin(of) && of.name !== leaf.name);
    if (known !== undefined && this.#chance(0.4)) return known.name;
    const from = kind < 0.22 ? (this.#pool[0] as Value) : (this.#pick(({ perRow }) => perRow) as Value);
    const value = this.#adapted(from, leaf.shape);
    if (leaf.high > 1) {
      // A leaky sum.
      const [rate, bounded] = [
        this.#line('scalar', [], [0.7], { perRow: false, shape: [] }, [0.7, 0.7]),
        this.#line('tanh', [value], [], value, [-1, 1]),
      ];
      const held = this.#line('mul', [leaf, rate], [], leaf, [-2.8, 2.8]);
      return this.#line('add', [held, bounded], [], leaf, [-3.8, 3.8]).name;
    }
    if (isWithin(value)) return value.name;
    return leaf.low === 0
      ? this.#line('sigmoid', [value], [], leaf, [0, 1]).name
      : this.#line('tanh', [value], [], leaf, [-1, 1]).name;
  }

  #output(): string {
    const kind = this.#rng.uniform();
    if (kind < 0.05)
      return this.#line('onesOf', [], [[this.#width()]], { perRow: true, shape: [2] }, [1, 1]) && this.#fixOnes();
    if (kind < 0.1) return INPUT;
    const value = this.#pick(({ perRow }) => perRow) as Value;
    return (value.shape.length === 1 ? value : this.#adapted(value, [sizeOf(value.shape)])).name;
  }

  #fixOnes(): string {
    const last = this.#lines.at(-1) as Line;
    const made = this.#pool.pop() as Value;
    return this.#add({ ...made, shape: last.args[0] as number[] }).name;
  }

  /** A value in another shape. */
  #adapted(from: Value, shape: readonly number[]): Value {
    if (isSame(from.shape, shape)) return from;
    const bounds: Interval = [from.low, from.high];
    const rows = (to: readonly number[]): Kind => ({ perRow: true, shape: to });
    if (from.shape.length === 0) return this.#adapted(this.#line('expandDims', [from], [1], rows([1]), bounds), shape);
    if (from.shape.length === 2) {
      const size = sizeOf(from.shape);
      return this.#adapted(this.#line('reshape', [from], [[-1, size]], rows([size]), bounds), shape);
    }
    if (shape.length === 0) {
      const op = this.#of(['mean', 'max'] as const);
      return this.#line(op, [from], [1, false], rows([]), bounds);
    }
    const width = sizeOf(shape);
    let flat = from;
    if (from.shape[0] !== width) {
      flat =
        from.shape[0] === 1 && this.#chance(0.5)
          ? this.#line('mul', [from, this.#param([width], -1, 1)], [], rows([width]), [
              Math.min(from.low, -from.high),
              Math.max(from.high, -from.low),
            ])
          : this.#times(from, undefined, width);
    }
    return shape.length === 1
      ? flat
      : this.#line('reshape', [flat], [[-1, ...shape]], rows(shape), [flat.low, flat.high]);
  }
}
