import { resetBeforeGruEngine } from './choose-engine.ts';
import { resetBeforeGru } from './gpu/reset-before-gru.ts';
import { type OneStateCall, oneStateKernels } from './one-state-kernels.ts';
import type { SequenceKernels } from './sequence-kernels.ts';
import { tensorflowResetBeforeGru } from './tensorflow/reset-before-gru.ts';

/** `resetBeforeGruSequence` on the backends. */
export const resetBeforeGruKernels: SequenceKernels<OneStateCall> = oneStateKernels({
  where: 'resetBeforeGruSequence',
  kernelName: 'ElmanResetBeforeGruSequence1',
  gates: 3,
  engine: resetBeforeGruEngine,
  devices: { tensorflow: tensorflowResetBeforeGru, ...resetBeforeGru },
});
