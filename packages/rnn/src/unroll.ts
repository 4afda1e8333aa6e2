import {
  type Cell,
  expectShape,
  type Frame,
  type Rng,
  type ScanOptions,
  type Sequence,
  type Step,
  type Steps,
  type Tree,
  tree,
} from '@elman/core';
import {
  cast,
  expandDims,
  mul,
  notEqual,
  reshape,
  stack,
  type Tensor2D,
  type Tensor3D,
  transpose,
  unstack,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** How to unroll. All optional; `context` is wanted where the cell has one. */
export interface UnrollOptions<S extends Tree, C> {
  /** The state to start from; by default the cell's initial state. */
  readonly state?: S | undefined;
  readonly context?: C | undefined;
  /** [batch, time], 1 = real. Where it is 0 the state is held and the output is 0, whatever the input (be it NaN). */
  readonly mask?: Tensor2D | undefined;
  /** Run from the last frame to the first; outputs stay at the places of their inputs. */
  readonly reverse?: boolean | undefined;
  /** The inputs have been through `cell.project` already (a gathered table of projected embeddings, say). */
  readonly projected?: boolean | undefined;
  /** Give it in training: the source of dropout and other noise. */
  readonly rng?: Rng | undefined;
}

/**
 * Runs a cell over a sequence.
 *
 *   sₜ, yₜ = cell(sₜ₋₁, xₜ)     t = 1 … T, or T … 1 with `reverse`
 *
 * Shapes: inputs [batch, time, inputSize] → outputs [batch, time, outputSize] and the state after the last frame. With a
 * mask of variable lengths that is each row's own last frame. Uses `cell.scan` where there is one, else `cell.step`.
 *
 * @throws {ShapeError} if inputs or mask do not fit the cell and each other.
 */
export function unroll<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  params: P,
  inputs: Sequence,
  options: UnrollOptions<S, C> = {},
): Steps<S> {
  const { mask, reverse, rng, projected = false } = options;
  const context = options.context as C;
  const inputSize = projected ? undefined : cell.inputSize;
  expectShape(cell.name, 'inputs', inputs, { batch: undefined, time: undefined, inputSize });
  const [batch, time] = inputs.shape;
  if (mask !== undefined) expectShape(cell.name, 'mask', mask, { batch, time });
  return tree.tidy(() => {
    const state = options.state ?? cell.initialState(batch);
    const real = mask === undefined ? inputs : blankPadding(inputs, mask);
    if (cell.scan !== undefined) {
      const ready = projected ? real : projectSequence(cell, params, real);
      return cell.scan(params, state, ready, { context, mask, reverse, rng });
    }
    return scanFrames((s: S, x: Frame) => cell.step(params, s, x, context, rng), state, real, { mask, reverse });
  });
}

/** [batch, time, inputSize] through `cell.project`, as one product over all frames; as it is where there is none. */
export function projectSequence<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  inputs: Sequence,
): Sequence {
  if (cell.project === undefined) return inputs;
  const [batch, time, size] = inputs.shape;
  const projected = cell.project(params, reshape(inputs, [batch * time, size]));
  return reshape(projected, [batch, time, -1]);
}

/**
 * The time loop that every `scan` can fall back on: `frame` is called once per time step.
 *
 * Time-major inside: one `unstack` at the start and one `stack` at the end, so that neither slicing nor its gradient
 * grows with the square of the length.
 */
export function scanFrames<S extends Tree>(
  frame: (state: S, input: Frame) => Step<S>,
  start: S,
  inputs: Sequence,
  { mask, reverse = false }: Pick<ScanOptions, 'mask' | 'reverse'> = {},
): Steps<S> {
  const frames = unstack(transpose(inputs, [1, 0, 2])) as Frame[];
  const masks = mask === undefined ? undefined : (unstack(transpose(expandDims(mask, 2), [1, 0, 2])) as Tensor2D[]);
  const outputs: Frame[] = new Array(frames.length);
  let state = start;
  for (let i = 0; i < frames.length; i++) {
    const t = reverse ? frames.length - 1 - i : i;
    const next = frame(state, frames[t] as Frame);
    if (masks === undefined) {
      outputs[t] = next.output;
      state = next.state;
    } else {
      const real = masks[t] as Tensor2D;
      outputs[t] = mul(next.output, cast(notEqual(real, 0), 'float32'));
      state = tree.where(real, next.state, state);
    }
  }
  return { outputs: transpose(stack(outputs), [1, 0, 2]) as Tensor3D, state };
}

/** Zeros where the mask is 0, so that what stands in the padding has no influence on values or gradients. */
function blankPadding(inputs: Sequence, mask: Tensor2D): Sequence {
  return where(notEqual(expandDims(mask, 2), 0), inputs, zerosLike(inputs));
}
