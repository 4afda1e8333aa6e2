import { Rng } from '@elman/core';
import {
  getBackend,
  sum,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gruSequence, hasGruSequence } from '../src/index.ts';

const device = getBackend() === 'webgl' || getBackend() === 'webgpu';

/** More frames than the initial heap of tfjs holds: reading them makes it grow, which invalidates every view. */
it.skipIf(device)('a sequence that makes the heap grow reads no invalidated view (heaps: cpu and wasm)', () => {
  expect(hasGruSequence()).toBe(true);
  const [batch, time, hidden] = [60, 2000, 7];
  const rng = Rng.seeded(1);
  const draw = (label: string, shape: number[]) => rng.fork(label).tensor(shape, (r) => r.uniform(-0.5, 0.5));
  tidy(() => {
    const recurrentKernel = variable(draw('kernel', [hidden, 3 * hidden])) as Tensor2D;
    const recurrentBias = draw('bias', [hidden]) as Tensor1D;
    const h = draw('h', [batch, hidden]) as Tensor2D;
    const projected = draw('projected', [batch, time, 3 * hidden]) as Tensor3D;
    const { value } = variableGrads(() => sum(gruSequence({ projected, recurrentKernel, recurrentBias, h }).outputs));
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
  });
});
