import { type Cell, OptionError, type Sequence, ShapeError, type Steps, type Tree } from '@elman/core';
import type { EmbeddedInputs } from '@elman/kernels';
import { type UnrollOptions, unroll } from '@elman/rnn';
import { concat, slice, split, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * A cell over a window of frames, with the state after `carry` of them, which the next window starts from: in two parts if those are
 * not all.
 */
export function unrollWindow<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  params: P,
  inputs: Sequence | EmbeddedInputs,
  options: UnrollOptions<S>,
  carry?: number | undefined,
): Steps<S> {
  const embedded = 'embedding' in inputs ? inputs : undefined;
  const frames = embedded?.ids ?? (inputs as Sequence);
  const time = frames.shape[1] as number;
  if (carry === undefined || carry === time) return unroll(cell, params, inputs, options);
  const sizes = [carry, time - carry];
  const parts = split(frames as Tensor3D, sizes, 1) as [Tensor3D, Tensor3D];
  const [head, tail] = parts.map((part) =>
    embedded === undefined ? part : { embedding: embedded.embedding, ids: part as unknown as Tensor2D },
  ) as [Tensor3D, Tensor3D];
  const [headMask, tailMask] =
    options.mask === undefined ? [] : (split(options.mask, sizes, 1) as [Tensor2D, Tensor2D]);
  const first = unroll(cell, params, head, { ...options, mask: headMask });
  const second = unroll(cell, params, tail, { ...options, mask: tailMask, state: first.state });
  return { outputs: concat([first.outputs, second.outputs], 1), state: first.state };
}

/** The frames from `start` on. */
export function framesFrom<T extends Tensor2D | Tensor3D>(start: number, x: T): T {
  return start === 0 ? x : (slice(x, [0, start]) as T);
}

/** @throws {ShapeError} unless a window has frames; {OptionError} unless they can be counted and carried on so. */
export function expectWindow(
  name: string,
  time: number,
  { counted, carry = time }: { readonly counted: number; readonly carry?: number | undefined },
): void {
  if (time === 0) throw new ShapeError(`${name}: inputs: expected one frame or more, got none.`);
  expectFrames(name, 'counted', counted, 0, time - 1);
  expectFrames(name, 'carry', carry, 1, time);
}

function expectFrames(name: string, option: string, frames: number, least: number, most: number): void {
  if (Number.isSafeInteger(frames) && frames >= least && frames <= most) return;
  throw new OptionError(`${name}: ${option}: expected ${least} to ${most} frames, got ${frames}.`);
}
