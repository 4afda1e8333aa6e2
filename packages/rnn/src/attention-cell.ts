import {
  type Attention,
  type Cell,
  expectShape,
  expectSizes,
  type Frame,
  OptionError,
  type Sequence,
  type Source,
  type Tree,
  tree,
} from '@elman/core';
import { concat, matMul, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { combined } from './recipe.ts';

/** Options of the attention cell. */
export type AttentionCellOptions = {
  /** Size of the output; by default that of the cell. */
  readonly outputSize?: number | undefined;
  /** Input feeding: whether the previous attentional output is appended to the input; true by default. */
  readonly inputFeeding?: boolean | undefined;
};

/** Of the cell and the attention; kernel [contextSize + the cell's outputSize, outputSize]. */
export type AttentionCellParams<P extends Tree, A extends Tree> = {
  readonly cell: P;
  readonly attention: A;
  readonly kernel: Tensor2D;
};

/** The cell's state; its last attentional output [batch, outputSize]; its attention weights [batch, length]. */
export type AttentionCellState<S extends Tree> = {
  readonly cell: S;
  readonly output: Frame;
  readonly weights: Frame;
};

/**
 * A cell that attends to a source after each step.
 *
 *   y, s'      = cell(s, [x, o])             o: the output of the previous step (zeros at first); without input feeding, x alone
 *   context, w = attention(query = y)
 *   o'         = tanh([context, y]·kernel)   output = o'
 *
 * The source is the context of the cell: `sourceOf(attention, params.attention, memory, mask)`. The weights w of the last step are in
 * the state.
 *
 * Shapes: x [batch, inputSize]; output [batch, outputSize]; weights [batch, length].
 * Init:   kernel uniform ±1/√(its inputs).
 * @param cell with inputs of inputSize + outputSize numbers, or of inputSize without input feeding.
 * @throws {OptionError} if the attention's querySize is not the cell's outputSize, or the cell's inputSize is too small for input feeding.
 * @see Luong, Pham & Manning 2015
 */
export function attentionCell<P extends Tree, S extends Tree, A extends Tree>(
  cell: Cell<P, S>,
  attention: Attention<A>,
  options: AttentionCellOptions = {},
): Cell<AttentionCellParams<P, A>, AttentionCellState<S>, Source> {
  const { outputSize = cell.outputSize, inputFeeding = true } = options;
  const name = `attentionCell(${cell.name}, ${attention.name})`;
  expectSizes(name, { outputSize });
  if (attention.querySize !== cell.outputSize) {
    throw new OptionError(
      `${name}: attention: expected querySize=${cell.outputSize}, the cell's outputSize, got ${attention.querySize}.`,
    );
  }
  const inputSize = cell.inputSize - (inputFeeding ? outputSize : 0);
  if (inputSize < 1) {
    throw new OptionError(
      `${name}: cell: expected inputSize above ${outputSize}, for the output that is appended to the input, got ${cell.inputSize}.`,
    );
  }
  const joined = attention.contextSize + cell.outputSize;
  return {
    name,
    inputSize,
    outputSize,
    recipe: combined('attentionCell', [cell, attention], (recipes) => [...recipes, { outputSize, inputFeeding }]),
    init(rng) {
      const limit = 1 / Math.sqrt(joined);
      return {
        cell: cell.init(rng.fork('cell')),
        attention: attention.init(rng.fork('attention')),
        kernel: rng.fork('kernel').tensor([joined, outputSize], (r) => r.uniform(-limit, limit)) as Tensor2D,
      };
    },
    initialState(batchSize, source) {
      if (source === undefined) throw new OptionError(`${name}: initialState: expected a source as context, got none.`);
      return tree.tidy(() => ({
        cell: cell.initialState(batchSize),
        output: zeros([batchSize, outputSize]) as Frame,
        weights: attention.initialWeights?.(source) ?? (zeros([batchSize, source.memory.shape[1]]) as Frame),
      }));
    },
    step: (params, state, input, source, rng) =>
      tree.tidy(() => {
        expectShape(name, 'input', input, { batch: undefined, inputSize });
        const fed = inputFeeding ? (concat([input, state.output], 1) as Frame) : input;
        const next = cell.step(params.cell, state.cell, fed, undefined, rng);
        const { context, weights } = attention.attend(params.attention, next.output, source, state.weights);
        const output: Frame = tanh(matMul(concat([context, next.output], 1) as Frame, params.kernel));
        return { output, state: { cell: next.state, output, weights } };
      }),
  };
}

/** The source of a memory [batch, length, memorySize] with its keys; mask [batch, length], 1 = real. */
export function sourceOf<A extends Tree>(
  attention: Attention<A>,
  params: A,
  memory: Sequence,
  mask?: Tensor2D | undefined,
): Source {
  const keys = attention.keys(params, memory);
  return mask === undefined ? { memory, keys } : { memory, keys, mask };
}
