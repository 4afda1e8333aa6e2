import { reshape, sum, type Tensor, Tile, type TileAttrs } from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** `Tile`, every broadcast: one sum over the copies. tfjs slices and adds them one by one, and only up to four axes. */
export function tileGradient(): void {
  provideGradient(Tile, () => ({
    gradFunc: (dy, _saved, attrs) => {
      const { reps } = attrs as unknown as TileAttrs;
      return { x: () => sumOverCopies(dy as Tensor, reps) };
    },
  }));
}

/** An axis of `size` numbers that was copied `count` times is [count, size]. */
function sumOverCopies(dy: Tensor, reps: readonly number[]): Tensor {
  const split: number[] = [];
  const copies: number[] = [];
  const shape = dy.shape.map((all, axis) => all / (reps[axis] as number));
  for (const [axis, size] of shape.entries()) {
    const count = reps[axis] as number;
    if (count > 1) copies.push(split.length);
    if (count > 1) split.push(count);
    if (count === 1 || size !== 1) split.push(size);
  }
  return copies.length === 0 ? dy.clone() : reshape(sum(reshape(dy, split), copies), shape);
}
