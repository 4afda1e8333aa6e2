import { type Cell, expectShape, expectSizes, type Tree, tree } from '@elman/core';
import { around } from './part-recipe.ts';

/** How far back the connection reaches. */
export type DilatedOptions = {
  /** In frames, from 1; default 2. */
  readonly period?: number | undefined;
};

/** The cell's states after the last `period` frames, the oldest first. */
export type DilatedState<S extends Tree> = readonly S[];

/**
 * A cell whose state is computed from that of several frames ago, in place of the previous one's: connections of length one are
 * removed.
 *
 *   y, sₜ = cell(sₜ₋ₚ, x)     p = period; output = y
 *
 * The frames t, t + p, t + 2p… are a chain of their own: gradients reach p times as far through the same number of steps, and the
 * logarithm of a gradient falls 1/p as fast with the distance. With 1 it is the cell itself. A dilated recurrent network is a `stack` of these with periods 1, 2, 4…; with one period alone, chains
 * never meet.
 *
 * Parameters are the cell's own; the state is `period` states of the cell, the oldest first.
 *
 * @throws {OptionError} if the period is not a positive whole number.
 * @see Chang et al. 2017, "Dilated recurrent neural networks"; length-one connections removed: El Hihi & Bengio 1995, "Hierarchical
 * recurrent neural networks for long-term dependencies"; connections to several frames, with that to the previous one or without:
 * `skipThroughTime`
 */
export function dilated<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  options: DilatedOptions = {},
): Cell<P, DilatedState<S>, C> {
  const { period = 2 } = options;
  const name = `dilated(${cell.name})`;
  expectSizes(name, { period });
  return {
    name,
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    recipe: around('dilated', cell, { period }),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => Array.from({ length: period }, () => cell.initialState(batchSize, context)),
    step(params, [oldest, ...others], input, context, rng) {
      const batch = tree.leaves(oldest as S)[0]?.shape[0];
      expectShape(name, 'input', input, { batch, inputSize: cell.inputSize });
      return tree.tidy(() => {
        const next = cell.step(params, oldest as S, input, context, rng);
        return { output: next.output, state: [...tree.clone(others), next.state] };
      });
    },
  };
}
