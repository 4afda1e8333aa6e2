import { gru, lstm } from '@elman/cells';
import type { Cell, Tree } from '@elman/core';
import type { BUILT_IN_CELLS, CellName } from '../own-cell-workloads.ts';
import { stepGru } from './gru.ts';
import { stepLayerNormLstm } from './layer-norm-lstm.ts';
import { stepLstm } from './lstm.ts';
import { stepMultiplicativeLstm } from './multiplicative-lstm.ts';
import { neuralTuringMachine } from './neural-turing-machine.ts';
import { stepResetBeforeGru } from './reset-before-gru.ts';
import { residualStack } from './residual-stack.ts';
import type { Sizes } from './sizes.ts';

type AnyCell = Cell<Tree, Tree>;

/** A cell whose inputs are as wide as its state. */
function square<P extends Tree, S extends Tree>(make: (sizes: Sizes) => Cell<P, S>): (size: number) => AnyCell {
  return (size) => make({ inputSize: size, hiddenSize: size }) as unknown as AnyCell;
}

/** The cells, each of which is a `step` without `scan` or `project`, or made of such by combinators. */
export const ownCells: { readonly [name in CellName]: (size: number) => AnyCell } = {
  'layer-norm-lstm': square(stepLayerNormLstm),
  'multiplicative-lstm': square(stepMultiplicativeLstm),
  'reset-before-gru': square(stepResetBeforeGru),
  'residual-stack': residualStack,
  ntm: neuralTuringMachine,
  lstm: square(stepLstm),
  gru: square(stepGru),
};

/** Cells of `@elman/cells` with the equations and parameters of an own cell. */
export const builtInCells: { readonly [name in (typeof BUILT_IN_CELLS)[number]]: (size: number) => AnyCell } = {
  lstm: square(lstm),
  gru: square(gru),
};
