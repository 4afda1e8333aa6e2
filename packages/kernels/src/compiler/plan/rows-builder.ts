import type { Node } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { byAxes } from './axes.ts';
import type { Level, Loop, Moment, Place, Store } from './plan.ts';

/** Steps of rows while they are made. */
export class RowsBuilder {
  readonly #levels = new Map<
    number,
    Map<number, { scalars: Store[]; totalsOfScalars: Store[]; loops: Map<number, MutableLoop> }>
  >();

  store(value: Node, to: Place, at: Moment): void {
    if (widthOf(value) === 1) this.#levelAt(at).scalars.push({ value, to });
    else this.#loopAt(at, widthOf(value)).stores.push({ value, to });
  }

  total(value: Node, to: Place, at: Moment): void {
    if (widthOf(value) === 1) this.#levelAt(at).totalsOfScalars.push({ value, to });
    else this.#loopAt(at, widthOf(value)).totals.push({ value, to });
  }

  reduce(of: Node, at: Moment): void {
    this.#loopAt(at, widthOf(of.inputs[0] as Node)).reductions.push(of);
  }

  reduceAxis(store: Store, at: Moment): void {
    this.#loopAt(at, widthOf(store.value.inputs[0] as Node)).axisReductions.push(store);
  }

  steps(): number[] {
    return [...this.#levels.keys()];
  }

  levels(step: number, loadedAt: (of: Node, at: Moment) => Place | undefined): Level[] {
    const levels = [...(this.#levels.get(step) ?? [])].sort(([a], [b]) => a - b);
    return levels.map(([level, { scalars, totalsOfScalars, loops }]) => ({
      level,
      scalars,
      totalsOfScalars,
      loops: [...loops.values()]
        .flatMap((loop) => byAxes(loop, (of) => loadedAt(of, { step, level }) !== undefined))
        .sort((a, b) => b.width - a.width),
    }));
  }

  /** What is computed at each moment, in order. */
  *moments(): Iterable<{ readonly at: Moment; readonly roots: readonly Node[] }> {
    for (const step of this.steps().sort((a, b) => a - b)) {
      const levels = this.#levels.get(step) as Map<number, unknown>;
      for (const level of [...levels.keys()].sort((a, b) => a - b)) {
        const { scalars, totalsOfScalars, loops } = this.#levelAt({ step, level });
        const all = [...loops.values()];
        const roots = [
          ...[...scalars, ...totalsOfScalars, ...all.flatMap(({ stores, totals }) => [...stores, ...totals])].map(
            ({ value }) => value,
          ),
          ...all.flatMap(({ reductions, axisReductions }) =>
            [...reductions, ...axisReductions.map(({ value }) => value)].map((of) => of.inputs[0] as Node),
          ),
        ];
        yield { at: { step, level }, roots };
      }
    }
  }

  #levelAt({ step, level }: Moment) {
    let levels = this.#levels.get(step);
    if (levels === undefined) {
      levels = new Map();
      this.#levels.set(step, levels);
    }
    let found = levels.get(level);
    if (found === undefined) {
      found = { scalars: [], totalsOfScalars: [], loops: new Map() };
      levels.set(level, found);
    }
    return found;
  }

  #loopAt(at: Moment, width: number): MutableLoop {
    const { loops } = this.#levelAt(at);
    let loop = loops.get(width);
    if (loop === undefined) {
      loop = { width, stores: [], reductions: [], totals: [], axisReductions: [] };
      loops.set(width, loop);
    }
    return loop;
  }
}

type MutableLoop = {
  [name in Exclude<keyof Loop, 'sizes'>]: Loop[name] extends readonly (infer T)[] ? T[] : Loop[name];
};
