import { type Frame, type Sequence, type Step, type Tree, tree } from '@elman/core';
import { mul, reshape, slice, stack, type Tensor2D } from '@tensorflow/tfjs-core';

/** A time loop as it is defined, frame by frame: where `mask` is 0 the state is held and the output is 0. */
export function scan<S extends Tree>(
  step: (state: S, input: Frame, t: number) => Step<S>,
  start: S,
  inputs: Sequence,
  { mask, reverse = false }: { readonly mask?: Tensor2D | undefined; readonly reverse?: boolean | undefined },
): { readonly outputs: Sequence; readonly state: S } {
  const [batch, time, features] = inputs.shape;
  const outputs: Frame[] = [];
  let state = start;
  for (const t of Array.from({ length: time }, (_, i) => (reverse ? time - 1 - i : i))) {
    const next = step(state, reshape(slice(inputs, [0, t, 0], [batch, 1, features]), [batch, features]), t);
    const real = mask && (slice(mask, [0, t], [batch, 1]) as Tensor2D);
    outputs[t] = real === undefined ? next.output : mul(next.output, real);
    state = real === undefined ? next.state : tree.where(real, next.state, state);
  }
  return { outputs: stack(outputs, 1) as Sequence, state };
}
