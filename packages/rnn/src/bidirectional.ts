import { type Cell, OptionError, type Tree, tree } from '@elman/core';
import { add, concat } from '@tensorflow/tfjs-core';
import { expectCell, nameOf } from './chain.ts';
import { combined } from './recipe.ts';
import type { SequenceLayer } from './types.ts';
import { unroll } from './unroll.ts';

/** How the outputs of both directions are merged. */
export type BidirectionalOptions = {
  /** `concat`, the default: concatenated, the forward one first. `sum`: added, so their sizes must be equal. */
  readonly merge?: 'concat' | 'sum' | undefined;
};

/** One entry for each direction: parameters or states. */
export type Both<F extends Tree, B extends Tree> = { readonly forward: F; readonly backward: B };

/**
 * Two cells over the same sequence, one from each end.
 *
 *   yₜ = [forward(x₁ … xₜ), backward(xₜ … x_T)]      or their sum
 *
 * Shapes: inputs [batch, time, inputSize] → outputs [batch, time, the sum of the outputSizes, or the one they share]. The
 * state holds both final states: forward's after the last real frame, backward's after the first.
 *
 * @throws {OptionError} if the inputSizes differ, or the outputSizes do and the outputs are to be summed.
 * @see Schuster & Paliwal 1997
 */
export function bidirectional<PF extends Tree, SF extends Tree, PB extends Tree, SB extends Tree, C = void>(
  forward: Cell<PF, SF, C>,
  backward: Cell<PB, SB, C>,
  { merge = 'concat' }: BidirectionalOptions = {},
): SequenceLayer<Both<PF, PB>, Both<SF, SB>, C> {
  expectCell('bidirectional: forward', forward);
  expectCell('bidirectional: backward', backward);
  const name = nameOf('bidirectional', [forward, backward]);
  const { inputSize, outputSize } = forward;
  if (backward.inputSize !== inputSize) {
    throw new OptionError(`${name}: backward: expected inputSize=${inputSize}, as forward, got ${backward.inputSize}.`);
  }
  if (merge !== 'concat' && merge !== 'sum') {
    throw new OptionError(`${name}: merge: expected 'concat' or 'sum', got ${JSON.stringify(merge)}.`);
  }
  if (merge === 'sum' && backward.outputSize !== outputSize) {
    throw new OptionError(
      `${name}: backward: expected outputSize=${outputSize}, as forward, got ${backward.outputSize}; or merge: 'concat'.`,
    );
  }
  return {
    name,
    inputSize,
    outputSize: merge === 'sum' ? outputSize : outputSize + backward.outputSize,
    recipe: combined('bidirectional', [forward, backward], (recipes) => [...recipes, { merge }]),
    init: (rng) => ({ forward: forward.init(rng.fork('forward')), backward: backward.init(rng.fork('backward')) }),
    initialState: (batchSize, context) => ({
      forward: forward.initialState(batchSize, context),
      backward: backward.initialState(batchSize, context),
    }),
    run: (params, inputs, { state, mask, context, rng } = {}) =>
      tree.tidy(() => {
        const there = unroll(forward, params.forward, inputs, {
          state: state?.forward,
          mask,
          context,
          rng: rng?.fork('forward'),
        });
        const back = unroll(backward, params.backward, inputs, {
          state: state?.backward,
          mask,
          context,
          rng: rng?.fork('backward'),
          reverse: true,
        });
        return {
          outputs: merge === 'sum' ? add(there.outputs, back.outputs) : concat([there.outputs, back.outputs], 2),
          state: { forward: there.state, backward: back.state },
        };
      }),
  };
}
