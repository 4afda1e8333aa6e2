import { Rng } from '@elman/core';
import { type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onGpu } from './describe-sequence.ts';
import { simpleRnnCases } from './sequence-cases.ts';

/** More than the largest texture of webgl. */
const ROWS = 20_000;

it.runIf(onGpu)(
  'a layer of one unit leaves the next alone if both have more rows than a texture (webgl, webgpu)',
  async () => {
    const { relu } = simpleRnnCases as { relu: (typeof simpleRnnCases)[string] };
    for (const hidden of [1, 3]) {
      const projected = Rng.seeded(hidden).tensor([ROWS, 1, hidden], (rng) => rng.integer(100)) as Tensor3D;
      const recurrentKernel = zeros([hidden, hidden]) as Tensor2D;
      const h = zeros([ROWS, hidden]) as Tensor2D;
      const { outputs } = relu.compiledFor(undefined)({ projected, recurrentKernel, h });
      const [found, wanted] = [await outputs.data(), await projected.data()];
      expect(found.findIndex((value, i) => value !== wanted[i])).toBe(-1);
    }
  },
);
