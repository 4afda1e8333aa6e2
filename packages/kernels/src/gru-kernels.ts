import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { gruEngine } from './choose-engine.ts';
import type { GruActivations, GruInput } from './gru-engine.ts';
import { copyOf } from './pool.ts';
import type { SequenceSizes } from './sequence.ts';
import { type SequenceCall, type SequenceKernels, savedOf } from './sequence-kernels.ts';
import { make, makeLast, makeSequence, readFrames, readMask } from './sequence-tensors.ts';
import type { Storage } from './storage.ts';
import { tensorflowGru } from './tensorflow/gru.ts';

type Call = SequenceCall<{
  readonly sizes: SequenceSizes;
  readonly input: Omit<GruInput, 'projected' | 'recurrentBias'>;
  readonly activations: GruActivations;
}>;

type Inputs = { readonly [name in 'projected' | 'recurrentKernel' | 'recurrentBias' | 'h']: TensorInfo } & {
  readonly mask?: TensorInfo;
};

type ResultGradients = { readonly [name in 'dOutputs' | 'dH']: TensorInfo };

/** `gruSequence` on typed arrays: results outputs, h. */
export const gruKernels: SequenceKernels<Call> = {
  where: 'gruSequence',
  kernelName: 'ElmanGruSequence1',
  resultGradients: ['dOutputs', 'dH'],
  variables: ['projected', 'recurrentKernel', 'recurrentBias', 'h'],
  devices: { tensorflow: tensorflowGru },
  forward,
  backward,
};

function forward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { projected, recurrentKernel, recurrentBias, h, mask } = inputs as unknown as Inputs;
  const [batch, time, width] = projected.shape as [number, number, number];
  const sizes: SequenceSizes = { time, batch, hidden: width / 3 };
  const input = {
    recurrentKernel: copyOf(storage.read(recurrentKernel)),
    h0: copyOf(storage.read(h)),
    mask: readMask(storage, mask),
    reverse: call.reverse,
  };
  const activations = gruEngine().forward(sizes, {
    ...input,
    projected: readFrames(storage, projected),
    recurrentBias: storage.read(recurrentBias),
    hold: true,
  });
  call.saved = { sizes, input, activations };
  const { hs } = activations;
  return [makeSequence(storage, hs, sizes, mask), makeLast(storage, hs, sizes, call.reverse)];
}

function backward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { sizes, input, activations } = savedOf(call);
  const { batch, hidden } = sizes;
  const { dOutputs, dH } = inputs as unknown as ResultGradients;
  const grads = gruEngine().backward(
    sizes,
    { ...input, ...activations, spend: activations },
    { hs: readFrames(storage, dOutputs, input.mask), hLast: storage.read(dH) },
  );
  return [
    makeSequence(storage, grads.projected, sizes),
    make(storage, [hidden, 3 * hidden], grads.recurrentKernel),
    make(storage, [hidden], grads.recurrentBias),
    make(storage, [batch, hidden], grads.h0),
  ];
}
