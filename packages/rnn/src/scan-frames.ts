import {
  expectFrames,
  type Frame,
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
  type Tensor3D,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';

/**
 * The time loop that every `scan` can fall back on: `frame` is called once per time step, with the index t of its input and, under
 * a mask, which rows are real there, [batch, 1].
 *
 * Time-major inside: one `unstack` at the start and one `stack` at the end, so that neither slicing nor its gradient
 * grows with the square of the length.
 * @throws {ShapeError} if there is no row or no frame.
 */
export function scanFrames<S extends Tree>(
  frame: (state: S, input: Frame, t: number, real?: Frame) => Step<S>,
  start: S,
  inputs: Sequence,
  { mask, reverse = false }: Pick<ScanOptions, 'mask' | 'reverse'> = {},
): Steps<S> {
  expectFrames('scanFrames', 'inputs', inputs);
  const frames = framesOf(inputs);
  const masks = mask === undefined ? undefined : framesOf(cast(notEqual(expandDims(mask, 2), 0), 'float32'));
  const outputs: Frame[] = new Array(frames.length);
  let state = start;
  for (let i = 0; i < frames.length; i++) {
    const t = reverse ? frames.length - 1 - i : i;
    const real = masks?.[t];
    const next = frame(state, frames[t] as Frame, t, real);
    if (real === undefined) {
      outputs[t] = next.output;
      state = next.state;
    } else {
      outputs[t] = mul(next.output, real);
      state = tree.where(real, next.state, state);
    }
  }
  return { outputs: transpose(stack(outputs), [1, 0, 2]) as Tensor3D, state };
}

/** The frames of [batch, time, features], each [batch, features]. The gradient of `unstack` fails on a single frame. */
function framesOf(x: Sequence): Frame[] {
  const [batch, time, features] = x.shape;
  return time === 1 ? [reshape(x, [batch, features])] : (unstack(transpose(x, [1, 0, 2])) as Frame[]);
}
