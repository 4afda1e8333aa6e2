import { Rng } from '@elman/core';
import { type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasSimpleRnnSequence, simpleRnnSequence } from '../src/index.ts';

/** More than the largest texture of webgl. */
const ROWS = 20_000;

it('a layer of one unit does not change the next one if both have more rows than a texture', async () => {
  if (!hasSimpleRnnSequence()) return;
  for (const hidden of [1, 3]) {
    const projected = Rng.seeded(hidden).tensor([ROWS, 1, hidden], (rng) => rng.integer(100)) as Tensor3D;
    const recurrentKernel = zeros([hidden, hidden]) as Tensor2D;
    const h = zeros([ROWS, hidden]) as Tensor2D;
    const { outputs } = simpleRnnSequence({ activation: 'relu', projected, recurrentKernel, h });
    const [found, wanted] = [await outputs.data(), await projected.data()];
    expect(found.findIndex((value, i) => value !== wanted[i])).toBe(-1);
  }
});
