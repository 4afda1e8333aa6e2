import { type Cell, expectShape, type Frame, OptionError, type Tree, tree } from '@elman/core';
import { concat, zeros } from '@tensorflow/tfjs-core';
import { around } from './part-recipe.ts';

/** How far back the further connections reach. */
export type SkipThroughTimeOptions = {
  /** In frames, from 1, each once; default [2]. */
  readonly periods?: readonly number[] | undefined;
};

/** The cell's own state, and its outputs at the last frames, as many as the longest period, [batch, outputSize], the oldest first. */
export type SkipThroughTimeState<S extends Tree> = { readonly cell: S; readonly outputs: readonly Frame[] };

/**
 * A cell that also reads its outputs of several frames ago: connections that skip frames, beside the one to the previous frame.
 *
 *   y, s' = cell(s, [x, yₜ₋ₚ for each p of periods])     output = y
 *
 * For `simpleRnn` it is hₜ = f(x·W + Σ hₜ₋ₚ·Vₚ + hₜ₋₁·U + b). Outputs before the first frame are 0. Parameters are the cell's own; its inputs
 * are x and these outputs, side by side in the order of the periods.
 *
 * Without the connection to the previous frame (El Hihi & Bengio 1995; Zhang et al. 2016), take a cell that does not have it: around
 * `feedForward` it is y = f(x·W + Σ yₜ₋ₚ·Vₚ + b), around a `dilated` cell the state comes from that cell's period.
 *
 * Shapes: x [batch, inputSize], where the inner cell has inputs of inputSize + periods.length·outputSize.
 * @throws {OptionError} if the cell's inputs leave none for x, or the periods are not positive whole numbers, each once.
 * @see Lin, Horne, Tiňo & Giles 1996, "Learning long-term dependencies in NARX recurrent neural networks"; El Hihi & Bengio 1995,
 * "Hierarchical recurrent neural networks for long-term dependencies"; Zhang et al. 2016, "Architectural complexity measures of
 * recurrent neural networks" (skip coefficients)
 */
export function skipThroughTime<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  options: SkipThroughTimeOptions = {},
): Cell<P, SkipThroughTimeState<S>, C> {
  const { periods = [2] } = options;
  const name = `skipThroughTime(${cell.name})`;
  const { outputSize } = cell;
  expectPeriods(name, periods);
  const beside = periods.length * outputSize;
  const inputSize = cell.inputSize - beside;
  if (inputSize < 1) {
    throw new OptionError(
      `${name}: cell: expected inputSize ${beside} (${periods.length} × outputSize) + that of x, got ${cell.inputSize}.`,
    );
  }
  const longest = Math.max(...periods);
  return {
    name,
    inputSize,
    outputSize,
    recipe: around('skipThroughTime', cell, { periods }),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => ({
      cell: cell.initialState(batchSize, context),
      outputs: Array.from({ length: longest }, () => zeros([batchSize, outputSize])),
    }),
    step(params, state, input, context, rng) {
      const [oldest, ...others] = state.outputs as readonly [Frame, ...Frame[]];
      expectShape(name, 'input', input, { batch: oldest.shape[0], inputSize });
      return tree.tidy(() => {
        const read = periods.map((period) => state.outputs[longest - period] as Frame);
        const next = cell.step(params, state.cell, concat([input, ...read], 1), context, rng);
        const outputs = tree.clone([...others, next.output]);
        return { output: next.output, state: { cell: next.state, outputs } };
      });
    },
  };
}

function expectPeriods(name: string, periods: readonly number[]): void {
  const isGood = (period: number): boolean => Number.isSafeInteger(period) && period >= 1;
  if (periods.length > 0 && periods.every(isGood) && new Set(periods).size === periods.length) return;
  throw new OptionError(
    `${name}: periods: expected positive whole numbers of frames, each once, got ${periods.join(', ') || 'none'}.`,
  );
}
