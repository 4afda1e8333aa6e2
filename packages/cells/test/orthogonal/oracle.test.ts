import { Rng, type Tree } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { eye, tensor, tensor1d, tensor2d, transpose, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../../fixtures/orthogonal.json' with { type: 'json' };
import { type UnitaryRnnParams, unitaryRnn } from '../../src/index.ts';
import { describeOracle } from '../oracle.ts';

describeOracle(fixture);

it("the product of unitaryRnn's factors is that by numpy's FFT", async () => {
  expect([...Rng.seeded(0).permutation(4)]).toEqual(fixture.permutation);
  const given = fixture.cases.at(-1)?.parameters as unknown as { readonly [path: string]: number[][] };
  const complex = (name: 'diagonals' | 'reflections') => ({
    real: tensor2d(given[`${name}.real`] as number[][]),
    imaginary: tensor2d(given[`${name}.imaginary`] as number[][]),
  });
  const params: UnitaryRnnParams = {
    kernel: zeros([3, 8]),
    diagonals: complex('diagonals'),
    reflections: complex('reflections'),
    bias: tensor1d([0, 0, 0, 0]),
  };
  // Rows of the identity become W·e, the columns of W.
  const basis = eye(4);
  const { state } = unitaryRnn({ inputSize: 3, hiddenSize: 4 }).step(
    params,
    { real: basis, imaginary: zerosLike(basis) },
    zeros([4, 3]),
  );
  const wanted = {
    real: transpose(tensor(fixture.unitary.real)),
    imaginary: transpose(tensor(fixture.unitary.imaginary)),
  };
  await expectTreesClose(state as Tree, wanted as Tree, { relative: 1e-5, absolute: 1e-6 });
});
