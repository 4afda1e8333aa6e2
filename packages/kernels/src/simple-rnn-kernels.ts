import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { simpleRnnEngine } from './choose-engine.ts';
import { onGpu } from './gpu/device-kernels.ts';
import { simpleRnn } from './gpu/simple-rnn.ts';
import { copyOf } from './pool.ts';
import type { SequenceSizes } from './sequence.ts';
import { type OptionsOf, type SequenceCall, type SequenceKernels, savedOf } from './sequence-kernels.ts';
import { make, makeLast, makeSequence, readFrames, readMask } from './sequence-tensors.ts';
import type { SimpleRnnActivation, SimpleRnnActivations, SimpleRnnInput } from './simple-rnn-engine.ts';
import type { Storage } from './storage.ts';
import { tensorflowSimpleRnn } from './tensorflow/simple-rnn.ts';

type Call = SequenceCall<{
  readonly sizes: SequenceSizes;
  readonly input: Omit<SimpleRnnInput, 'projected'>;
  readonly activations: SimpleRnnActivations;
}> & { readonly activation: SimpleRnnActivation };

type Inputs = { readonly [name in 'projected' | 'recurrentKernel' | 'h']: TensorInfo } & {
  readonly mask?: TensorInfo;
};

type ResultGradients = { readonly [name in 'dOutputs' | 'dH']: TensorInfo };

/** `simpleRnnSequence` on typed arrays: results outputs, h. */
export const simpleRnnKernels: SequenceKernels<Call> = {
  where: 'simpleRnnSequence',
  kernelName: 'ElmanSimpleRnnSequence1',
  resultGradients: ['dOutputs', 'dH'],
  variables: ['projected', 'recurrentKernel', 'h'],
  devices: { tensorflow: tensorflowSimpleRnn, ...onGpu(({ activation }: OptionsOf<Call>) => simpleRnn(activation)) },
  forward,
  backward,
};

function forward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { projected, recurrentKernel, h, mask } = inputs as unknown as Inputs;
  const [batch, time, hidden] = projected.shape as [number, number, number];
  const sizes: SequenceSizes = { time, batch, hidden };
  const input = {
    activation: call.activation,
    recurrentKernel: copyOf(storage.read(recurrentKernel)),
    h0: copyOf(storage.read(h)),
    mask: readMask(storage, mask),
    reverse: call.reverse,
  };
  const activations = simpleRnnEngine().forward(sizes, { ...input, projected: readFrames(storage, projected) });
  call.saved = { sizes, input, activations };
  const { hs } = activations;
  return [makeSequence(storage, hs, sizes, mask), makeLast(storage, hs, sizes, call.reverse)];
}

function backward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { sizes, input, activations } = savedOf(call);
  const { batch, hidden } = sizes;
  const { dOutputs, dH } = inputs as unknown as ResultGradients;
  const grads = simpleRnnEngine().backward(
    sizes,
    { ...input, ...activations },
    { hs: readFrames(storage, dOutputs, input.mask), hLast: storage.read(dH) },
  );
  return [
    makeSequence(storage, grads.projected, sizes),
    make(storage, [hidden, hidden], grads.recurrentKernel),
    make(storage, [batch, hidden], grads.h0),
  ];
}
