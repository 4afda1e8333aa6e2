import { ElmanError } from '@elman/core';
import { mean, sub } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { cellProofs, describeCell } from '../src/index.ts';
import { onGraphicsDevice } from '../src/tensors.ts';
import { brokenCells } from './broken-cells.ts';
import { type Integrator, integrator } from './integrator.ts';

const sizes = { inputSize: 3, hiddenSize: 5 };
const importPackage = async () => ({ integrator });

describeCell('a correct cell', () => integrator(sizes), { importPackage });

describeCell('a cell with only a step', () => {
  const { name, inputSize, outputSize, init, initialState, step } = integrator(sizes);
  return { name, inputSize, outputSize, init, initialState, step };
});

for (const { mistake, caughtBy, breaks } of brokenCells) {
  // On a GPU a step is not compiled.
  if (onGraphicsDevice() && caughtBy.startsWith('compiled')) continue;
  it(`catches a cell that ${mistake}`, async () => {
    const makeCell = () => {
      const cell = integrator(sizes);
      return { ...cell, ...breaks(cell) };
    };
    const proof = cellProofs(makeCell, { importPackage }).find(({ title }) => title.startsWith(caughtBy));
    const error = await proof?.prove().then(
      () => 'no error',
      (caught: unknown) => caught,
    );
    expect(ElmanError.isInstance(error), `${error}`).toBe(true);
    expect((error as Error).message).not.toContain('\n');
  });
}

it('passes a cell whose rows influence each other, if the reason is given, and none whose rows do not', async () => {
  const rowsInteract = 'it subtracts the mean of its batch';
  const centred = (): Integrator => {
    const cell = integrator(sizes);
    const step: Integrator['step'] = (params, state, input) =>
      cell.step(params, state, sub(input, mean(input, 0, true)));
    return { ...cell, step };
  };
  const proofOf = (make: () => Integrator, options: object) =>
    cellProofs(make, options)
      .find(({ title }) => title.startsWith('rows'))
      ?.prove();
  await expect(proofOf(centred, {})).rejects.toThrow('rows 2, 0, 0, 3 alone');
  await proofOf(centred, { rowsInteract });
  await expect(proofOf(() => integrator(sizes), { rowsInteract })).rejects.toThrow(
    'rowsInteract: expected rows that influence each other, they do not; leave the option out.',
  );
});

it('passes a cell that is not compiled, if the reason is given, and none that is compiled', async () => {
  const notCompiled = 'it reads numbers';
  const reading = (): Integrator => {
    const cell = integrator(sizes);
    return { ...cell, ...brokenCells.find(({ mistake }) => mistake === 'reads numbers in its step')?.breaks(cell) };
  };
  const proofs = cellProofs(reading, { notCompiled }).filter(({ title }) => /^runs|^compiled/.test(title));
  expect(proofs.length).toBe(6);
  for (const { prove } of proofs) await prove();
  const compiled = cellProofs(() => integrator(sizes), { notCompiled }).find(({ title }) =>
    title.startsWith('compiles'),
  );
  await expect(compiled?.prove()).rejects.toThrow('expected a cell that is not compiled, it is; leave the option out');
});
