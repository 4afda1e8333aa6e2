import { type Cell, OptionError, type Sequence, type Tree, tree } from '@elman/core';
import { add, cast, expandDims, mul, notEqual } from '@tensorflow/tfjs-core';
import { combined } from './recipe.ts';
import { run } from './run.ts';

/**
 * A cell whose output is added to its input.
 *
 *   y = x + cell(x)
 *
 * Parameters and state are the cell's own.
 *
 * @throws {OptionError} if the cell's inputSize is not its outputSize.
 * @see He et al. 2016; between stacked recurrent layers: Wu et al. 2016 (GNMT)
 */
export function residual<P extends Tree, S extends Tree, C = void>(cell: Cell<P, S, C>): Cell<P, S, C> {
  const name = `residual(${cell.name})`;
  const { inputSize, outputSize } = cell;
  if (inputSize !== outputSize) {
    throw new OptionError(`${name}: expected outputSize=${inputSize}, the cell's inputSize, got ${outputSize}.`);
  }
  return {
    name,
    inputSize,
    outputSize,
    recipe: combined('residual', [cell], (recipes) => recipes),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => cell.initialState(batchSize, context),
    step: (params, state, input, context, rng) =>
      tree.tidy(() => {
        const next = cell.step(params, state, input, context, rng);
        return { output: add(input, next.output), state: next.state };
      }),
    scan: (params, state, inputs, options) =>
      tree.tidy(() => {
        const { outputs, state: last } = run(cell, params, state, inputs, options);
        const { mask } = options;
        const real = mask === undefined ? inputs : mul(inputs, cast(notEqual(expandDims(mask, 2), 0), 'float32'));
        return { outputs: add<Sequence>(real, outputs), state: last };
      }),
  };
}
