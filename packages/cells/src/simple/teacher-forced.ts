import {
  type Cell,
  expectShape,
  type Frame,
  OptionError,
  type ScanOptions,
  type Sequence,
  type Step,
  type Tree,
  tree,
} from '@elman/core';
import {
  argMax,
  cast,
  concat,
  expandDims,
  max,
  mul,
  notEqual,
  oneHot,
  type Rank,
  reshape,
  reverse as reversed,
  slice,
  split,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** A state with the previous output in it. */
export type OutputState = { readonly y: Frame };

/**
 * A cell that is recurrent through its output (`jordan`, `elmanJordan`), given the previous output: in training the previous
 * target (teacher forcing).
 *
 *   x, given = split(input)
 *   s', y' = cell(s with y = given, x)
 *
 * Parameters and state are the cell's own: train `teacherForced(cell)` on `withPreviousTargets(inputs, targets)`, then run `cell`.
 * Where only the output recurs, as in `jordan`, frames no longer depend on each other, and all are computed at once.
 *
 * Shapes: input [batch, inputSize + outputSize] of the cell's sizes.
 * @throws {ShapeError} if the input has another width.
 * @throws {OptionError} if it is not given a cell, or the state of the cell has no previous output y.
 * @see Williams & Zipser 1989; Goodfellow et al. 2016, "Deep Learning", §10.2.1
 */
export function teacherForced<P extends Tree, S extends OutputState & Tree>(cell: Cell<P, S>): Cell<P, S> {
  if (typeof cell?.step !== 'function') {
    throw new OptionError('teacherForced: expected a cell, jordan({ … }) say, got something else.');
  }
  const name = `teacherForced(${cell.name})`;
  const sizes = [cell.inputSize, cell.outputSize];
  const inputSize = cell.inputSize + cell.outputSize;
  const { recipe } = cell;

  const step: Cell<P, S>['step'] = (params, state, input, context, rng): Step<S> => {
    if (state.y === undefined) {
      throw new OptionError(`${name}: expected a cell whose state has its previous output y, got one without.`);
    }
    expectShape(name, 'input', input, { batch: state.y.shape[0], inputSize });
    return tree.tidy(() => {
      const [x, y] = split(input, sizes, 1) as [Frame, Frame];
      return cell.step(params, { ...state, y }, x, context, rng);
    });
  };

  return {
    name,
    inputSize,
    outputSize: cell.outputSize,
    recipe: recipe && { package: '@elman/cells', factory: 'teacherForced', arguments: [recipe] },
    init: (rng) => cell.init(rng),
    initialState: (batchSize) => cell.initialState(batchSize),
    step,
    scan(params, state, inputs, options) {
      const { context, mask, rng } = options;
      if (Object.keys(state).length > 1 || rng !== undefined) return undefined;
      return tree.tidy(() => {
        const [batch, time] = inputs.shape;
        const rows: Frame = reshape(inputs, [batch * time, inputSize]);
        const unread = { y: zeros([batch * time, cell.outputSize]) } as never;
        const { output } = step(params, unread, rows, context);
        const all: Sequence = reshape(output, [batch, time, cell.outputSize]);
        const outputs = mask === undefined ? all : where(notEqual(expandDims(mask, 2), 0), all, zerosLike(all));
        return { outputs, state: { y: lastOutput(outputs, state.y, options) } as never };
      });
    },
  };
}

/** The output of the last real frame of each row, or of the first in reverse; where there is none, the state before. */
function lastOutput(outputs: Sequence, before: Frame, { mask, reverse = false }: ScanOptions): Frame {
  const [batch, time, size] = outputs.shape;
  if (mask === undefined)
    return reshape(slice(outputs, [0, reverse ? 0 : time - 1, 0], [batch, 1, size]), [batch, size]);
  const real: Tensor2D = cast(notEqual(mask, 0), 'float32');
  const towards = <T extends Tensor>(x: T): T => (reverse ? x : reversed(x, 1));
  const at = towards(cast(oneHot(argMax<Tensor1D>(towards(real), 1), time), 'float32'));
  return tree.where(max(real, 1, true) as Tensor2D, sum(mul(outputs, expandDims(at, 2)), 1), before);
}

/**
 * Inputs of a cell `teacherForced`: next to each frame the target of the frame before.
 *
 *   inputsₜ, targetsₜ₋₁        targets₀ = first
 *
 * Shapes: inputs [batch, time, inputSize], targets [batch, time, outputSize] → [batch, time, inputSize + outputSize]; first
 * [batch, outputSize], zeros by default, as the state of a cell is at first; between windows of a sequence the last target.
 * @throws {ShapeError} if targets or the first do not match the inputs.
 */
export function withPreviousTargets(inputs: Sequence, targets: Sequence, first?: Frame): Sequence {
  const name = 'withPreviousTargets';
  const [batch, time, outputSize] = targets.shape;
  expectShape(name, 'inputs', inputs, { batch, time, inputSize: undefined });
  if (first !== undefined) expectShape(name, 'first', first, { batch, outputSize });
  return tree.tidy(() => {
    const start = first === undefined ? zeros<Rank.R3>([batch, 1, outputSize]) : expandDims<Sequence>(first, 1);
    const earlier = slice(targets, [0, 0, 0], [batch, time - 1, outputSize]);
    return concat([inputs, concat([start, earlier], 1)], 2);
  });
}
