import { onGpu } from './gpu/device-kernels.ts';
import { gru } from './gpu/gru.ts';
import type { SequenceKernels, SequenceOptions } from './sequence-kernels.ts';
import { tensorflowGru } from './tensorflow/gru.ts';

/** `gruSequence` on the backends. */
export const gruKernels: SequenceKernels<SequenceOptions> = {
  where: 'gruSequence',
  variables: ['projected', 'recurrentKernel', 'recurrentBias', 'h'],
  devices: { tensorflow: tensorflowGru, ...onGpu(() => gru) },
};
