import { type DataType, engine, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { OptionError } from './errors.ts';
import { placeholder } from './placeholder.ts';
import { Rng } from './random.ts';
import * as tree from './tree.ts';
import type { Tree } from './types.ts';

/**
 * The shapes and dtypes of what `make` makes, usually `(rng) => model.init(rng)`, as a tree of tensors without values
 * (as JAX's `eval_shape`). They take no memory, no op can run on them, and there is nothing to dispose of.
 *
 * `rng.tensor` draws nothing and takes no memory here, nor do large constants. A `make` that computes with them is called a
 * second time, with zeros. More numbers than `limit`, those on the way included, are refused before memory is taken for
 * them. Single draws are made, and counted.
 *
 * @param refuse the error for more numbers than `limit`; default: an `OptionError`.
 * @throws what `refuse` makes; {BackendError} without a backend; what `make` throws.
 */
export function shapesOf<T extends Tree>(
  make: (rng: Rng) => T,
  limit: number = Number.POSITIVE_INFINITY,
  refuse: () => Error = () => new OptionError(`expected at most ${limit.toLocaleString('en')} numbers, got more.`),
): T {
  const budget = new Budget(limit, refuse);
  const shapes = (blank: Blank): T =>
    tree.tidy(() =>
      budget.watch(blank, () => tree.map(make(budget.limited(blank)), ({ shape, dtype }) => placeholder(shape, dtype))),
    );
  try {
    return shapes(placeholder);
  } catch (error) {
    if (budget.isSpent) throw error;
    budget.reset();
    return shapes((shape, dtype) => zeros(shape, dtype));
  }
}

/** Makes a tensor without values that matter. */
type Blank = (shape: number[], dtype: DataType) => Tensor;

/** Numbers of a constant from which on a blank takes its place: computing with fewer costs nothing. */
const LARGE = 2 ** 16;

/** Counts numbers, of tensors and single ones. */
class Budget {
  readonly #limit: number;
  readonly #refuse: () => Error;
  #spent = 0;

  constructor(limit: number, refuse: () => Error) {
    this.#limit = limit;
    this.#refuse = refuse;
  }

  get isSpent(): boolean {
    return !(this.#spent <= this.#limit);
  }

  reset(): void {
    this.#spent = 0;
  }

  /** An empty tensor counts as one number: a loop over many of them ends too. */
  spend(numbers: number): void {
    this.#spent += Math.max(1, numbers);
    if (this.isSpent) throw this.#refuse();
  }

  /** A stream whose draws are counted, with tensors from `blank`; and so are all that are forked from it. */
  limited(blank: Blank, stream: Rng = Rng.seeded(0)): Rng {
    return new Proxy(stream, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          if (key === 'tensor') {
            const [shape, , dtype = 'float32'] = given as Parameters<Rng['tensor']>;
            this.spend(sizeOf(shape));
            return blank([...shape], dtype);
          }
          this.spend(1);
          const made: unknown = member.apply(target, given);
          return made instanceof Rng ? this.limited(blank, made) : made;
        };
      },
    });
  }

  /**
   * Counts the tensors that are made while `f` runs from values, or from sizes in attributes, before memory of the
   * backend is taken for them; placeholders are made of large ones of values.
   */
  watch<T>(blank: Blank, f: () => T): T {
    const watched = engine() as unknown as { makeTensor: MakeTensor; runKernel: RunKernel };
    const { makeTensor, runKernel } = watched;
    watched.makeTensor = (values, shape, dtype = 'float32', ...more) => {
      const size = sizeOf(shape);
      this.spend(size);
      if (blank === placeholder && size >= LARGE) return blank(shape, dtype);
      return makeTensor.call(watched, values, shape, dtype, ...more);
    };
    watched.runKernel = (name, inputs, attributes, ...more) => {
      const size = SIZES[name];
      if (size !== undefined) this.spend(size(inputs, attributes));
      return runKernel.call(watched, name, inputs, attributes, ...more);
    };
    try {
      return f();
    } finally {
      for (const [name, method] of Object.entries({ makeTensor, runKernel })) {
        if (Object.getPrototypeOf(watched)[name] === method) Reflect.deleteProperty(watched, name);
        else Reflect.set(watched, name, method);
      }
    }
  }
}

/** Numbers in what ops make whose size is not that of their inputs. */
const SIZES: { readonly [kernel: string]: (inputs: Inputs, attributes: Attributes) => number } = {
  Fill: (_, { shape }) => sizeOf(shape),
  OneHot: ({ indices }, { depth }) => (indices?.size ?? 1) * depth,
  Tile: ({ x }, { reps }) => (x?.size ?? 1) * sizeOf(reps),
};

type Inputs = { readonly [name: string]: Tensor | undefined };
type Attributes = { readonly shape: number[]; readonly depth: number; readonly reps: number[] };
type RunKernel = (name: string, inputs: Inputs, attributes: Attributes, ...more: unknown[]) => Tensor;
type MakeTensor = (values: unknown, shape: number[], dtype?: DataType, ...more: unknown[]) => Tensor;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, axis) => product * axis, 1);
