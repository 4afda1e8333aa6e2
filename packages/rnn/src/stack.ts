import { type Cell, type Tree, tree } from '@elman/core';
import { expectChain, expectParts, nameOf } from './chain.ts';
import { combined } from './recipe.ts';
import { run } from './run.ts';
import type { AnyCell, ContextOf, ParamsOf, StatesOf } from './types.ts';

/**
 * Stacked cells, as one cell: the output of each is the input of the next.
 *
 *   yᵢ, sᵢ' = cellᵢ(sᵢ, yᵢ₋₁)      y₀ = x, output = the last y
 *
 * Parameters and states are arrays, one entry a cell; all cells get the same context.
 *
 * @throws {OptionError} if there is no cell, or a cell's inputSize is not the outputSize of the previous one.
 */
export function stack<const Cells extends readonly AnyCell[]>(
  cells: Cells,
): Cell<ParamsOf<Cells>, StatesOf<Cells>, ContextOf<Cells[number]>> {
  const parts: readonly AnyCell[] = cells;
  expectParts('stack', 'cell', parts);
  const name = nameOf('stack', parts);
  expectChain(name, parts);
  const [first] = parts as readonly [AnyCell];
  const stacked: Cell<readonly Tree[], readonly Tree[], unknown> = {
    name,
    inputSize: first.inputSize,
    outputSize: (parts.at(-1) as AnyCell).outputSize,
    recipe: combined('stack', parts, (recipes) => [recipes]),
    init: (rng) => parts.map((cell, i) => cell.init(rng.fork(i))),
    initialState: (batchSize, context) => parts.map((cell) => cell.initialState(batchSize, context)),
    step: (params, state, input, context, rng) =>
      tree.tidy(() => {
        const states: Tree[] = [];
        let output = input;
        parts.forEach((cell, i) => {
          const next = cell.step(params[i] as Tree, state[i] as Tree, output, context, rng?.fork(i));
          output = next.output;
          states.push(next.state);
        });
        return { output, state: states };
      }),
    scan: (params, state, inputs, { rng, ...options }) =>
      tree.tidy(() => {
        const states: Tree[] = [];
        let outputs = inputs;
        parts.forEach((cell, i) => {
          const next = run(cell, params[i] as Tree, state[i] as Tree, outputs, { ...options, rng: rng?.fork(i) });
          outputs = next.outputs;
          states.push(next.state);
        });
        return { outputs, state: states };
      }),
  };
  return stacked as never;
}
