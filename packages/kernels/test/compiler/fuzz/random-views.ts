import type { Arguments } from './ops.ts';
import type { Kind } from './program.ts';
import { RandomArithmetic } from './random-arithmetic.ts';
import { type Interval, isSame, LARGEST, sizeOf, type Value } from './random-values.ts';

/** Random lines: reductions, views of rows, noise, and some that cells often have. */
export class RandomViews extends RandomArithmetic {
  protected reduce(): Value | undefined {
    const x = this.pick(({ perRow, shape }) => perRow && shape.length > 0);
    if (x === undefined) return undefined;
    const keeps = this.chance(0.5);
    const axes = x.shape.map((_, i) => i + 1);
    const kind: Kind = { perRow: true, shape: keeps ? x.shape.map(() => 1) : [] };
    const axis = axes.length === 1 ? this.of([1, -1, [1]]) : axes;
    const count = sizeOf(x.shape);
    if (x.shape.length === 1 && this.chance(0.35)) {
      const far = Math.max(Math.abs(x.low), Math.abs(x.high));
      if (this.chance(0.6)) return this.line('softmax', [x], [], x, [0, 1]);
      return this.line('logSoftmax', [x], [], x, [-2 * far - Math.log(count), 0]);
    }
    const op = this.of(['sum', 'mean', 'mean', 'max', 'min'] as const);
    const times = op === 'sum' ? count : 1;
    const made = this.line(op, [x], [axis, keeps], kind, [
      Math.min(times * x.low, x.low),
      Math.max(times * x.high, x.high),
    ]);
    return made.high > LARGEST || made.low < -LARGEST
      ? this.line('mul', [made, this.param([1], -0.1, 0.1)], [], made, [
          0.1 * Math.min(made.low, -made.high),
          0.1 * Math.max(made.high, -made.low),
        ])
      : made;
  }

  protected norm(): Value | undefined {
    const x = this.row();
    if (x === undefined || x.high > 8 || x.low < -8) return undefined;
    const one: Kind = { perRow: true, shape: [1] };
    const far = Math.max(x.high, -x.low);
    const mean = this.line('mean', [x], [1, true], one, [x.low, x.high]);
    const centred = this.line('sub', [x, mean], [], x, [-2 * far, 2 * far]);
    const squares = this.line('square', [centred], [], x, [0, 4 * far * far]);
    const variance = this.line('mean', [squares], [1, true], one, [0, far * far]);
    const epsilon = this.line('scalar', [], [this.of([0.1, 0.01])], { perRow: false, shape: [] }, [0.01, 0.1]);
    const room = this.line('add', [variance, epsilon], [], one, [0.01, far * far + 0.1]);
    const made = this.chance(0.5)
      ? this.line('div', [centred, this.line('sqrt', [room], [], one, [0.1, far + 0.4])], [], x, [-4.5, 4.5])
      : this.line('mul', [centred, this.line('rsqrt', [room], [], one, [0.1, 10])], [], x, [-4.5, 4.5]);
    const gained = this.line('mul', [made, this.param([x.shape[0] as number], 0.5, 1.2)], [], x, [-5.4, 5.4]);
    return this.chance(0.5)
      ? this.line('add', [gained, this.vector(x.shape[0] as number)], [], x, [-6.4, 6.4])
      : gained;
  }

  protected gate(): Value | undefined {
    const h = this.row();
    if (h === undefined) return undefined;
    const like = (of: Value): boolean => of.perRow && isSame(of.shape, h.shape);
    const [a, b] = [this.pick(like) as Value, this.pick(like) as Value];
    const z = this.line('sigmoid', [a], [], h, [0, 1]);
    const one = this.line('scalar', [], [1], { perRow: false, shape: [] }, [1, 1]);
    const rest = this.line('sub', [one, z], [], h, [0, 1]);
    const n = this.line('tanh', [b], [], h, [-1, 1]);
    const far = Math.max(1, h.high, -h.low);
    const [kept, made] = [this.line('mul', [z, h], [], h, [-far, far]), this.line('mul', [rest, n], [], h, [-1, 1])];
    return this.line('add', [kept, made], [], h, [-far, far]);
  }

  protected noise(): void {
    const shape = this.chance(0.85) ? [this.width()] : this.of([[], [1]]);
    const args = [this.of(['frame', 'frame', 'sequence']), this.of(['a', 'b']), this.of(['normal', 'dropped']), shape];
    const range: Interval = args[2] === 'normal' ? [-2.5, 2.5] : [0, 1.6];
    const rows: Kind = { perRow: true, shape };
    const kind = this.rng.uniform();
    if (kind < 0.6) this.line('noiseOf', [], args as Arguments, rows, range);
    else if (kind < 0.85) this.line('noise', [], args as Arguments, { perRow: false, shape }, range);
    else this.several('noises', [], args as Arguments, [rows, rows], range);
  }

  /** [x, h, …], often into one product. */
  protected join(): Value | undefined {
    const isRow = (of: Value): boolean => of.perRow && of.shape.length === 1;
    const parts = Array.from({ length: 2 + this.below(2) }, () => this.pick(isRow) as Value);
    const width = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
    if (width > 48) return undefined;
    const range: Interval = [Math.min(...parts.map(({ low }) => low)), Math.max(...parts.map(({ high }) => high))];
    const whole = this.line('concat', parts, [this.of([1, -1])], { perRow: true, shape: [width] }, range);
    return this.chance(0.6) ? this.times(whole, undefined, this.width()) : whole;
  }

