import { type Cell, expectShape, expectSizes, type Frame, OptionError, type Tree, tree } from '@elman/core';
import { concat, zeros } from '@tensorflow/tfjs-core';
import type { PeriodOptions } from './dilated.ts';
import { around } from './part-recipe.ts';

/** The cell's own state, and its outputs at the last `period` frames, each [batch, outputSize], the oldest first. */
export type SkipThroughTimeState<S extends Tree> = { readonly cell: S; readonly outputs: readonly Frame[] };

/**
 * A cell that also reads its output of several frames ago: a connection that skips frames, beside the one to the previous frame.
 *
 *   y, s' = cell(s, [x, yₜ₋ₚ])     p = period; output = y
 *
 * For `simpleRnn` it is hₜ = f(x·W + hₜ₋ₚ·V + hₜ₋₁·U + b). Outputs before the first frame are 0. Parameters are the cell's own; its inputs
 * are x and the output beside it.
 *
 * Shapes: x [batch, inputSize], where the inner cell has inputs of inputSize + outputSize.
 * @throws {OptionError} if the cell's inputSize is not above its outputSize, or the period is not a positive whole number.
 * @see Lin, Horne, Tiňo & Giles 1996, "Learning long-term dependencies in NARX recurrent neural networks"; Zhang et al. 2016,
 * "Architectural complexity measures of recurrent neural networks" (skip coefficients); without the connection to the
 * previous frame it is `dilated`
 */
export function skipThroughTime<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  options: PeriodOptions = {},
): Cell<P, SkipThroughTimeState<S>, C> {
  const { period = 2 } = options;
  const name = `skipThroughTime(${cell.name})`;
  const { outputSize } = cell;
  const inputSize = cell.inputSize - outputSize;
  expectSizes(name, { period });
  if (inputSize < 1) {
    throw new OptionError(
      `${name}: cell: expected inputSize above ${outputSize}, for its output beside the input, got ${cell.inputSize}.`,
    );
  }
  return {
    name,
    inputSize,
    outputSize,
    recipe: around('skipThroughTime', cell, { period }),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => ({
      cell: cell.initialState(batchSize, context),
      outputs: Array.from({ length: period }, () => zeros([batchSize, outputSize])),
    }),
    step(params, state, input, context, rng) {
      const [oldest, ...others] = state.outputs as readonly [Frame, ...Frame[]];
      expectShape(name, 'input', input, { batch: oldest.shape[0], inputSize });
      return tree.tidy(() => {
        const next = cell.step(params, state.cell, concat([input, oldest], 1), context, rng);
        const outputs = tree.clone([...others, next.output]);
        return { output: next.output, state: { cell: next.state, outputs } };
      });
    },
  };
}
