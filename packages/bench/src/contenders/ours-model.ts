import { gru, lstm } from '@elman/cells';
import { tcn } from '@elman/convolution';
import type { Cell, Tree } from '@elman/core';
import { stack } from '@elman/rnn';
import type { Workload } from '../workloads.ts';

/** The recurrent layers of a workload, as one cell. */
export function cellOf({ kind, cell, hiddenSize, layers, kernelSize }: Workload): Cell<Tree, Tree> {
  if (cell === 'tcn') {
    const inputSize = kind === 'adding' ? 2 : hiddenSize;
    return tcn({ inputSize, hiddenSize, layers, kernelSize }) as unknown as Cell<Tree, Tree>;
  }
  const make = cell === 'gru' ? gru : lstm;
  const sizes = Array.from({ length: layers }, (_, i) => (kind === 'adding' && i === 0 ? 2 : hiddenSize));
  const cells = sizes.map((inputSize) => make({ inputSize, hiddenSize }) as Cell<Tree, Tree>);
  return cells.length === 1 ? (cells[0] as Cell<Tree, Tree>) : (stack(cells) as unknown as Cell<Tree, Tree>);
}
