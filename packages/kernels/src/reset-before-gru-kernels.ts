import type { SequenceKernels, SequenceOptions } from './sequence-kernels.ts';
import { tensorflowResetBeforeGru } from './tensorflow/reset-before-gru.ts';

/** `resetBeforeGruSequence` on the backends. */
export const resetBeforeGruKernels: SequenceKernels<SequenceOptions> = {
  where: 'resetBeforeGruSequence',
  variables: ['projected', 'recurrentKernel', 'h'],
  devices: { tensorflow: tensorflowResetBeforeGru },
};
