import { INPUT, type Leaf, type Program, pruned, type Run } from './program.ts';
import { isSame, sizeOf, type Value } from './random-values.ts';
import { RandomViews } from './random-views.ts';

/** A random program; the same for the same seed. */
export function randomProgram(seed: number, { rare = 0.04 }: { readonly rare?: number } = {}): Program {
  return new Generator(seed, rare).program();
}

class Generator extends RandomViews {
  program(): Program {
    const inputSize = this.width();
    this.add({ name: INPUT, perRow: true, shape: [inputSize], low: -1, high: 1 });
    const state = Array.from({ length: this.of([1, 1, 1, 2, 2, 3, 4]) }, (_, i) => this.state(i));
    for (const leaf of state) this.add(leaf);
    const run = this.run();
    if (this.chance(0.3)) this.contexts(run.batch);
    const count = 2 + this.below(this.chance(0.2) ? 24 : 11);
    const target = this.lines.length + count;
    for (let tries = 0; this.lines.length < target && tries < 20 * count; tries++) this.emit(run.isNoisy);
    const next = state.map((leaf) => this.next(leaf, state));
    const output = this.output();
    return pruned({
      seed: this.seed,
      inputSize,
      params: this.params,
      state,
      context: this.context,
      captured: this.captured,
      lines: this.lines,
      kinds: this.kinds,
      output,
      next,
      run,
    });
  }

  protected state(i: number): Leaf {
    const kind = this.rng.uniform();
    const shape = kind < 0.1 ? [] : kind < 0.2 ? [this.of([1, 2, 3]), this.of([1, 2, 4, 5])] : [this.width()];
    const [low, high] = this.of([
      [-1, 1],
      [-1, 1],
      [-1, 1],
      [0, 1],
      [-4, 4],
    ] as const);
    return { name: `s${i}`, perRow: true, shape, low, high };
  }

  protected contexts(batch: number): void {
    const count = 1 + this.below(2);
    for (let i = 0; i < count; i++) {
      const [rows, width] = [this.width(), this.width()];
      const shape = this.of([[width], [1, width], [rows, width]]);
      // One whose first axis is as long as the batch is per row.
      const perRow = this.chance(0.6) || shape[0] === batch;
      const leaf = { name: `c${i}`, perRow, shape: perRow ? [width] : shape, low: -1, high: 1 };
      this.context.push(leaf);
      this.add(leaf);
    }
  }

  protected run(): Run {
    const small = this.chance(0.94);
    return {
      batch: small ? 1 + this.below(6) : this.of([50, 97]),
      time: small && this.chance(0.04) ? 30 : 1 + this.below(6),
      mask: this.of(['none', 'none', 'none', 'none', 'ones', 'zeros', 'random', 'random', 'ragged', 'leading']),
      reverse: this.chance(0.3),
      isNoisy: this.chance(0.3),
      isStarted: this.chance(0.85),
    };
  }

  protected emit(isNoisy: boolean): void {
    const kind = this.rng.uniform();
    if (this.isRare && kind < 0.15) this.rareOp();
    else if (kind < 0.26) this.unary(this.pick(() => true));
    else if (kind < 0.46) this.binary();
    else if (kind < 0.56) this.product(this.row());
    else if (kind < 0.62) this.ofParameters();
    else if (kind < 0.67) this.constant();
    else if (kind < 0.73) this.select();
    else if (kind < 0.8) this.reduce();
    else if (kind < 0.84) this.norm();
    else if (kind < 0.94) this.view();
    else if (kind < 0.97) this.gate();
    else if (isNoisy) this.noise();
    else this.join();
  }

  protected next(leaf: Leaf, all: readonly Leaf[]): string {
    const kind = this.rng.uniform();
    const isWithin = (of: Value): boolean => of.low >= leaf.low && of.high <= leaf.high;
    const like = (of: Value): boolean => of.perRow && isSame(of.shape, leaf.shape);
    if (kind < 0.06) return leaf.name;
    if (kind < 0.12) {
      const other = this.of(all);
      if (like(other) && isWithin(other)) return other.name;
    }
    if (kind < 0.16) return this.line('onesOf', [], [leaf.shape], leaf, [1, 1]).name;
    const known = this.pick((of) => like(of) && isWithin(of) && of.name !== leaf.name);
    if (known !== undefined && this.chance(0.4)) return known.name;
    const from = kind < 0.22 ? (this.pool[0] as Value) : (this.pick(({ perRow }) => perRow) as Value);
    const value = this.adapted(from, leaf.shape);
    if (leaf.high > 1) {
      // A leaky sum.
      const [rate, bounded] = [
        this.line('scalar', [], [0.7], { perRow: false, shape: [] }, [0.7, 0.7]),
        this.line('tanh', [value], [], value, [-1, 1]),
      ];
      const held = this.line('mul', [leaf, rate], [], leaf, [-2.8, 2.8]);
      return this.line('add', [held, bounded], [], leaf, [-3.8, 3.8]).name;
    }
    if (isWithin(value)) return value.name;
    return leaf.low === 0
      ? this.line('sigmoid', [value], [], leaf, [0, 1]).name
      : this.line('tanh', [value], [], leaf, [-1, 1]).name;
  }

  protected output(): string {
    const kind = this.rng.uniform();
    if (kind < 0.05) {
      const shape = [this.width()];
      return this.line('onesOf', [], [shape], { perRow: true, shape }, [1, 1]).name;
    }
    if (kind < 0.1) return INPUT;
    const value = this.pick(({ perRow }) => perRow) as Value;
    return (value.shape.length === 1 ? value : this.adapted(value, [sizeOf(value.shape)])).name;
  }
}
