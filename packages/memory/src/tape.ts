import { expectShape, expectSizes, type Memory, OptionError, tree } from '@elman/core';
import {
  add,
  concat,
  mul,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { actionWeights, blend } from './actions.ts';
import { nearest } from './portion.ts';

/** Sizes of a tape and moves of its head. */
export type TapeOptions = {
  /** Cells of a tape, which is circular. */
  readonly cells: number;
  /** Size of a cell. */
  readonly size: number;
  /** Number of tapes, each with its own head; default 1. */
  readonly tapes?: number | undefined;
  /** The moves of a head in cells, positive to the right; default [0, −1, 1]: stay, left, right. */
  readonly moves?: readonly number[] | undefined;
  /** Whether to round the write gate and take only the likeliest move, which has no gradient: for use after training. Default false. */
  readonly hard?: boolean | undefined;
};

/** tapes [batch, tapes, cells, size], the cell under the head first, then those to its right. */
export type TapeState = { readonly tapes: Tensor4D };

/**
 * A differentiable tape as of a Turing machine: the cell under the head is written, then the head moves, then it reads.
 * For each tape m, whose cells are counted circularly from the head:
 *
 *   w = σ(write), v = tanh(value), a = softmax(moves)
 *   m₀' = m₀ + w·(v − m₀)
 *   m'' = Σₖ aₖ·(m' shifted by movesₖ)      m''ᵢ = Σₖ aₖ·m'ᵢ₊ₖ
 *   read = m''₀
 *
 * The tape is shifted under its head, as in the tape-RNN of Delétang et al., which writes at each step (w = 1); their jumps, by the
 * length of the input, are `moves: [0, -1, 1, -length, length]`. Soft moves blur the contents; with weights of 0 and 1 (`hard`) it is
 * an ordinary tape. All cells are 0 at first.
 *
 * Shapes: command [batch, tapes·(moves + 1 + size)]: the moves of all tapes, then whether each is written, then the values;
 * read [batch, tapes·size].
 * Seen:   moves [batch, tapes, moves], write [batch, tapes], value [batch, tapes, size], tapes [batch, tapes, cells, size].
 * @throws {ShapeError} if the command is not [batch, interfaceSize].
 * @throws {OptionError} if a size is not a positive whole number, or a move is not a whole number of fewer than `cells` cells.
 * @see Delétang et al. 2023, "Neural networks and the Chomsky hierarchy"; Suzgun et al. 2019, "Memory-augmented
 * recurrent neural networks can learn generalized Dyck languages" (Baby-NTM)
 */
export function tape(options: TapeOptions): Memory<TapeState> {
  const { cells, size, tapes = 1, moves = [0, -1, 1], hard = false } = options;
  const name = 'tape';
  expectSizes(name, { cells, size, tapes });
  for (const move of moves.length > 0 ? moves : [Number.NaN]) {
    if (Number.isInteger(move) && Math.abs(move) < cells) continue;
    throw new OptionError(`${name}: moves: expected whole numbers between ±cells=${cells}, got [${moves.join(', ')}].`);
  }
  const parts = [tapes * moves.length, tapes, tapes * size];
  const interfaceSize = tapes * (moves.length + 1 + size);

  const decide = (command: Tensor2D) => {
    const [logits, write, value] = split(command, parts, 1) as [Tensor2D, Tensor2D, Tensor2D];
    const batch = command.shape[0];
    const soft: Tensor2D = sigmoid(write);
    const weights: Tensor3D = actionWeights(reshape(logits, [batch, tapes, moves.length]), hard);
    return {
      weights,
      write: reshape(hard ? nearest(soft) : soft, [batch, tapes, 1, 1]) as Tensor4D,
      value: reshape(tanh(value), [batch, tapes, 1, size]) as Tensor4D,
    };
  };

  return {
    name,
    recipe: { package: '@elman/memory', factory: name, arguments: [{ cells, size, tapes, moves, hard }] },
    interfaceSize,
    readSize: tapes * size,
    initialState: (batchSize) => ({ tapes: zeros([batchSize, tapes, cells, size]) }),
    access: (state, command) =>
      tree.tidy(() => {
        expectShape(name, 'command', command, { batch: undefined, interfaceSize });
        const batch = command.shape[0];
        const { weights, write, value } = decide(command);
        const piece = (tensor: Tensor4D, from: number, to: number): Tensor4D[] =>
          to > from ? [slice(tensor, [0, 0, from, 0], [batch, tapes, to - from, size])] : [];
        const [under] = piece(state.tapes, 0, 1) as [Tensor4D];
        const written = add(under, mul(write, sub(value, under))) as Tensor4D;
        const whole = concat([written, ...piece(state.tapes, 1, cells)], 2);
        const moved = moves.flatMap((move) => {
          if (move === 0) return [whole];
          const head = (move + cells) % cells;
          return [...piece(whole, head, cells), ...piece(whole, 0, head)];
        });
        const after = blend(concat(moved, 2), weights);
        const read = slice(after, [0, 0, 0, 0], [batch, tapes, 1, size]);
        return { read: reshape(read, [batch, tapes * size]) as Tensor2D, state: { tapes: after } };
      }),
    watch: (state, command) =>
      tree.tidy(() => {
        const { weights, write, value } = decide(command);
        const batch = command.shape[0];
        return {
          moves: weights,
          write: reshape(write, [batch, tapes]),
          value: reshape(value, [batch, tapes, size]),
          tapes: state.tapes.clone(),
        };
      }),
  };
}
