import { type Cell, expectShape, type Frame, type Sequence, type Tree, tree } from '@elman/core';
import { concat } from '@tensorflow/tfjs-core';
import { expectParts, nameOf } from './chain.ts';
import { connectedInputSize } from './connections.ts';
import { combined } from './recipe.ts';
import { run } from './run.ts';
import type { AnyCell, ContextOf, ParamsOf, StatesOf } from './types.ts';

/**
 * Stacked cells with skip connections: from the input to each of them, and from each of them to the output.
 *
 *   y₁, s₁' = cell₁(s₁, x)
 *   yᵢ, sᵢ' = cellᵢ(sᵢ, [x, yᵢ₋₁])      output = [y₁, …, yₙ]
 *
 * A linear layer on the output is the paper's sum over layers. Parameters and states are arrays, one entry a cell; all cells get
 * the same context.
 *
 * Shapes: x [batch, inputSize], the inputSize of the first cell; that of cell i > 1 is inputSize + the outputSize of cell i − 1.
 * The outputSize is the sum of those of the cells.
 * @throws {OptionError} if there is no cell, or a cell has another inputSize.
 * @see Graves 2013, "Generating sequences with recurrent neural networks", section 2
 */
export function skipStack<const Cells extends readonly AnyCell[]>(
  cells: Cells,
): Cell<ParamsOf<Cells>, StatesOf<Cells>, ContextOf<Cells[number]>> {
  const parts: readonly AnyCell[] = cells;
  expectParts('skipStack', 'cell', parts);
  const name = nameOf('skipStack', parts);
  const connections = parts.map((_, i) => [-1, ...(i === 0 ? [] : [i - 1])].map((from) => ({ from, delay: 0 })));
  const inputSize = connectedInputSize(name, parts, connections);
  const stacked: Cell<readonly Tree[], readonly Tree[], unknown> = {
    name,
    inputSize,
    outputSize: parts.reduce((sum, { outputSize }) => sum + outputSize, 0),
    recipe: combined('skipStack', parts, (recipes) => [recipes]),
    init: (rng) => parts.map((cell, i) => cell.init(rng.fork(i))),
    initialState: (batchSize, context) => parts.map((cell) => cell.initialState(batchSize, context)),
    step(params, state, input, context, rng) {
      expectShape(name, 'input', input, { batch: tree.leaves(state)[0]?.shape[0], inputSize });
      return tree.tidy(() => {
        const states: Tree[] = [];
        const outputs: Frame[] = [];
        parts.forEach((cell, i) => {
          const read: Frame = concat([input, ...outputs.slice(-1)], 1);
          const next = cell.step(params[i] as Tree, state[i] as Tree, read, context, rng?.fork(i));
          outputs.push(next.output);
          states.push(next.state);
        });
        return { output: concat(outputs, 1), state: states };
      });
    },
    scan: (params, state, inputs, { rng, ...options }) =>
      tree.tidy(() => {
        const states: Tree[] = [];
        const outputs: Sequence[] = [];
        parts.forEach((cell, i) => {
          const read: Sequence = concat([inputs, ...outputs.slice(-1)], 2);
          const next = run(cell, params[i] as Tree, state[i] as Tree, read, { ...options, rng: rng?.fork(i) });
          outputs.push(next.outputs);
          states.push(next.state);
        });
        return { outputs: concat(outputs, 2), state: states };
      }),
  };
  return stacked as never;
}
