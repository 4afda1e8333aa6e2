import type { SequenceKernels, SequenceOptions } from './sequence-kernels.ts';
import { tensorflowGru } from './tensorflow/gru.ts';

/** `gruSequence` on the backends. */
export const gruKernels: SequenceKernels<SequenceOptions> = {
  where: 'gruSequence',
  variables: ['projected', 'recurrentKernel', 'recurrentBias', 'h'],
  devices: { tensorflow: tensorflowGru },
};
