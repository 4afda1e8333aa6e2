import { gruEngine } from './choose-engine.ts';
import { onGpu } from './gpu/device-kernels.ts';
import { gru } from './gpu/gru.ts';
import { type OneStateCall, oneStateKernels } from './one-state-kernels.ts';
import type { SequenceKernels } from './sequence-kernels.ts';
import { tensorflowGru } from './tensorflow/gru.ts';

/** `gruSequence` on the backends. */
export const gruKernels: SequenceKernels<OneStateCall> = oneStateKernels({
  where: 'gruSequence',
  kernelName: 'ElmanGruSequence1',
  gates: 3,
  engine: gruEngine,
  bias: 'recurrentBias',
  devices: { tensorflow: tensorflowGru, ...onGpu(() => gru) },
});
