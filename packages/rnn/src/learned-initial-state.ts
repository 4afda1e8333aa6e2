import { type Cell, type Frame, type Tree, tree } from '@elman/core';
import { cast, max, mul, notEqual, ones, sub, type Tensor2D, zerosLike } from '@tensorflow/tfjs-core';
import { combined } from './recipe.ts';
import { run } from './run.ts';

/** The cell's own parameters, and its state before the first frame: each leaf [1, …], shared by all rows. */
export type LearnedInitialStateParams<P extends Tree, S extends Tree> = { readonly cell: P; readonly initial: S };

/** The cell's own state, and `fresh` [batch, 1]: 1 in rows that have seen no frame yet, which start from `initial`. */
export type LearnedInitialStateState<S extends Tree> = { readonly cell: S; readonly fresh: Frame };

/**
 * A cell whose state before the first frame is learned.
 *
 *   s₀ = initial where fresh = 1, else the given state      fresh' = 0
 *
 * `initialState` has no parameters, so it marks its rows as fresh and the first real frame sets the learned
 * state. A state carried from window to window is not fresh, so the parameter has a gradient in the first window alone.
 *
 * Init: the cell's own initial state (zeros, mostly), which must be float32.
 * @see Forcada & Carrasco 1995
 */
export function learnedInitialState<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
): Cell<LearnedInitialStateParams<P, S>, LearnedInitialStateState<S>, C> {
  type Params = LearnedInitialStateParams<P, S>;
  type State = LearnedInitialStateState<S>;
  const start = (params: Params, state: State): S => tree.where(state.fresh, params.initial, state.cell);
  return {
    name: `learnedInitialState(${cell.name})`,
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    recipe: combined('learnedInitialState', [cell], (recipes) => recipes),
    init: (rng) => ({ cell: cell.init(rng), initial: cell.initialState(1) }),
    initialState: (batchSize, context) => ({
      cell: cell.initialState(batchSize, context),
      fresh: ones([batchSize, 1]),
    }),
    step: (params, state, input, context, rng) =>
      tree.tidy(() => {
        const next = cell.step(params.cell, start(params, state), input, context, rng);
        return { output: next.output, state: { cell: next.state, fresh: zerosLike(state.fresh) } };
      }),
    scan: (params, state, inputs, options) =>
      tree.tidy(() => {
        const next = run(cell, params.cell, start(params, state), inputs, options);
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
