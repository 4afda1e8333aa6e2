import { Rng, type Sequence } from '@elman/core';
import { describeCell, expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { minGru } from '../src/index.ts';

describeCell('minGru', () => minGru({ inputSize: 3, hiddenSize: 4 }), {
  importPackage: () => import('../src/index.ts'),
});

it('moves h towards the candidate by z', async () => {
  // σ(ln 3) = 3/4: h' = 1/4·8 + 3/4·4 = 5
  const params = { kernel: tensor2d([[0, 2]]), bias: tensor1d([Math.log(3), 0]) };
  const { state } = minGru({ inputSize: 1, hiddenSize: 1 }).step(params, { h: tensor2d([[8]]) }, tensor2d([[2]]));
  await expectTreesClose(state, { h: tensor2d([[5]]) });
});

it('scans a sequence whose length is not a power of two', async () => {
  const cell = minGru({ inputSize: 2, hiddenSize: 1 });
  const params = {
    kernel: tensor2d([
      [1, 0],
      [0, 1],
    ]),
    bias: tensor1d([0, 0]),
  };
  const rng = Rng.seeded(1);
  const values = Array.from({ length: 11 }, () => rng.normal());
  const inputs = tensor3d(
    values.flatMap((x) => [0, x]),
    [1, 11, 2],
  ) as Sequence;
  // z = 1/2: every state is the mean of the previous one and the input.
  const expected: number[] = [];
  for (const x of values) expected.push(((expected.at(-1) ?? 3) + x) / 2);
  const found = cell.scan?.(params, { h: tensor2d([[3]]) }, inputs, { context: undefined });
  await expectTreesClose(found?.outputs ?? [], tensor3d(expected, [1, 11, 1]));
});
