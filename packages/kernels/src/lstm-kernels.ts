import type { SequenceKernels, SequenceOptions } from './sequence-kernels.ts';
import { tensorflowLstm, tensorflowPeepholeLstm } from './tensorflow/lstm.ts';

/** `lstmSequence` on the backends. */
export const lstmKernels: SequenceKernels<SequenceOptions> = {
  where: 'lstmSequence',
  variables: ['projected', 'recurrentKernel', 'h', 'c'],
  devices: { tensorflow: tensorflowLstm },
};

/** `peepholeLstmSequence` on the backends. */
export const peepholeLstmKernels: SequenceKernels<SequenceOptions> = {
  where: 'peepholeLstmSequence',
  variables: [...lstmKernels.variables, 'peepholeI', 'peepholeF', 'peepholeO'],
  devices: { tensorflow: tensorflowPeepholeLstm },
};
