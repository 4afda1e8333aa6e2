import { grads, mul, stack, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { numbers } from './numbers.ts';

/**
 * Expects the gradient of `f` by each of its inputs to be what the change of its outputs says, over steps of `step` to
 * both sides. The outputs are weighed by different numbers each, so that a gradient with the right sum in the wrong places
 * is found.
 */
export async function expectGradients(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 0.02, tolerance = 4e-3 }: { step?: number; tolerance?: number } = {},
): Promise<void> {
  const y = f(...inputs);
  const weights = tensor(numbers(y.size, 7), y.shape);
  const weighed = (...xs: Tensor[]): Tensor => sum(mul(f(...xs), weights));
  const analytic = grads(weighed as never)(inputs as Tensor[]);
  for (const [which, input] of inputs.entries()) {
    const start = Array.from(await input.data());
    const moved = (place: number, by: number): Tensor =>
      weighed(...inputs.with(which, tensor(start.with(place, (start[place] as number) + by), input.shape)));
    const differences = start.flatMap((_, place) => [moved(place, step), moved(place, -step)]);
    const sums = await stack(differences).data();
    const found = await (analytic[which] as Tensor).data();
    expect((analytic[which] as Tensor).shape).toEqual(input.shape);
    for (const place of start.keys()) {
      const numeric = ((sums[2 * place] as number) - (sums[2 * place + 1] as number)) / (2 * step);
      const difference = Math.abs((found[place] as number) - numeric);
      expect(difference, `input ${which} at ${place}: ${found[place]}, by differences ${numeric}`).toBeLessThan(
        tolerance * Math.max(1, Math.abs(numeric)),
      );
    }
  }
}
