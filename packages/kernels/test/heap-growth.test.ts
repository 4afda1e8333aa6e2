import { Rng } from '@elman/core';
import { sum, type Tensor, tidy, variable, variableGrads } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { onGpu } from './describe-sequence.ts';
import { gruCase } from './sequence-cases.ts';

/** More frames than the initial heap of tfjs holds: reading them makes it grow, which invalidates every view. */
it.skipIf(onGpu)('a sequence that makes the heap grow reads no invalidated view (heaps: cpu and wasm)', () => {
  tidy(() => {
    const inputs = gruCase.inputs(Rng.seeded(1), { batch: 60, time: 2000, hidden: 7 });
    const recurrentKernel = variable(inputs.recurrentKernel) as Tensor as typeof inputs.recurrentKernel;
    const run = gruCase.compiledFor(undefined);
    const { value } = variableGrads(() => sum(run({ ...inputs, recurrentKernel }).outputs));
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
  });
});
