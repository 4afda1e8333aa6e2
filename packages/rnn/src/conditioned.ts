import {
  type Cell,
  expectShape,
  expectSizes,
  type Frame,
  OptionError,
  type Sequence,
  type Tree,
  tree,
} from '@elman/core';
import {
  add,
  cast,
  concat,
  expandDims,
  matMul,
  max,
  mul,
  notEqual,
  ones,
  reshape,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  tile,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { combined } from './recipe.ts';
import { run } from './run.ts';

/** Options of the conditioned cell. */
export type ConditionedOptions<As extends 'input' | 'state' | 'both' = 'input' | 'state' | 'both'> = {
  /** Size of the vector. */
  readonly size: number;
  /** As an additional input at every frame, as the initial state, or as both. */
  readonly as: As;
};

/** Of the cell; and for each leaf of its state (of n numbers a row) kernel [size, n], bias [n]. */
export type ConditionedParams<P extends Tree> = {
  readonly cell: P;
  readonly state: readonly { readonly kernel: Tensor2D; readonly bias: Tensor1D }[];
};

/** The cell's own state, and `fresh` [batch, 1]: 1 in rows that have seen no frame yet, which start from s₀. */
export type ConditionedState<S extends Tree> = { readonly cell: S; readonly fresh: Frame };

/**
 * A cell conditioned on a vector v, constant over a sequence: the context of the cell.
 *
 *   input:  y, s' = cell(s, [x, v])
 *   state:  s₀    = tanh(v·kernel + bias), one of these for each leaf of the state
 *   both:   both
 *
 * `initialState` has no parameters, so with `state` it marks its rows as fresh, and the first real frame sets the state.
 * With `input` parameters and state are the cell's own.
 *
 * Shapes: context v [batch, size]; x [batch, inputSize], where the inner cell has inputs of inputSize + size with `input` and `both`.
 * Init:   kernel uniform ±1/√size, bias 0.
 * @throws {OptionError} if the cell's inputSize is too small for the vector, or `as` is none of the three.
 * @see Goodfellow, Bengio & Courville 2016, section 10.2.4 (all three); both, with this s₀: Cho et al. 2014 (decoder).
 * Related, but none of the three: an image at the first frame only, as its input (Vinyals et al. 2015, Show and tell)
 * or added within its activation (Karpathy & Li 2015); an image at every frame in a layer above the recurrent one (Mao
 * et al. 2015, m-RNN)
 */
export function conditioned<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  options: ConditionedOptions<'input'>,
): Cell<P, S, Frame>;
export function conditioned<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  options: ConditionedOptions<'state' | 'both'>,
): Cell<ConditionedParams<P>, ConditionedState<S>, Frame>;
export function conditioned<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  options: ConditionedOptions,
): Cell<P, S, Frame> | Cell<ConditionedParams<P>, ConditionedState<S>, Frame>;
export function conditioned<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  { size, as }: ConditionedOptions,
): Cell<P, S, Frame> | Cell<ConditionedParams<P>, ConditionedState<S>, Frame> {
  const name = `conditioned(${cell.name})`;
  expectSizes(name, { size });
  if (as !== 'input' && as !== 'state' && as !== 'both') {
    throw new OptionError(`${name}: as: expected input, state or both, got ${as as string}.`);
  }
  const recipe = combined('conditioned', [cell], (recipes) => [...recipes, { size, as }]);
  if (as === 'state') return { ...byState(name, cell as Cell<P, S, Frame | undefined>, size), recipe };
  const fed = byInput(name, cell, size);
  return as === 'input' ? { ...fed, recipe } : { ...byState(name, fed, size), recipe };
}

/** y, s' = cell(s, [x, v]) */
function byInput<P extends Tree, S extends Tree>(name: string, cell: Cell<P, S>, size: number): Cell<P, S, Frame> {
  const inputSize = cell.inputSize - size;
  if (inputSize < 1) {
    throw new OptionError(
      `${name}: cell: expected inputSize above ${size}, for the vector appended to the input, got ${cell.inputSize}.`,
    );
  }
  return {
    name,
    inputSize,
    outputSize: cell.outputSize,
    init: (rng) => cell.init(rng),
    initialState: (batchSize) => cell.initialState(batchSize),
    step: (params, state, input, vector, rng) =>
      tree.tidy(() => {
        expectShape(name, 'input', input, { batch: undefined, inputSize });
        expectVector(name, vector, input.shape[0], size);
        return cell.step(params, state, concat([input, vector], 1) as Frame, undefined, rng);
      }),
    scan: (params, state, inputs, { context: vector, ...options }) =>
      tree.tidy(() => {
        const [batch, time] = inputs.shape;
        expectVector(name, vector, batch, size);
        const beside = tile(expandDims(vector, 1), [1, time, 1]);
        return run(cell, params, state, concat([inputs, beside], 2) as Sequence, { ...options, context: undefined });
      }),
  };
}

/** s₀ = tanh(v·kernel + bias); the cell gets the vector, too. */
function byState<P extends Tree, S extends Tree>(
  name: string,
  cell: Cell<P, S, Frame>,
  size: number,
): Cell<ConditionedParams<P>, ConditionedState<S>, Frame> {
  type Params = ConditionedParams<P>;
  type State = ConditionedState<S>;
  const start = (params: Params, state: State, vector: Frame): S => {
    expectVector(name, vector, state.fresh.shape[0], size);
    let next = 0;
    const made = tree.map(state.cell, ({ shape }) => {
      const { kernel, bias } = params.state[next++] as Params['state'][number];
      return reshape(tanh(add(matMul(vector, kernel), bias)), shape);
    });
    return tree.where(state.fresh, made, state.cell);
  };
  return {
    name,
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    init(rng) {
      const limit = 1 / Math.sqrt(size);
      const sizes = tree.leaves(tree.tidy(() => cell.initialState(1))).map((leaf) => {
        const { size: numbers } = leaf;
        leaf.dispose();
        return numbers;
      });
      return {
        cell: cell.init(rng.fork('cell')),
        state: sizes.map((numbers, i) => ({
          kernel: rng.fork(`state ${i}`).tensor([size, numbers], (r) => r.uniform(-limit, limit)) as Tensor2D,
          bias: zeros([numbers]) as Tensor1D,
        })),
      };
    },
    initialState: (batchSize, vector) => ({
      cell: cell.initialState(batchSize, vector),
      fresh: ones([batchSize, 1]),
    }),
    step: (params, state, input, vector, rng) =>
      tree.tidy(() => {
        const next = cell.step(params.cell, start(params, state, vector), input, vector, rng);
        return { output: next.output, state: { cell: next.state, fresh: zerosLike(state.fresh) } };
      }),
    scan: (params, state, inputs, options) =>
      tree.tidy(() => {
        const next = run(cell, params.cell, start(params, state, options.context), inputs, options);
        const { mask } = options;
        if (mask === undefined) {
          return { outputs: next.outputs, state: { cell: next.state, fresh: zerosLike(state.fresh) } };
        }
        const seen: Tensor2D = max(cast(notEqual(mask, 0), 'float32'), 1, true);
        const held = { cell: tree.where(seen, next.state, state.cell), fresh: mul(state.fresh, sub(1, seen)) as Frame };
        return { outputs: next.outputs, state: held };
      }),
  };
}

function expectVector(name: string, vector: Frame | undefined, batch: number, size: number): void {
  if (vector === undefined) {
    throw new OptionError(`${name}: context: expected the vector [batch, ${size}] to be conditioned on, got none.`);
  }
  expectShape(name, 'context', vector, { batch, size });
}
