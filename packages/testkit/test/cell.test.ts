import { ElmanError } from '@elman/core';
import { expect, it } from 'vitest';
import { cellProofs, describeCell } from '../src/index.ts';
import { onGraphicsDevice } from '../src/tensors.ts';
import { brokenCells } from './broken-cells.ts';
import { integrator } from './integrator.ts';

const sizes = { inputSize: 3, hiddenSize: 5 };
const importPackage = async () => ({ integrator });

describeCell('a correct cell', () => integrator(sizes), { importPackage });

describeCell('a cell with only a step', () => {
  const { name, inputSize, outputSize, init, initialState, step } = integrator(sizes);
  return { name, inputSize, outputSize, init, initialState, step };
});

for (const { mistake, caughtBy, breaks } of brokenCells) {
  // On a GPU a step is not compiled for one frame at a time.
  if (onGraphicsDevice() && caughtBy.startsWith('compiled for one frame')) continue;
  it(`catches a cell that ${mistake}`, async () => {
    const makeCell = () => {
      const cell = integrator(sizes);
      return { ...cell, ...breaks(cell) };
    };
    const proof = cellProofs(makeCell, { importPackage }).find(({ title }) => title === caughtBy);
    const error = await proof?.prove().then(
      () => 'no error',
      (caught: unknown) => caught,
    );
    expect(ElmanError.isInstance(error), `${error}`).toBe(true);
    expect((error as Error).message).not.toContain('\n');
  });
}
