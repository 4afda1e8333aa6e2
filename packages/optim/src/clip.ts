import { type Optimizer, tree } from '@elman/core';
import { clipNormOfAll } from '@elman/kernels';
import { clipByValue as clipTensor, div, maximum, mul } from '@tensorflow/tfjs-core';
import { withLeaves } from './leaves.ts';
import { expectPositive } from './options.ts';
import { globalNorm } from './updates.ts';

/** The state of an optimizer without one. */
export type Stateless = { readonly [key: string]: never };

/**
 * Clips every element of the gradient to [−limit, limit]: g' = min(max(g, −limit), limit).
 *
 * It changes the direction of the gradient; `clipByGlobalNorm` does not. Put it first in a `chain`.
 * @throws {OptionError} if the limit is not finite and above 0.
 * @see Mikolov 2012, Statistical language models based on neural networks, §3.2.2
 */
export function clipByValue(limit: number): Optimizer<Stateless> {
  const name = 'clipByValue';
  expectPositive(name, { limit });
  return {
    name,
    init: () => ({}),
    update: (grads, state) => ({ updates: tree.map(grads, (g) => clipTensor(g, -limit, limit)), state }),
  };
}

/**
 * Clips the global norm of the gradient, all leaves as one vector, to at most `limit`:
 *
 *   g' = g·min(1, limit / ‖g‖)
 *
 * The direction is unchanged; a gradient whose norm is below the limit is unchanged, bit for bit. Put it first in a
 * `chain`. A norm that is NaN or infinite is not mended: check the loss before, as `train` of `@elman/train` does.
 * @throws {OptionError} if the limit is not finite and above 0.
 * @see Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks, algorithm 1
 */
export function clipByGlobalNorm(limit: number): Optimizer<Stateless> {
  const name = 'clipByGlobalNorm';
  expectPositive(name, { limit });
  return {
    name,
    init: () => ({}),
    update: (grads, state) => ({
      updates: tree.tidy(() => {
        const clipped = clipNormOfAll(tree.leaves(grads), limit);
        if (clipped !== undefined) return withLeaves(grads, clipped);
        const scale = div(limit, maximum(globalNorm(grads), limit));
        return tree.map(grads, (g) => mul(g, scale));
      }),
      state,
    }),
  };
}
