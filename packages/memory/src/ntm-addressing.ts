import {
  add,
  addN,
  concat,
  log,
  mul,
  reshape,
  sigmoid,
  slice,
  softmax,
  softplus,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
  tanh,
} from '@tensorflow/tfjs-core';
import { cosine } from './cosine.ts';
import type { NtmMemoryState } from './ntm.ts';

type Sizes = { readonly heads: number; readonly width: number; readonly shifts: number };

/** The raw commands of the heads, [batch, heads, …]. */
type CommandParts = {
  readonly key: Tensor3D;
  readonly strength: Tensor3D;
  readonly gate: Tensor3D;
  readonly shift: Tensor3D;
  readonly sharpness: Tensor3D;
};

/** The addressing part of a command. */
export function commandParts(command: Tensor2D, { heads, width, shifts }: Sizes): CommandParts {
  const ofHead = width + 2 * shifts + 4;
  const told = reshape(slice(command, [0, 0], [-1, heads * ofHead]), [command.shape[0], heads, ofHead]);
  const [key, strength, gate, shift, sharpness] = split(told, [width, 1, 1, 2 * shifts + 1, 1], 2) as Tensor3D[];
  return { key, strength, gate, shift, sharpness } as CommandParts;
}

/** The new weights of the heads: [batch, heads, slots], each row a distribution. */
export function addressing({ memory, weights }: NtmMemoryState, command: Tensor2D, sizes: Sizes): Tensor3D {
  const { key, strength, gate, shift, sharpness } = commandParts(command, sizes);
  const content: Tensor3D = softmax(mul(softplus(strength), cosine(tanh(key), memory)));
  const interpolated: Tensor3D = add(weights, mul(sigmoid(gate), sub(content, weights)));
  const moved = rotate(interpolated, softmax(shift), sizes.shifts);
  return softmax(mul(add(1, softplus(sharpness)), log(add(moved, LEAST))));
}

/** Smaller than any relevant weight, but with a finite logarithm. */
const LEAST = 1e-12;

/** w̃ᵢ = Σⱼ sⱼ·wᵢ₋ⱼ circularly, j = −shifts … shifts. */
function rotate(weights: Tensor3D, shift: Tensor3D, shifts: number): Tensor3D {
  const [batch, heads, slots] = weights.shape;
  const around = concat(
    [slice(weights, [0, 0, slots - shifts], [-1, -1, shifts]), weights, slice(weights, [0, 0, 0], [-1, -1, shifts])],
    2,
  );
  const moved = Array.from({ length: 2 * shifts + 1 }, (_, i) =>
    mul(slice(shift, [0, 0, i], [-1, -1, 1]), slice(around, [0, 0, 2 * shifts - i], [batch, heads, slots])),
  );
  return addN(moved) as Tensor3D;
}
