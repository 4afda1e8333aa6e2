import type { Cell, Tree } from '@elman/core';
import { expectCell } from './chain.ts';
import { combined } from './recipe.ts';
import type { SequenceLayer } from './types.ts';
import { unroll } from './unroll.ts';

/** The direction in which a layer runs through time. */
export type Direction = 'forward' | 'backward';

/**
 * A cell as a layer over sequences, run in one direction.
 *
 *   sₜ, yₜ = cell(sₜ₋₁, xₜ)   forward, the default
 *   sₜ, yₜ = cell(sₜ₊₁, xₜ)   backward: each row from its own last frame, outputs at the indices of their inputs
 *
 * Parameters and state are the cell's own.
 */
export function layer<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  { direction = 'forward' }: { readonly direction?: Direction } = {},
): SequenceLayer<P, S, C> {
  expectCell('layer: cell', cell);
  return {
    name: direction === 'forward' ? cell.name : `backward(${cell.name})`,
    inputSize: cell.inputSize,
    outputSize: cell.outputSize,
    recipe: combined('layer', [cell], (recipes) => [...recipes, { direction }]),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => cell.initialState(batchSize, context),
    run: (params, inputs, options) => unroll(cell, params, inputs, { ...options, reverse: direction === 'backward' }),
  };
}
