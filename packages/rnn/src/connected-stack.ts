import { type Cell, expectShape, expectSizes, type Frame, OptionError, type Tree, tree } from '@elman/core';
import { concat, zeros } from '@tensorflow/tfjs-core';
import { expectParts, nameOf } from './chain.ts';
import { type Connection, connectedInputSize } from './connections.ts';
import { combined } from './recipe.ts';
import type { AnyCell, ContextOf, ParamsOf, StatesOf } from './types.ts';

const ARCHITECTURES = ['stacked', 'bottomUp', 'topDown'] as const;

/** Connections of a stack over time. */
export type ConnectedStackOptions = {
  /** Whether a cell also reads the previous output of the cell below (bottomUp) or above (topDown); default 'stacked': neither. */
  readonly architecture?: (typeof ARCHITECTURES)[number] | undefined;
  /** From 2 on, each cell also reads its own output of that many frames ago; default 1, as cells do by themselves. */
  readonly skip?: number | undefined;
};

/** The states of the cells, and the last outputs of each that are still to be read, [batch, outputSize], the oldest first. */
export type ConnectedStackState<S extends Tree> = {
  readonly cells: S;
  readonly outputs: readonly (readonly Frame[])[];
};

/**
 * Stacked cells with further recurrent connections: from a cell to the one above or below it at the next frame, and from a cell to
 * itself several frames later.
 *
 *   yᵢ, sᵢ' = cellᵢ(sᵢ, [yᵢ₋₁, yᵢ₋₁ of t−1 if bottomUp, yᵢ₊₁ of t−1 if topDown, yᵢ of t−skip if skip > 1])
 *   y₀ = x, which has no t−1; output = the last y; outputs before the first frame are 0
 *
 * In the paper's measures, for n cells of one nonlinearity each, such as `simpleRnn`, and the layer on the output counted as another:
 *
 *                recurrent depth          feedforward depth
 *   stacked      1                        n + 1
 *   bottomUp     1                        n + 1
 *   topDown      2 (one cell alone: 1)    n + 1
 *
 * These are the nonlinearities that the longest path has in each frame that it crosses, and beyond that. The recurrent skip coefficient,
 * the frames that the shortest path crosses with each connection, is `skip`. With one cell and two, sh, st, bu and td of the paper.
 *
 * Parameters are an array, one entry a cell; all cells get the same context.
 *
 * Shapes: x [batch, inputSize]; a cell's inputSize is the sum of the sizes of what it reads, in the order above.
 * @throws {OptionError} if there is no cell, a cell has another inputSize, the architecture is none of the three, or skip is not a
 *         positive whole number.
 * @see Zhang, Wu, Che, Lin, Memisevic, Salakhutdinov & Bengio 2016, "Architectural complexity measures of recurrent neural networks"
 * (section 5); `skipThroughTime` of `@elman/cells` is the skip alone
 */
export function connectedStack<const Cells extends readonly AnyCell[]>(
  cells: Cells,
  options: ConnectedStackOptions = {},
): Cell<ParamsOf<Cells>, ConnectedStackState<StatesOf<Cells>>, ContextOf<Cells[number]>> {
  const { architecture = 'stacked', skip = 1 } = options;
  const parts: readonly AnyCell[] = cells;
  expectParts('connectedStack', 'cell', parts);
  const name = nameOf('connectedStack', parts);
  expectSizes(name, { skip });
  if (!ARCHITECTURES.includes(architecture)) {
    throw new OptionError(
      `${name}: architecture: expected stacked, bottomUp or topDown, got ${architecture as string}.`,
    );
  }
  const connections = parts.map((_, i): Connection[] => [
    { from: i - 1, delay: 0 },
    ...(architecture === 'bottomUp' && i > 0 ? [{ from: i - 1, delay: 1 }] : []),
    ...(architecture === 'topDown' && i < parts.length - 1 ? [{ from: i + 1, delay: 1 }] : []),
    ...(skip > 1 ? [{ from: i, delay: skip }] : []),
  ]);
  const inputSize = connectedInputSize(name, parts, connections);
  const kept = parts.map((_, i) =>
    Math.max(0, ...connections.flat().map(({ from, delay }) => (from === i ? delay : 0))),
  );
  const stacked: Cell<readonly Tree[], ConnectedStackState<readonly Tree[]>, unknown> = {
    name,
    inputSize,
    outputSize: (parts.at(-1) as AnyCell).outputSize,
    recipe: combined('connectedStack', parts, (recipes) => [recipes, { architecture, skip }]),
    init: (rng) => parts.map((cell, i) => cell.init(rng.fork(i))),
    initialState: (batchSize, context) => ({
      cells: parts.map((cell) => cell.initialState(batchSize, context)),
      outputs: parts.map(({ outputSize }, i) =>
        Array.from({ length: kept[i] as number }, () => zeros([batchSize, outputSize])),
      ),
    }),
    step(params, state, input, context, rng) {
      expectShape(name, 'input', input, { batch: tree.leaves(state)[0]?.shape[0], inputSize });
      return tree.tidy(() => {
        const states: Tree[] = [];
        const outputs: Frame[] = [];
        const read = ({ from, delay }: Connection): Frame =>
          delay > 0 ? (state.outputs[from]?.at(-delay) as Frame) : (outputs[from] ?? input);
        parts.forEach((cell, i) => {
          const x: Frame = concat((connections[i] as Connection[]).map(read), 1);
          const next = cell.step(params[i] as Tree, state.cells[i] as Tree, x, context, rng?.fork(i));
          outputs.push(next.output);
          states.push(next.state);
        });
        const last = outputs.map((output, i) =>
          kept[i] === 0 ? [] : [...(state.outputs[i] as readonly Frame[]).slice(1), output],
        );
        return { output: outputs.at(-1) as Frame, state: { cells: states, outputs: tree.clone(last) } };
      });
    },
  };
  return stacked as never;
}
