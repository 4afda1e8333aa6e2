import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { resetBeforeGruEngine } from './choose-engine.ts';
import { copyOf } from './pool.ts';
import type { ResetBeforeGruActivations, ResetBeforeGruInput } from './reset-before-gru-engine.ts';
import type { SequenceSizes } from './sequence.ts';
import { type SequenceCall, type SequenceKernels, savedOf } from './sequence-kernels.ts';
import { make, makeLast, makeSequence, readFrames, readMask } from './sequence-tensors.ts';
import type { Storage } from './storage.ts';

type Call = SequenceCall<{
  readonly sizes: SequenceSizes;
  readonly input: Omit<ResetBeforeGruInput, 'projected'>;
  readonly activations: ResetBeforeGruActivations;
}>;

type Inputs = { readonly [name in 'projected' | 'recurrentKernel' | 'h']: TensorInfo } & {
  readonly mask?: TensorInfo;
};

type ResultGradients = { readonly [name in 'dOutputs' | 'dH']: TensorInfo };

/** `resetBeforeGruSequence` on typed arrays: results outputs, h. */
export const resetBeforeGruKernels: SequenceKernels<Call> = {
  where: 'resetBeforeGruSequence',
  kernelName: 'ElmanResetBeforeGruSequence1',
  resultGradients: ['dOutputs', 'dH'],
  variables: ['projected', 'recurrentKernel', 'h'],
  devices: {},
  forward,
  backward,
};

function forward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { projected, recurrentKernel, h, mask } = inputs as unknown as Inputs;
  const [batch, time, width] = projected.shape as [number, number, number];
  const sizes: SequenceSizes = { time, batch, hidden: width / 3 };
  const input = {
    recurrentKernel: copyOf(storage.read(recurrentKernel)),
    h0: copyOf(storage.read(h)),
    mask: readMask(storage, mask),
    reverse: call.reverse,
  };
  const activations = resetBeforeGruEngine().forward(sizes, { ...input, projected: readFrames(storage, projected) });
  call.saved = { sizes, input, activations };
  const { hs } = activations;
  return [makeSequence(storage, hs, sizes, mask), makeLast(storage, hs, sizes, call.reverse)];
}

function backward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { sizes, input, activations } = savedOf(call);
  const { batch, hidden } = sizes;
  const { dOutputs, dH } = inputs as unknown as ResultGradients;
  const grads = resetBeforeGruEngine().backward(
    sizes,
    { ...input, ...activations },
    { hs: readFrames(storage, dOutputs, input.mask), hLast: storage.read(dH) },
  );
  return [
    makeSequence(storage, grads.projected, sizes),
    make(storage, [hidden, 3 * hidden], grads.recurrentKernel),
    make(storage, [batch, hidden], grads.h0),
  ];
}
