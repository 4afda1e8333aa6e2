import {
  type Cell,
  expectAwaited,
  expectFrames,
  expectShape,
  type Rng,
  type Sequence,
  type Steps,
  type Tree,
  tree,
  withParamsOf,
} from '@elman/core';
import { type EmbeddedInputs, expectMask } from '@elman/kernels';
import { expandDims, notEqual, type Tensor2D, where, zerosLike } from '@tensorflow/tfjs-core';
import { expectCell } from './chain.ts';
import { expectEmbedded, runEmbedded } from './embedded.ts';
import { run } from './run.ts';

/** Options of `unroll`. All optional, except `context` if the cell has one. */
export interface UnrollOptions<S extends Tree, C = void> {
  /** The initial state; by default the cell's initial state. */
  readonly state?: S | undefined;
  readonly context?: C | undefined;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0, whatever the input (even if NaN). */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the indices of their inputs. */
  readonly reverse?: boolean | undefined;
  /** For training: the source of dropout and other noise. A step at frame t draws from `rng.frame(t)`. */
  readonly rng?: Rng | undefined;
}

/**
 * Runs a cell over a sequence.
 *
 *   sₜ, yₜ = cell(sₜ₋₁, xₜ)     t = 1 … T, or T … 1 with `reverse`
 *
 * Shapes: inputs [batch, time, inputSize] → outputs [batch, time, outputSize] and the state after the last frame. With a
 * mask of variable lengths that is the last real frame of each row. The step is compiled, and the whole sequence runs as one op,
 * where that is possible (`explain` says whether, and why not); else it runs frame by frame, with the same numbers to float32 rounding.
 *
 * Inputs may also be rows of a table: `{ embedding, ids }`, an embedding [vocabSize, inputSize] and int32 ids [batch, time]. What depends
 * on the input alone is then computed once for each row of the table, if that is less work.
 *
 * @throws {ShapeError} if inputs, mask or parameters do not match the cell and each other, or there is no row or no frame.
 * @throws {BackendError} if no backend is ready.
 * @throws {DataError} for a mask with other numbers than 0 and 1, on the backends cpu and wasm; elsewhere all but 0
 * counts as 1.
 * @throws {OptionError} if `cell` is not a cell.
 */
export function unroll<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  params: P,
  inputs: Sequence | EmbeddedInputs,
  options: UnrollOptions<S, C> = {},
): Steps<S> {
  expectCell('unroll: cell', cell);
  expectAwaited('unroll: params', params);
  const { mask, reverse, rng } = options;
  const context = options.context as C;
  const embedded = 'embedding' in inputs ? inputs : undefined;
  if (embedded !== undefined) expectEmbedded(cell.name, embedded, cell.inputSize);
  else {
    const { inputSize } = cell;
    expectShape(cell.name, 'inputs', inputs as Sequence, { batch: undefined, time: undefined, inputSize });
  }
  const frames = embedded?.ids ?? (inputs as Sequence);
  const [batch, time] = frames.shape as [number, number];
  expectFrames(cell.name, 'inputs', frames);
  if (mask !== undefined) {
    expectShape(cell.name, 'mask', mask, { batch, time });
    expectMask(cell.name, 'mask', mask);
  }
  return withParamsOf(cell.name, cell, params, () =>
    tree.tidy(() => {
      const state = options.state ?? cell.initialState(batch, context);
      const given = { context, mask, reverse, rng };
      if (embedded !== undefined) return runEmbedded(cell, params, state, embedded, given);
      const real = mask === undefined ? (inputs as Sequence) : blankPadding(inputs as Sequence, mask);
      return run(cell, params, state, real, given);
    }),
  );
}

/** Zeros where the mask is 0, so that padding has no influence on values or gradients. */
function blankPadding(inputs: Sequence, mask: Tensor2D): Sequence {
  return where(notEqual(expandDims(mask, 2), 0), inputs, zerosLike(inputs));
}
