import { simpleRnnEngine } from './choose-engine.ts';
import { onGpu } from './gpu/device-kernels.ts';
import { simpleRnn } from './gpu/simple-rnn.ts';
import { type OneStateCall, oneStateKernels } from './one-state-kernels.ts';
import type { OptionsOf, SequenceKernels } from './sequence-kernels.ts';
import type { SimpleRnnActivation } from './simple-rnn-engine.ts';
import { tensorflowSimpleRnn } from './tensorflow/simple-rnn.ts';

type Call = OneStateCall & { readonly activation: SimpleRnnActivation };

/** `simpleRnnSequence` on the backends. */
export const simpleRnnKernels: SequenceKernels<Call> = oneStateKernels<Call>({
  where: 'simpleRnnSequence',
  kernelName: 'ElmanSimpleRnnSequence1',
  gates: 1,
  engine: simpleRnnEngine,
  settings: ({ activation }) => ({ activation }),
  devices: { tensorflow: tensorflowSimpleRnn, ...onGpu(({ activation }: OptionsOf<Call>) => simpleRnn(activation)) },
});
