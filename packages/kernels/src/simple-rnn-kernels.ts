import type { SimpleRnnActivation } from './sequence.ts';
import type { SequenceKernels, SequenceOptions } from './sequence-kernels.ts';
import { tensorflowSimpleRnn } from './tensorflow/simple-rnn.ts';

type Options = SequenceOptions & { readonly activation: SimpleRnnActivation };

/** `simpleRnnSequence` on the backends. */
export const simpleRnnKernels: SequenceKernels<Options> = {
  where: 'simpleRnnSequence',
  variables: ['projected', 'recurrentKernel', 'h'],
  devices: { tensorflow: tensorflowSimpleRnn },
};
