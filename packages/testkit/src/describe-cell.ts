import { selectBackend } from '@elman/backend';
import type { Cell, Tree } from '@elman/core';
import { getBackend } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { cellProofs } from './cell-checks.ts';
import type { CellOptions } from './subject.ts';

/**
 * Tests in vitest that a cell satisfies the contract of `Cell` in `@elman/core`, one test for each requirement. The title of one says
 * whether the cell is compiled; a cell that is not does not pass, unless the option `notCompiled` says why.
 *
 *   describeCell('minGru', () => minGru({ inputSize: 3, hiddenSize: 4 }), {
 *     importPackage: () => import('../src/index.ts'),
 *   });
 *
 * Keep the sizes small and different from each other. If no backend was chosen, the best one
 * available is started first.
 */
export function describeCell<P extends Tree, S extends Tree, C = void>(
  name: string,
  makeCell: () => Cell<P, S, C>,
  options: CellOptions<C> = {},
): void {
  describe(`${name} satisfies the contract of a cell`, async () => {
    if (!getBackend()) await selectBackend();
    for (const { title, prove } of cellProofs(makeCell, options)) it(title, prove);
  });
}