  protected view(): unknown {
    const x = this.pick(({ perRow }) => perRow) as Value;
    const { shape, low, high } = x;
    const bounds: Interval = [low, high];
    const rows = (to: readonly number[]): Kind => ({ perRow: true, shape: to });
    const size = sizeOf(shape);
    if (shape.length === 0) return this.line('expandDims', [x], [this.of([1, -1])], rows([1]), bounds);
    if (shape.length === 2) {
      if (shape[0] === 1 && this.chance(0.5))
        return this.line('squeeze', [x], [[1]], rows([shape[1] as number]), bounds);
      return this.line('reshape', [x], [[-1, size]], rows([size]), bounds);
    }
    const [width] = shape as [number];
    switch (this.below(10)) {
      case 0: {
        const counts = [2, 3, 4, width].filter((n) => n > 1 && n < 5 && width % n === 0);
        if (counts.length === 0) return this.join();
        const count = this.of(counts);
        return this.several('split', [x], [count, 1], Array<Kind>(count).fill(rows([width / count])), bounds);
      }
      case 1: {
        if (width < 3) return this.join();
        const [a, b] = [1 + this.below(width - 2), 1];
        return this.several(
          'split',
          [x],
          [[a, b, width - a - b], 1],
          [rows([a]), rows([b]), rows([width - a - b])].filter((kind) => (kind.shape[0] as number) > 0).slice(0, 3),
          bounds,
        );
      }
      case 2:
      case 3: {
        const from = this.below(width);
        const taken = 1 + this.below(width - from);
        return this.line(
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
        if (width < 2 || width > 5) return this.join();
        return this.several('unstack', [x], [1], Array<Kind>(width).fill(rows([])), bounds);
      case 5: {
        const other = this.pick(({ perRow, shape: of }) => perRow && isSame(of, shape)) as Value;
        const range: Interval = [Math.min(low, other.low), Math.max(high, other.high)];
        return width > 20 ? undefined : this.line('stack', [x, other], [1], rows([2, width]), range);
      }
      case 6: {
        const axis = this.of([1, 2, -1]);
        return this.line('expandDims', [x], [axis], rows(axis === 1 ? [1, width] : [width, 1]), bounds);
      }
      case 7: {
        const [before, after] = [this.below(3), this.below(3)];
        return this.line(
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
        const scalars = this.pool.filter(({ perRow, shape: of }) => perRow && of.length === 0);
        if (scalars.length > 1) {
          const parts = [this.of(scalars), this.of(scalars), this.of(scalars)].slice(0, 2 + this.below(2));
          return this.line('stack', parts, [1], rows([parts.length]), [-LARGEST, LARGEST]);
        }
        if (width === 1) return this.line('tile', [x], [[1, 5]], rows([5]), bounds);
        return this.join();
      }
      default:
        return this.join();
    }
  }

  /** Ops that may have no compiled form. */
  protected rareOp(): unknown {
    const x = this.row();
    if (x === undefined) return undefined;
    const bounds: Interval = [x.low, x.high];
    switch (this.below(6)) {
      case 0:
        return this.line('sin', [x], [], x, [-1, 1]);
      case 1:
        return this.line('reverse', [x], [1], x, bounds);
      case 2:
        return this.line('tile', [x], [[1, 2]], { perRow: true, shape: [2 * (x.shape[0] as number)] }, bounds);
      case 3: {
        const y = this.pick(({ perRow, shape }) => perRow && shape.length === 2);
        return (
          y &&
          this.line('transpose', [y], [[0, 2, 1]], { perRow: true, shape: [...y.shape].reverse() }, [y.low, y.high])
        );
      }
      case 4: {
        const y = this.pick(({ perRow, shape }) => perRow && shape.length === 2);
        return y && this.line('mean', [y], [1, false], { perRow: true, shape: y.shape.slice(1) }, [y.low, y.high]);
      }
      default:
        return (x.shape[0] as number) > 6
          ? undefined
          : this.line('cumsum', [x], [1], x, [6 * Math.min(x.low, 0), 6 * Math.max(x.high, 0)]);
    }
  }

  /** A value in another shape. */
  protected adapted(from: Value, shape: readonly number[]): Value {
    if (isSame(from.shape, shape)) return from;
    const bounds: Interval = [from.low, from.high];
    const rows = (to: readonly number[]): Kind => ({ perRow: true, shape: to });
    if (from.shape.length === 0) return this.adapted(this.line('expandDims', [from], [1], rows([1]), bounds), shape);
    if (from.shape.length === 2) {
      const size = sizeOf(from.shape);
      return this.adapted(this.line('reshape', [from], [[-1, size]], rows([size]), bounds), shape);
    }
    if (shape.length === 0) {
      const op = this.of(['mean', 'max'] as const);
      return this.line(op, [from], [1, false], rows([]), bounds);
    }
    const width = sizeOf(shape);
    let flat = from;
    if (from.shape[0] !== width) {
      flat =
        from.shape[0] === 1 && this.chance(0.5)
          ? this.line('mul', [from, this.param([width], -1, 1)], [], rows([width]), [
              Math.min(from.low, -from.high),
              Math.max(from.high, -from.low),
            ])
          : this.times(from, undefined, width);
    }
    return shape.length === 1
      ? flat
      : this.line('reshape', [flat], [[-1, ...shape]], rows(shape), [flat.low, flat.high]);
  }
}
