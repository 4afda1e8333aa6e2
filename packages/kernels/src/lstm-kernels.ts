import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { lstmEngine } from './choose-engine.ts';
import { onGpu } from './gpu/device-kernels.ts';
import { lstm, peepholeLstm } from './gpu/lstm.ts';
import type { LstmActivations, LstmInput, LstmSizes } from './lstm-engine.ts';
import { copyOf } from './pool.ts';
import { type SequenceCall, type SequenceKernels, savedOf } from './sequence-kernels.ts';
import { make, makeLast, makeSequence, readFrames, readMask } from './sequence-tensors.ts';
import type { Storage } from './storage.ts';
import { tensorflowLstm, tensorflowPeepholeLstm } from './tensorflow/lstm.ts';

type Call = SequenceCall<{
  readonly sizes: LstmSizes;
  readonly input: Omit<LstmInput, 'projected'>;
  readonly activations: LstmActivations;
}>;

type Inputs = { readonly [name in 'projected' | 'recurrentKernel' | 'h' | 'c']: TensorInfo } & {
  readonly mask?: TensorInfo;
} & { readonly [name in Peephole]?: TensorInfo };

/** The peephole weights, each [hidden]. */
type Peephole = 'peepholeI' | 'peepholeF' | 'peepholeO';

type ResultGradients = { readonly [name in 'dOutputs' | 'dH' | 'dC']: TensorInfo };

/** `lstmSequence` on typed arrays: results outputs, h, c. */
export const lstmKernels: SequenceKernels<Call> = {
  where: 'lstmSequence',
  kernelName: 'ElmanLstmSequence1',
  resultGradients: ['dOutputs', 'dH', 'dC'],
  variables: ['projected', 'recurrentKernel', 'h', 'c'],
  devices: { tensorflow: tensorflowLstm, ...onGpu(() => lstm) },
  forward,
  backward,
};

/** `peepholeLstmSequence` on typed arrays: the same with peepholes. */
export const peepholeLstmKernels: SequenceKernels<Call> = {
  ...lstmKernels,
  where: 'peepholeLstmSequence',
  kernelName: 'ElmanPeepholeLstmSequence1',
  variables: [...lstmKernels.variables, 'peepholeI', 'peepholeF', 'peepholeO'],
  devices: { tensorflow: tensorflowPeepholeLstm, ...onGpu(() => peepholeLstm) },
};

function forward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { projected, recurrentKernel, h, c, mask, ...rest } = inputs as unknown as Inputs;
  const [batch, time, width] = projected.shape as [number, number, number];
  const sizes: LstmSizes = { time, batch, hidden: width / 4 };
  const input = {
    recurrentKernel: copyOf(storage.read(recurrentKernel)),
    peepholes: readPeepholes(storage, rest, sizes),
    h0: copyOf(storage.read(h)),
    c0: copyOf(storage.read(c)),
    mask: readMask(storage, mask),
    reverse: call.reverse,
  };
  const activations = lstmEngine().forward(sizes, {
    ...input,
    projected: readFrames(storage, projected),
    hold: true,
  });
  call.saved = { sizes, input, activations };
  const { hs, cs } = activations;
  return [
    makeSequence(storage, hs, sizes, mask),
    makeLast(storage, hs, sizes, call.reverse),
    makeLast(storage, cs, sizes, call.reverse),
  ];
}

function backward(storage: Storage, inputs: NamedTensorInfoMap, call: Call): TensorInfo[] {
  const { sizes, input, activations } = savedOf(call);
  const { batch, hidden } = sizes;
  const { dOutputs, dH, dC } = inputs as unknown as ResultGradients;
  const grads = lstmEngine().backward(
    sizes,
    { ...input, ...activations, spend: activations },
    { hs: readFrames(storage, dOutputs, input.mask), hLast: storage.read(dH), cLast: storage.read(dC) },
  );
  return [
    makeSequence(storage, grads.projected, sizes),
    make(storage, [hidden, 4 * hidden], grads.recurrentKernel),
    make(storage, [batch, hidden], grads.h0),
    make(storage, [batch, hidden], grads.c0),
    ...makePeepholes(storage, grads.peepholes, sizes),
  ];
}

/** The three tensors as [3, hidden], if present. */
function readPeepholes(
  storage: Storage,
  { peepholeI, peepholeF, peepholeO }: Pick<Inputs, Peephole>,
  { hidden }: LstmSizes,
): Float32Array | undefined {
  if (peepholeI === undefined || peepholeF === undefined || peepholeO === undefined) return undefined;
  const rows = new Float32Array(3 * hidden);
  for (const [i, tensor] of [peepholeI, peepholeF, peepholeO].entries()) rows.set(storage.read(tensor), i * hidden);
  return rows;
}

/** The inverse. */
function makePeepholes(storage: Storage, rows: Float32Array | undefined, { hidden }: LstmSizes): TensorInfo[] {
  const row = (i: number): Float32Array | undefined => rows?.subarray(i * hidden, (i + 1) * hidden);
  return [0, 1, 2].flatMap((i) => row(i) ?? []).map((values) => make(storage, [hidden], values));
}
